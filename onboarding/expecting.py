"""Acting on what was seen: a page says which revision it showed, and nobody overwrites what came after it."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import Session

from models.command import Command
from onboarding.store import find
from onboarding.writing import Conflict


def expect(
    session: Session, reference: str, revision: int, command_id: str, within: ColumnElement[bool] | None = None
) -> None:
    """Locks the enrolment until the transaction ends. Raises `Conflict` when it is no longer as it was shown,
    and `Refused` when it is not `within` this condition.

    A command that was carried out already goes through: what changed the enrolment since was itself.
    """
    loaded = find(session, reference, within=within)
    if loaded.row.revision != revision and session.get(Command, command_id) is None:
        raise Conflict
