"""Acting on what was seen: nobody acts on a case beyond their reach, nor overwrites what came after they looked."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import Session

from models.command import Command
from onboarding.signed import Signed
from onboarding.store import NoSuchCase, find
from onboarding.writing import Conflict


def expect(
    session: Session, reference: str, signed: Signed, *, within: ColumnElement[bool], revision: int | None = None
) -> None:
    """Locks the enrolment until the transaction ends. Raises `NoSuchCase` when it is not `within` this condition on
    rows of `ENROLMENT`, and `Conflict` when it is no longer as this `revision` was shown.

    What this person has done already goes through, for `once` answers it as before: it may itself be what changed the
    enrolment since, or handed it over to where they do not reach.
    """
    try:
        loaded = find(session, reference, within=within)
        if revision is not None and loaded.row.revision != revision:
            raise Conflict
    except (NoSuchCase, Conflict):
        if not _done_already(session, signed):
            raise


def _done_already(session: Session, signed: Signed) -> bool:
    done = session.get(Command, signed.command_id)
    return done is not None and done.by == signed.by
