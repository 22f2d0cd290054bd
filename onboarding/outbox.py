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

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    select,
    update,
)
from sqlmodel import Session

from engine.refusal import Refused
from models.bulk import execute_many
from models.message import Attempt, Message, Pace, State
from models.types import table
from notifications.channels.envelope import Answer
from onboarding.locking import hold
from onboarding.outcome import MAY_BE_RECEIVED, Outcome, next_of

MESSAGE, ATTEMPT = table(Message), table(Attempt)

LEASE = timedelta(minutes=15)
#: How long after a message was taken its provider is first asked what became of it (`onboarding.fates`).
FIRST_ASKED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent, what the other end answered, and when."""

    message_id: int
    answer: Answer
    at: datetime


_M, _A = MESSAGE.c, ATTEMPT.c
_HIGHEST = 2**31 - 1
_SINGLY = (_M.state == State.QUEUED, _M.pace == Pace.AT_ONCE, _M.channel == bindparam("channel"))
_RIPE = _M.send_after <= bindparam("due_at")
# Made once, as those below: to make them takes longer than to ask them.
_FREE_AND_DUE = (
    select(_M.id)
    .where(
        *_SINGLY, _RIPE, _M.id <= bindparam("newest"), _M.leased_until.is_(None) | (_M.leased_until < bindparam("now"))
    )
    .order_by(_M.send_after, _M.id)
    .limit(bindparam("count"))
    .with_for_update(key_share=True, skip_locked=True)
)
_TAKEN = (
    update(MESSAGE)
    .where(_M.id.in_(bindparam("ids", expanding=True)))
    .values(
        lease=bindparam("by"),
        leased_until=bindparam("until"),
        # Whoever had it in hand is gone, and may have sent it.
        reason=case((_M.lease.is_not(None), func.coalesce(_M.reason, MAY_BE_RECEIVED)), else_=_M.reason),
    )
)


def newest(session: Session) -> int:
    """The id of the message that was written last."""
    return session.connection().execute(select(func.max(_M.id))).scalar() or 0


def take(
    session: Session,
    lease: str,
    channel: str,
    now: datetime,
    count: int,
    due_at: datetime | None = None,
    up_to: int = _HIGHEST,
) -> list[int]:
    """Leases up to `count` sorted messages that are due, or were at `due_at`, oldest first; gives their ids. None after
    `up_to`, the id of one: what another delivery is sorting may have to be gathered first.
    """
    asked = {"channel": channel, "now": now, "due_at": due_at or now, "count": count, "newest": up_to}
    ids = list(session.connection().scalars(_FREE_AND_DUE, asked))
    if ids:
        session.connection().execute(_TAKEN, {"ids": ids, "by": lease, "until": now + LEASE})
    return ids


_TRIES = select(func.count(), func.max(_A.id)).where(_A.message_id == bindparam("message_id"))
_THROUGH = select(_A.id).where(_A.id > bindparam("last"), _A.channel == bindparam("channel"), _A.ok).limit(1)


def is_alone_in_failing(session: Session, message_id: int, channel: str, *, tries: int) -> bool:
    """Whether a message that fails says nothing of the others of its channel: it was tried less often than so many
    `tries` before, or one of the others has gone through since the last of them.
    """
    count, last = session.connection().execute(_TRIES, {"message_id": message_id}).one()
    if count < tries:
        return True
    return session.connection().execute(_THROUGH, {"last": last, "channel": channel}).first() is not None


_PEOPLE = select(func.count(_M.recipient_id.distinct())).where(*_SINGLY, _RIPE)


def people_waiting(session: Session, channel: str, due_at: datetime) -> int:
    """For how many people something is due by this channel that goes by itself."""
    return session.connection().execute(_PEOPLE, {"channel": channel, "due_at": due_at}).scalar_one()


def release(session: Session, lease: str, but: int | None = None) -> None:
    """Gives back what was taken under this lease and not sent, `but` for the message that is in flight."""
    mine = MESSAGE.c.lease == lease
    if but is not None:
        mine &= MESSAGE.c.id != but
    hold(session, mine)
    session.connection().execute(update(MESSAGE).where(mine).values(lease=None, leased_until=None))


_IN_HAND = (
    select(_M.state, _M.reason, _M.attempts, _M.lease)
    .where(_M.id == bindparam("message_id"))
    .with_for_update(key_share=True)
)


def finish(
    session: Session, message_id: int, lease: str, outcome: Outcome, channel: str, now: datetime, random: Random
) -> State:
    """Writes how a message went; gives the state that it has now.

    Where the lease was lost, the message is another's, who says how it goes on; but what was sent is sent.
    """
    if outcome.state is State.SENT and outcome.answer is not None:
        mark_sent(session, [Sent(message_id, outcome.answer, now)], channel)
        return State.SENT
    message = session.connection().execute(_IN_HAND, {"message_id": message_id}).one()
    tries = 0 if outcome.answer is None else _write_attempt(session, message_id, outcome.answer, channel, now)
    if message.lease != lease:
        return State(message.state)
    counts = outcome.answer is not None and not outcome.answer.unreachable
    values: dict[str, Any] = {"attempts": message.attempts + counts, "lease": None, "leased_until": None}
    values |= next_of(outcome, message, values["attempts"], tries, random, now)
    session.connection().execute(update(MESSAGE).where(_M.id == message_id).values(values))
    return State(values["state"])


_ONE: ColumnElement[int] = literal_column("1")
_EARLIER = ATTEMPT.alias("earlier")
_OF_AN_ATTEMPT = ("message_id", "channel", "ok", "detail", "at", "reference", "ask_after")
_NEW_ATTEMPT = insert(ATTEMPT).values(
    number=select(func.count() + _ONE).where(_EARLIER.c.message_id == bindparam("message_id")).scalar_subquery(),
    **{name: bindparam(name) for name in _OF_AN_ATTEMPT},
)
_ATTEMPT_NUMBERED, _ATTEMPTS_WRITTEN = _NEW_ATTEMPT.returning(ATTEMPT.c.number), _NEW_ATTEMPT.inline()
_MARKED_SENT = (
    update(MESSAGE)
    .where(_M.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=State.SENT,
        reason=null(),
        attempts=_M.attempts + _ONE,
        lease=null(),
        leased_until=null(),
        # Each its own, and still one statement for all.
        finished_at=select(func.max(_EARLIER.c.at)).where(_EARLIER.c.message_id == _M.id).scalar_subquery(),
    )
)


def mark_sent(session: Session, sent: Sequence[Sent], channel: str) -> None:
    """Two statements, however many they are; nothing has to be read for it."""
    attempts = [_attempt(one.message_id, one.answer, channel, one.at) for one in sent]
    execute_many(session, _ATTEMPTS_WRITTEN, attempts)
    session.connection().execute(_MARKED_SENT, {"ids": [one.message_id for one in sent]})


def _write_attempt(session: Session, message_id: int, answer: Answer, channel: str, now: datetime) -> int:
    """Gives its number."""
    number: int = (
        session.connection().execute(_ATTEMPT_NUMBERED, _attempt(message_id, answer, channel, now)).scalar_one()
    )
    return number


def _attempt(message_id: int, answer: Answer, channel: str, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "channel": channel,
        "ok": answer.ok,
        "detail": answer.detail[:300],
        "at": now,
        "reference": answer.reference and answer.reference[:64],
        "ask_after": now + FIRST_ASKED if answer.traceable else None,
    }


_LEFT = select(func.count()).where(_M.state == State.QUEUED, _M.pace.is_(None) | (_M.pace != Pace.DIGEST))


def count_waiting(session: Session) -> int:
    """How many messages are still to be sent, now or later; what waits for its digest is not left over."""
    return session.connection().execute(_LEFT).scalar_one()


def resend(session: Session, message_ids: Sequence[int], now: datetime) -> int:
    """Puts dead letters back in the queue, those named or all; gives how many. They get a full set of attempts. One
    that may have come keeps that: it goes again as it was, with its Message-ID, and not as a part of anything else.
    """
    count = put_back(session, message_ids, now)
    if message_ids and count < len(set(message_ids)):
        raise Refused("En af beskederne er ikke opgivet, så den kan ikke sendes igen. Se »sosu messages --dead«.")
    return count


def put_back(session: Session, message_ids: Sequence[int], now: datetime) -> int:
    """As `resend`, where some of those named may be dead no more."""
    m = MESSAGE.c
    dead = m.state == State.DEAD
    if message_ids:
        dead &= m.id.in_(message_ids)
    hold(session, dead)
    reason = case((m.reason == MAY_BE_RECEIVED, m.reason), else_=null())
    again = {"state": State.QUEUED, "attempts": 0, "reason": reason, "send_after": now}
    values = again | {"finished_at": None, "pace": None}
    return session.connection().execute(update(MESSAGE).where(dead).values(values)).rowcount
