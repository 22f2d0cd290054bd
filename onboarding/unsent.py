"""Messages that do not go, and why: nobody is there to get them, or they must not be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from models.message import State
from notifications.queue import MESSAGE
from onboarding.outbox import NOTHING_NEW, skip
from onboarding.outcome import MAY_BE_RECEIVED, OVER

#: Why nobody is told: the audience has nobody in it, or they were taken out, or are not in it any more.
NOBODY = "nobody_in_audience"
INACTIVE = "recipient_inactive"
LEFT = "left_audience"
#: Why it cannot go by its channel: whoever gets it now has no address there.
NO_ADDRESS = "no_address"
#: Whoever is in the audience by now has still to be told.
UNREACHED = (NOBODY, INACTIVE, LEFT)
#: Why a part of a digest is told nobody by it, and is no dead letter: there is nothing to put right.
SKIPPED_APART = (*UNREACHED, *OVER, NOTHING_NEW)
_LONGEST_REASON = 63


def because_of(reason: str, error: Exception) -> str:
    """A reason of what went wrong inside, with the kind of error and nothing that it says."""
    return f"{reason}: {type(error).__name__}"[:_LONGEST_REASON]


def leave_out(session: Session, digest_id: int, apart: Sequence[tuple[int, str]], at: datetime) -> None:
    """Ends parts of a digest by themselves, and gives it back for the others. What has somebody else to be told, is
    over, or is known, is skipped, and what must not be told is a dead letter.
    """
    came = session.connection().scalar(select(MESSAGE.c.reason).where(MESSAGE.c.id == digest_id)) == MAY_BE_RECEIVED
    for part, reason in apart:
        if reason in SKIPPED_APART:
            skip(session, [part], MAY_BE_RECEIVED if came else reason, at)
        else:
            dead = {"state": State.DEAD, "reason": reason, "finished_at": at, "digest_id": None}
            session.connection().execute(update(MESSAGE).where(MESSAGE.c.id == part).values(dead))
    free = {"lease": None, "leased_until": None}
    session.connection().execute(update(MESSAGE).where(MESSAGE.c.id == digest_id).values(free))
