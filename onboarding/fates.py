"""What becomes of a message after its provider took it: asked for at the end of a delivery, where it can be told.

A provider that knows more later is asked a minute after it took a message, and then more and more seldom. What it says
is written as it comes, one message at a time: nobody waits for a provider with a transaction open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlmodel import Session

from models.message import State
from models.session import Database
from notifications.channels.envelope import Fate, NotReceived, Received, Traceable, fate_of
from onboarding.by_mail import by_mail_after_all
from onboarding.delivered import Delivered
from onboarding.outbox import ATTEMPT, FIRST_ASKED, MESSAGE
from onboarding.post import Post

#: How many messages one delivery asks for, by one channel, and until when it begins to: the next one goes on.
MOST_ASKED, LAST_ASKED = 50, timedelta(minutes=1)
#: When is asked, reckoned from when the message was taken. After that it stays `sent`, which is all that is known.
_HOURS = (1, 6, 24, 47)
_ASKED = (FIRST_ASKED, timedelta(minutes=10), *(timedelta(hours=hours) for hours in _HOURS))
ASKED_FOR = timedelta(days=2)
_AGAIN = timedelta(minutes=1)  # where nobody answered
#: The reason of a dead letter of which the provider says that it will not be received, where mail has it too.
NOT_RECEIVED = "not_received"


def ask(database: Database, post: Post, delivered: Delivered) -> None:
    """Asks for what is due; `delivered` counts what is known now. A provider that is silent is not asked again."""
    for channel in post.channels.values():
        if isinstance(channel, Traceable):
            _ask(database, post, channel, delivered)


def _ask(database: Database, post: Post, channel: Traceable, delivered: Delivered) -> None:
    begun_at = post.clock()
    with database.read() as session:
        asked = _due(session, channel.name, begun_at)
    for attempt in asked:
        now = post.clock()
        if now > begun_at + LAST_ASKED:
            return
        fate = fate_of(channel, attempt.reference) if now < attempt.at + ASKED_FOR else None
        with database.write() as session:
            state = _write(session, attempt, fate, now)
        delivered.received += state is State.DELIVERED
        delivered.dead += state is State.DEAD
        delivered.failed += state is State.QUEUED
        if fate is not None and _is_silent(fate):
            return


def _due(session: Session, channel: str, now: datetime) -> Sequence[Row[Any]]:
    a = ATTEMPT.c
    due = select(a.id, a.message_id, a.reference, a.at, a.ask_after).where(a.channel == channel, a.ask_after <= now)
    return session.connection().execute(due.order_by(a.ask_after, a.id).limit(MOST_ASKED)).all()


def _is_silent(fate: Fate) -> bool:
    return not isinstance(fate, Received | NotReceived) and fate.silent


def _write(session: Session, attempt: Row[Any], fate: Fate | None, now: datetime) -> State | None:
    """Writes what is known of an attempt; gives the state that its message has by it, None when that is as it was. What
    will not be received goes by mail, unless mail has it anyway.

    Without a fate it is too old to ask for. Where another delivery wrote since it was read, nothing is.
    """
    a, values = ATTEMPT.c, _values(attempt, fate, now)
    mine = update(ATTEMPT).where(a.id == attempt.id, a.ask_after == attempt.ask_after)
    if not session.connection().execute(mine.values(values)).rowcount:
        return None
    if isinstance(fate, Received):
        return _to(session, attempt.message_id, State.DELIVERED, {"reason": None})
    if isinstance(fate, NotReceived) and not _may_come_yet(session, attempt.message_id):
        state = _to(session, attempt.message_id, State.DEAD, {"reason": NOT_RECEIVED, "finished_at": now})
        goes_by_mail = state is State.DEAD and by_mail_after_all(session, attempt.message_id, now)
        return State.QUEUED if goes_by_mail else state
    return None


def _values(attempt: Row[Any], fate: Fate | None, now: datetime) -> dict[str, Any]:
    match fate:
        case Received(at):
            # Two clocks: nothing was received before it was sent, or will have been.
            return {"ask_after": None, "received_at": max(attempt.at, min(at or now, now))}
        case NotReceived(detail):
            return {"ask_after": None, "why_not_received": detail[:300]}
        case None:
            return {"ask_after": None}
    if fate.silent:  # behind all others that are due, and as if nobody had asked
        return {"ask_after": now + _AGAIN}
    return {"ask_after": next((attempt.at + wait for wait in _ASKED if attempt.at + wait > now), None)}


def _may_come_yet(session: Session, message_id: int) -> bool:
    """Where a lease ran out in the middle, a message went out twice: whether the other one may still come."""
    a = ATTEMPT.c
    other = select(a.id).where(a.message_id == message_id, a.ask_after.is_not(None))
    return session.connection().execute(other.limit(1)).first() is not None


def _to(session: Session, message_id: int, state: State, values: dict[str, Any]) -> State | None:
    """A message that somebody has put back in the queue meanwhile stays there."""
    m = MESSAGE.c
    known = m.state == State.SENT
    if state is State.DELIVERED:  # what went out twice may be marked the second time just as the first is given up
        known = or_(known, and_(m.state == State.DEAD, m.reason == NOT_RECEIVED))
    changed = update(MESSAGE).where(m.id == message_id, known).values(state=state, **values)
    return state if session.connection().execute(changed).rowcount else None
