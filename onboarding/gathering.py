"""Many messages to one person become one: at the time of their digest, after a stop, and in a storm.

A digest is a message of its own. What it tells of is gathered under it in the transaction that writes it: so nothing is
ever in two digests, and nothing falls between two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlmodel import Session

from engine import kinds
from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import TOLD, Pace, State
from notifications.because import Occasion
from notifications.queue import MESSAGE
from onboarding.incidents import INCIDENT
from onboarding.lateness import overdue_for
from onboarding.locking import unlocked
from onboarding.occasions import SAYS_WHO_IS_LATE, was_put_off, why_late
from onboarding.piles import Pile, due_at, midnight, piles_due, waits_until, who_overslept
from onboarding.readers import by_reader, readers
from onboarding.sorting import let_go
from onboarding.store import ENROLMENT, chunks
from onboarding.taken_back import taken_back

#: What one person is told of singly within an hour, by one channel; beyond that it is gathered.
MOST_AN_HOUR = 30

#: How long somebody's message waits for others when they have had as many as they may.
ONE_BY_ONE = timedelta(minutes=30)

#: A late sweep that wrote nothing to somebody for as long is not waited for, whatever it has left.
SWEEPING = timedelta(minutes=10)

_HOUR, _SOON = timedelta(hours=1), timedelta(seconds=30)
#: Written out in the statement: by parameters SQLite could not tell that the index of such messages will do.
_TOLD = [literal(state.value, literal_execute=True) for state in TOLD]
_WEIGHT = list(Topic)


def gather(session: Session, away: Mapping[int, int], now: datetime, most_an_hour: int = MOST_AN_HOUR) -> int:
    """Gathers whatever is to be told together by now; gives how many messages became part of a digest. `away`: who
    stands in for whom.
    """
    overslept = who_overslept(session, now)
    for recipient_id, channel in sorted(overslept):
        let_go(session, recipient_id, channel)
    gathered, piles = 0, piles_due(session, now)
    may_grow = [pile for pile in piles if pile.newest is not None and pile.newest > now - SWEEPING]
    swept_on = max((pile.on for pile in may_grow if pile.on is not None), default=date.min)
    growing = may_grow if may_grow and _is_behind(session, swept_on) else []
    singly: list[Pile] = []
    for pile in piles:
        waited = (pile.recipient_id, pile.channel) in overslept
        if pile in growing:
            _wait(session, pile, now)
        elif waited or pile.is_told_together:
            let_go(session, pile.recipient_id, pile.channel)  # what waited while the channel was out is part of it
            why = why_late(session, pile, now, Occasion.DIGEST if waited else Occasion.BACKDATED)
            gathered += _gather(session, pile, why, waits_until(midnight(now)), away, now)
        else:
            if pile.gathered:
                why = Occasion.STORM if was_put_off(session, pile, now) else Occasion.DIGEST
                gathered += _gather(session, pile, why, due_at(Pace.DIGEST, now), away, now)
            singly.append(pile)
    too_much = _too_much(session, singly, away, most_an_hour, now)
    return gathered + sum(_calm(session, pile, away, now) for pile in too_much)


def _is_behind(session: Session, swept_on: date) -> bool:
    """Whether a sweep of this day is late and has still to look at somebody; whoever cannot be decided is not waited
    for.
    """
    e, i = ENROLMENT.c, INCIDENT.c
    stuck = select(i.id).where(i.enrolment_id == e.id, i.resolved_at.is_(None)).exists()
    late = select(e.id).where(e.next_due_on.is_not(None), e.next_due_on < swept_on, ~stuck)
    return session.connection().execute(late.limit(1)).first() is not None


def _wait(session: Session, pile: Pile, now: datetime) -> None:
    """What a sweep tells page by page, and one sweep after the other, is one message when they are through."""
    m = MESSAGE.c
    theirs = and_(*waits_until(now), m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    session.connection().execute(update(MESSAGE).where(unlocked(theirs)).values(send_after=now + _SOON))


def _gather(
    session: Session,
    pile: Pile,
    why: Occasion,
    which: tuple[ColumnElement[bool], ...],
    away: Mapping[int, int],
    now: datetime,
) -> int:
    """Writes the digest of those of a pile. An earlier digest that waits, and that nobody can have had, becomes part of
    it, whatever else is due too: a server that was away for days leaves nobody one a day.
    """
    m = MESSAGE.c
    if let_go(session, pile.recipient_id, pile.channel):
        which, why = waits_until(now), why_late(session, pile, now, why)
    theirs = (*which, m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    wanted = (
        select(m.id, m.topic, m.audience, m.enrolment_id, m.recipient_id, m.digest_id)
        .where(*theirs)
        .order_by(m.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = session.connection().execute(wanted).all()
    read = readers(session, rows, away)
    theirs_alone = ((reader, [row for row in rows if read[row.id] == reader]) for reader in sorted(set(read.values())))
    return sum(_gather_for(session, reader, pile, some, why, now) for reader, some in theirs_alone)


def _gather_for(
    session: Session, reader: int, pile: Pile, rows: Sequence[Row[Any]], why: Occasion, now: datetime
) -> int:
    """What is alone and stands is told by itself where nobody is late."""
    m = MESSAGE.c
    if len(rows) == 1 and not _tells_more(session, rows[0], reader, pile, why, now):
        alone = {"pace": Pace.AT_ONCE, "planned_at": now}
        session.connection().execute(update(MESSAGE).where(m.id == rows[0].id).values(alone))
        return 0
    first, topic = rows[0], min((row.topic for row in rows), key=_WEIGHT.index)
    values = _digest(pile, _cause(session, pile, f"{why}:{first.id}"), first.audience, topic, now)
    digest_id = session.connection().execute(insert(MESSAGE).values(values).returning(m.id)).scalar_one()
    told = {"state": State.GATHERED, "digest_id": digest_id, "finished_at": now}
    session.connection().execute(update(MESSAGE).where(m.id.in_([row.id for row in rows])).values(told))
    return len(rows)


def _tells_more(session: Session, alone: Row[Any], reader: int, pile: Pile, why: Occasion, now: datetime) -> bool:
    """Whether a digest of it would say more than it says itself: that it was undone, or who is late."""
    if taken_back(session, MESSAGE.c.id == alone.id):
        return True
    if why not in SAYS_WHO_IS_LATE:
        return False
    today, but = now.astimezone(DENMARK).date(), {alone.enrolment_id or 0}
    return overdue_for(session, pile.recipient_id, today, but, reader).count > 0


def _cause(session: Session, pile: Pile, named: str) -> str:
    """The cause of a digest that is named by its first message. That can be gathered again, after it was held back:
    its second digest is another one (`:2`).
    """
    m, number, cause = MESSAGE.c, 1, named
    taken = select(m.id).where(m.cause == bindparam("cause"), m.recipient_id == pile.recipient_id)
    while session.connection().execute(taken, {"cause": cause}).first() is not None:
        number += 1
        cause = f"{named}:{number}"
    return cause


def _digest(pile: Pile, cause: str, audience: str, topic: str, now: datetime) -> dict[str, Any]:
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


def _calm(session: Session, pile: Pile, away: Mapping[int, int], now: datetime) -> int:
    """In a storm: one digest now, and one an hour as long as it lasts."""
    m = MESSAGE.c
    mine = (m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    lately = (m.state == State.QUEUED) | (m.state.in_(_TOLD) & (m.finished_at > now - _HOUR))
    last = select(func.max(m.created_at)).where(*mine, m.kind == kinds.DIGEST, lately)
    told_at = session.connection().execute(last).scalar()
    if pile.single == 1 and (told_at is None or told_at <= now - _HOUR):
        told_at = now - _HOUR + ONE_BY_ONE  # they come one by one: this one waits for the next
    if told_at is None or told_at <= now - _HOUR:
        return _gather(session, pile, Occasion.STORM, due_at(Pace.AT_ONCE, now), away, now)
    later = {"pace": Pace.DIGEST, "send_after": told_at + _HOUR}
    others = and_(*due_at(Pace.AT_ONCE, now), *mine)
    session.connection().execute(update(MESSAGE).where(unlocked(others)).values(later))
    return 0


def _too_much(
    session: Session, piles: Sequence[Pile], away: Mapping[int, int], most_an_hour: int, now: datetime
) -> list[Pile]:
    """Those of which somebody would be sent more singly than they may within an hour: of their own, and of everybody
    for whom they stand in.
    """
    theirs = {pile: _single(session, pile, away, now) for pile in piles}
    told = Counter[tuple[int, str]]()
    for pile, single in theirs.items():
        told.update({(reader, pile.channel): count for reader, count in single.items()})
    here = {reader for reader, _ in told}
    people = here | {recipient_id for recipient_id, reader in away.items() if reader in here}
    for reader, channel, count in _told_since(session, people, away, now):
        told[reader, channel] += count
    return [p for p, single in theirs.items() if any(told[reader, p.channel] > most_an_hour for reader in single)]


def _single(session: Session, pile: Pile, away: Mapping[int, int], now: datetime) -> Mapping[int, int]:
    """How many of a pile are due singly, by who reads them."""
    if pile.recipient_id not in away or not pile.single:
        return {pile.recipient_id: pile.single}
    due = and_(*due_at(Pace.AT_ONCE, now), MESSAGE.c.channel == pile.channel)
    return _counted(session, by_reader(session, pile.recipient_id, due, away))


def _counted(session: Session, by_reader: Iterable[tuple[int, ColumnElement[bool]]]) -> Counter[int]:
    counted = Counter[int]()
    for reader, which in by_reader:
        counted[reader] += session.connection().execute(select(func.count()).where(which)).scalar_one()
    return counted


def _told_since(
    session: Session, people: Set[int], away: Mapping[int, int], now: datetime
) -> Iterator[tuple[int, str, int]]:
    """How many of these people's messages were sent singly within an hour, by who reads them and by which channel."""
    m = MESSAGE.c
    singly = and_(m.state.in_(_TOLD), m.finished_at > now - _HOUR, m.kind != kinds.DIGEST)
    counted = select(m.recipient_id, m.channel, func.count()).group_by(m.recipient_id, m.channel)
    rows = [
        row
        for some in chunks(sorted(people))
        for row in session.connection().execute(counted.where(singly, m.recipient_id.in_(some)))
    ]
    for recipient_id, channel, count in rows:
        if recipient_id in away:
            theirs = by_reader(session, recipient_id, singly & (m.channel == channel), away)
            yield from ((reader, channel, there) for reader, there in _counted(session, theirs).items())
        else:
            yield recipient_id, channel, count
