"""Whether somebody did what an address says they did: a receipt is for what happened, not for what was typed."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session

from engine.history import Verb
from onboarding.store import ENROLMENT, TRANSITION


def has_done(
    session: Session,
    reference: str,
    verb: Verb,
    by: str,
    command_id: str | None = None,
    revision: int | None = None,
) -> bool:
    """Whether there is such an enrolment and it is in its history that they did this to it; by this command, if one is
    named, and nobody has done anything since, if the revision that it left is.
    """
    to_it = select(TRANSITION.c.id).join(ENROLMENT, ENROLMENT.c.id == TRANSITION.c.enrolment_id)
    wanted = to_it.where(ENROLMENT.c.reference == reference, TRANSITION.c.action == verb, TRANSITION.c.by == by)
    if command_id is not None:
        wanted = wanted.where(TRANSITION.c.command_id == command_id)
    if revision is not None:
        wanted = wanted.where(ENROLMENT.c.revision == revision)
    return session.connection().execute(wanted.limit(1)).first() is not None
