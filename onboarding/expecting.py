"""Acting on what was seen: a page says which revision it showed, and nobody overwrites what came after it."""

from __future__ import annotations

from sqlmodel import Session

from models.command import Command
from onboarding.store import find
from onboarding.writing import Conflict


def expect(session: Session, reference: str, revision: int, command_id: str) -> None:
    """Locks the enrolment until the transaction ends. Raises `Conflict` when it is no longer as it was shown.

    A command that was carried out already goes through: what changed the enrolment since was itself.
    """
    loaded = find(session, reference)
    if loaded.row.revision != revision and session.get(Command, command_id) is None:
        raise Conflict
