"""Many messages to one person become one: at the time of their digest, after a stop, and in a storm.

A digest is a message of its own. What it tells of is gathered under it in the transaction that writes it: so nothing is
ever in two digests, and nothing falls between two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, cast, func, insert, literal, select, update
from sqlmodel import Session

from engine import kinds
from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import TOLD, Pace, State
from notifications.queue import MESSAGE
from onboarding.store import chunks

#: How much later than planned a message is before it is told together with whatever else waits.
LATE = timedelta(days=1)
#: What one person is told of singly within an hour, by one channel; beyond that it is gathered.
MOST_AN_HOUR = 30

#: How long somebody's message waits for others when they have had as many as they may.
ONE_BY_ONE = timedelta(minutes=30)

_HOUR = timedelta(hours=1)
#: Written out in the statement: by parameters SQLite could not tell that the index of such messages will do.
_TOLD = [literal(state.value, literal_execute=True) for state in TOLD]
_WEIGHT = list(Topic)
#: Why a digest was written: the first word of its cause.
DIGEST, CATCH_UP, STORM = "digest", "catch_up", "storm"


class _Pile(NamedTuple):
    """What waits for one person by one channel."""

    recipient_id: int
    channel: str
    waiting: int
    late: int


def gather(session: Session, now: datetime, most_an_hour: int = MOST_AN_HOUR) -> int:
    """Gathers whatever is to be told together by now; gives how many messages became part of a digest."""
    gathered = sum(_gather(session, pile, DIGEST, Pace.DIGEST, now) for pile in _piles(session, Pace.DIGEST, now))
    piles = _piles(session, Pace.AT_ONCE, now)
    told = _told_since(session, piles, now - _HOUR)
    for pile in piles:
        if pile.late > 1:
            gathered += _gather(session, pile, CATCH_UP, Pace.AT_ONCE, now)
        elif pile.waiting + told.get((pile.recipient_id, pile.channel), 0) > most_an_hour:
            gathered += _calm(session, pile, now)
    return gathered


def _piles(session: Session, pace: Pace, now: datetime) -> Sequence[_Pile]:
    m = MESSAGE.c
    late = func.sum(cast(m.planned_at < now - LATE, Integer))
    wanted = select(m.recipient_id, m.channel, func.count(), late).where(*_waiting(pace, now))
    grouped = wanted.group_by(m.recipient_id, m.channel)
    return [_Pile(*row) for row in session.connection().execute(grouped.order_by(m.recipient_id, m.channel))]


def _waiting(pace: Pace, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What nobody can have been sent: a try that was not seen to its end may have come, and is repeated as it was."""
    m = MESSAGE.c
    untried = and_(m.attempts == 0, m.reason.is_(None), m.lease.is_(None))
    one = and_(m.recipient_id.is_not(None), m.kind != kinds.DIGEST)
    return m.state == State.QUEUED, m.pace == pace, m.send_after <= now, untried, one


def _gather(session: Session, pile: _Pile, why: str, pace: Pace, now: datetime) -> int:
    """Writes the digest of a pile; what is alone in it is told by itself."""
    m = MESSAGE.c
    theirs = (*_waiting(pace, now), m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    wanted = select(m.id, m.topic, m.audience).where(*theirs).order_by(m.id).with_for_update(skip_locked=True)
    rows = session.connection().execute(wanted).all()
    if len(rows) == 1:
        alone = {"pace": Pace.AT_ONCE, "planned_at": now}
        session.connection().execute(update(MESSAGE).where(m.id == rows[0].id).values(alone))
    if len(rows) < 2:
        return 0
    first, topic = rows[0], min((row.topic for row in rows), key=_WEIGHT.index)
    values = _digest(pile, _cause(session, pile, f"{why}:{first.id}"), first.audience, topic, now)
    digest_id = session.connection().execute(insert(MESSAGE).values(values).returning(m.id)).scalar_one()
    told = {"state": State.GATHERED, "digest_id": digest_id, "finished_at": now}
    session.connection().execute(update(MESSAGE).where(m.id.in_([row.id for row in rows])).values(told))
    return len(rows)


def _cause(session: Session, pile: _Pile, named: str) -> str:
    """The cause of a digest that is named by its first message. That can be gathered again, after it was held back:
    its second digest is another one (`:2`).
    """
    m, number, cause = MESSAGE.c, 1, named
    taken = select(m.id).where(m.cause == bindparam("cause"), m.recipient_id == pile.recipient_id)
    while session.connection().execute(taken, {"cause": cause}).first() is not None:
        number += 1
        cause = f"{named}:{number}"
    return cause


def _digest(pile: _Pile, cause: str, audience: str, topic: str, now: datetime) -> dict[str, Any]:
    today = now.astimezone(DENMARK).date()
    return {
        "cause": cause,
        "kind": kinds.DIGEST,
        "topic": topic,
        "audience": audience,
        "recipient_id": pile.recipient_id,
        "channel": pile.channel,
        "pace": Pace.AT_ONCE,
        "on_day": today,
        "meant_on": today,
        "planned_at": now,
        "state": State.QUEUED,
        "attempts": 0,
        "send_after": now,
        "created_at": now,
    }


def _calm(session: Session, pile: _Pile, now: datetime) -> int:
    """In a storm: one digest now, and one an hour as long as it lasts."""
    m = MESSAGE.c
    mine = (m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    lately = (m.state == State.QUEUED) | (m.state.in_(_TOLD) & (m.finished_at > now - _HOUR))
    last = select(func.max(m.created_at)).where(*mine, m.kind == kinds.DIGEST, lately)
    told_at = session.connection().execute(last).scalar()
    if pile.waiting == 1 and (told_at is None or told_at <= now - _HOUR):
        told_at = now - _HOUR + ONE_BY_ONE  # they come one by one: this one waits for the next
    if told_at is None or told_at <= now - _HOUR:
        return _gather(session, pile, STORM, Pace.AT_ONCE, now)
    later = {"pace": Pace.DIGEST, "send_after": told_at + _HOUR}
    session.connection().execute(update(MESSAGE).where(*_waiting(Pace.AT_ONCE, now), *mine).values(later))
    return 0


def _told_since(session: Session, piles: Sequence[_Pile], since: datetime) -> dict[tuple[int, str], int]:
    """How many each of these people were sent singly, by each channel."""
    m, told = MESSAGE.c, dict[tuple[int, str], int]()
    singly = (m.state.in_(_TOLD), m.finished_at > since, m.kind != kinds.DIGEST)
    counted = select(m.recipient_id, m.channel, func.count()).group_by(m.recipient_id, m.channel)
    for people in chunks(sorted({pile.recipient_id for pile in piles})):
        rows = session.connection().execute(counted.where(*singly, m.recipient_id.in_(people)))
        told.update({(recipient_id, channel): count for recipient_id, channel, count in rows})
    return told
