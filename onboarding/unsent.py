"""Messages that nobody was sent: those that wait, and those that do not go, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, and_, select, update
from sqlmodel import Session

from models.message import State
from notifications.queue import MESSAGE
from onboarding.locking import hold
from onboarding.outcome import MAY_BE_RECEIVED, OVER
from onboarding.store import chunks

#: Why nobody is told: they had it by another way already, or whoever stands in for them hears of it anyway.
NOTHING_NEW = "nothing_new"
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


#: Nobody can have had it: each try, if there was one, was seen to its end, and was refused or reached nobody.
NOBODY_HAS_IT = (MESSAGE.c.reason.is_(None), MESSAGE.c.lease.is_(None))


def was_tried(row: Row[Any]) -> bool:
    """Whether it goes on being tried as it was: it was refused for now, or may have come."""
    return bool(row.attempts or row.reason is not None or row.lease is not None)


def unsent(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """What nobody has been sent yet and no delivery has in hand: alone, or in a digest of which that is true."""
    m, digest = MESSAGE.c, MESSAGE.alias("digest")
    waits = select(digest.c.id).where(digest.c.id == m.digest_id, *_waits(digest.c, at)).exists()
    return and_(*_waits(m, at)) | ((m.state == State.GATHERED) & waits)


def _waits(m: Any, at: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    free = m.leased_until.is_(None) | (m.leased_until < at)  # the others may be on their way
    return m.state.in_((State.QUEUED, State.DEAD)), free


def skip(session: Session, message_ids: Sequence[int], reason: str, at: datetime) -> None:
    """Says of messages why they are not sent; what was gathered is taken out of its digest."""
    skipped = {"state": State.SKIPPED, "reason": reason, "finished_at": at, "digest_id": None}
    for ids in chunks(sorted(message_ids)):
        hold(session, MESSAGE.c.id.in_(ids))
        session.connection().execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids)).values(skipped))


def give_up(session: Session, message_id: int, reason: str, at: datetime) -> None:
    """A dead letter that nothing was tried with."""
    dead = {"state": State.DEAD, "reason": reason, "finished_at": at}
    session.connection().execute(update(MESSAGE).where(MESSAGE.c.id == message_id).values(dead))


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
