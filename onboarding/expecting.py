"""Acting on what was seen: nobody acts on a case beyond their reach, nor overwrites what came after they looked."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import Session

from models.command import Command
from onboarding.signed import Signed
from onboarding.store import NoSuchCase, lock
from onboarding.turn import take_turn
from onboarding.writing import Conflict


def expect(
    session: Session,
    reference: str,
    signed: Signed,
    *,
    within: ColumnElement[bool],
    revision: int | None = None,
    turn: bool = False,
) -> None:
    """Locks the enrolment until the transaction ends, after the turn for a verb that takes one. Raises `NoSuchCase`
    when it is not `within` this condition on rows of `ENROLMENT`, and `Conflict` when it is no longer as this
    `revision` was shown.

    What this person has done to it already goes through, for `once` answers it as before: it may itself be what changed
    the enrolment since, or handed it over to where they do not reach.
    """
    if turn:
        take_turn(session)
    try:
        found = lock(session, reference, within)
        if revision is not None and found != revision:
            raise Conflict
    except (NoSuchCase, Conflict):
        if not _done_already(session, reference, signed):
            raise


def _done_already(session: Session, reference: str, signed: Signed) -> bool:
    done = session.get(Command, signed.command_id)
    if done is None or done.by != signed.by:
        return False
    return reference.strip().upper() in (done.answer.get("enrolment"), done.answer.get("transferred_from"))
