"""The outbox at work: taking messages out under a lease, and writing how each one went.

A lease keeps two deliveries from sending the same message. One that was taken and never finished (the process died)
can be taken again when its lease has run out: so a message can be sent twice, and cannot be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from engine.refusal import Refused
from models.message import Attempt, Message, State
from models.types import table
from notifications.channels.envelope import Answer

MESSAGE, ATTEMPT = table(Message), table(Attempt)

LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 10
_FIRST_WAIT, _WAIT_FACTOR, _LONGEST_WAIT = timedelta(seconds=5), 4, timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a message went. Without an `answer` nothing was sent: `state` and `reason` say why."""

    state: State
    reason: str | None = None
    answer: Answer | None = None


def take(session: Session, lease: str, now: datetime, count: int) -> list[int]:
    """Leases up to `count` messages that are due, oldest first; gives their ids."""
    m = MESSAGE.c
    free = m.leased_until.is_(None) | (m.leased_until < now)
    due = select(m.id).where(m.state == State.QUEUED, m.send_after <= now, free).order_by(m.send_after, m.id)
    ids = list(session.connection().scalars(due.limit(count).with_for_update(skip_locked=True)))
    if ids:
        taken = update(MESSAGE).where(m.id.in_(ids))
        session.connection().execute(taken.values(lease=lease, leased_until=now + LEASE))
    return ids


def release(session: Session, lease: str) -> None:
    """Gives back what was taken under this lease and not sent."""
    mine = update(MESSAGE).where(MESSAGE.c.lease == lease)
    session.connection().execute(mine.values(lease=None, leased_until=None))


def finish(
    session: Session, message_id: int, lease: str, outcome: Outcome, channel: str, now: datetime, random: Random
) -> State:
    """Writes how a message went, unless its lease was lost; gives the state that it has now."""
    m = MESSAGE.c
    ours = session.connection().execute(select(m.attempts).where(m.id == message_id, m.lease == lease)).first()
    if ours is None:
        return State.QUEUED
    attempts = ours.attempts + (outcome.answer is not None)
    if outcome.answer is not None:
        _write_attempt(session, message_id, outcome.answer, channel, now)
    values: dict[str, Any] = {"attempts": attempts, "lease": None, "leased_until": None, "reason": outcome.reason}
    state = outcome.state
    if state is State.QUEUED and attempts >= MOST_ATTEMPTS:
        state, values["reason"] = State.DEAD, "too_many_attempts"
    if state is State.QUEUED:
        values["send_after"] = now + wait_after(attempts, random)
    else:
        values["finished_at"] = now
    session.connection().execute(update(MESSAGE).where(m.id == message_id).values(values | {"state": state}))
    return state


def wait_after(attempts: int, random: Random) -> timedelta:
    """How long to wait after this many failed attempts: 5 s, 20 s, 80 s … at most 12 h, and half of it by chance.

    The chance keeps a thousand messages that failed together from coming back together.
    """
    wait: timedelta = min(_FIRST_WAIT * int(_WAIT_FACTOR ** (attempts - 1)), _LONGEST_WAIT)
    return wait * (0.5 + random.random() / 2)


def _write_attempt(session: Session, message_id: int, answer: Answer, channel: str, now: datetime) -> None:
    a = ATTEMPT.c
    before = session.connection().execute(select(func.count()).where(a.message_id == message_id)).scalar_one()
    session.connection().execute(
        ATTEMPT.insert(),
        {
            "message_id": message_id,
            "number": before + 1,
            "channel": channel,
            "ok": answer.ok,
            "detail": answer.detail[:300],
            "at": now,
        },
    )


def waiting(session: Session) -> int:
    """How many messages are still to be sent, now or later."""
    return session.connection().execute(select(func.count()).where(MESSAGE.c.state == State.QUEUED)).scalar_one()


def resend(session: Session, message_ids: Sequence[int], now: datetime) -> int:
    """Puts dead letters back in the queue, those named or all; gives how many. They get a full set of attempts."""
    m = MESSAGE.c
    dead = update(MESSAGE).where(m.state == State.DEAD)
    if message_ids:
        dead = dead.where(m.id.in_(message_ids))
    again = {"state": State.QUEUED, "attempts": 0, "reason": None, "send_after": now, "finished_at": None}
    count = session.connection().execute(dead.values(again)).rowcount
    if message_ids and count < len(set(message_ids)):
        raise Refused("En af beskederne er ikke opgivet, så den kan ikke sendes igen. Se »sosu messages --dead«.")
    return count
