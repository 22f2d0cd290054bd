"""What waits for whom until midnight, by which channel: what a digest may be made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Integer, Row, Select, and_, bindparam, case, cast, func, select
from sqlmodel import Session

from engine import kinds
from engine.workdays import DENMARK
from models.message import Pace, State
from models.types import UtcDateTime
from notifications.pace import moment
from notifications.queue import MESSAGE
from onboarding.store import ENROLMENT
from onboarding.unsent import NOBODY_HAS_IT

#: How much later than planned a message is before it is told together with whatever else waits.
LATE = timedelta(days=1)


class Pile(NamedTuple):
    """What waits for one person by one channel until midnight, `waiting` of them: `single` and `gathered` are those
    that are due now, to be told at once and in a digest; of all, `late` are late and `at_once` are to be told at once.
    `newest`: when the last of the late ones was written, and `on` the latest day that they tell of.
    """

    recipient_id: int
    channel: str
    waiting: int
    single: int
    gathered: int
    late: int
    at_once: int
    newest: datetime | None
    on: date | None

    @property
    def is_told_together(self) -> bool:
        """Something of it is late, and is not left to be told beside whatever else waits."""
        return self.late > 0 and self.at_once > 0 and self.waiting > 1


def piles_due(session: Session, now: datetime) -> Sequence[Pile]:
    """Those in which something is due."""
    return [Pile(*row) for row in session.connection().execute(_PILES, _moments(now))]


def who_overslept(session: Session, now: datetime) -> frozenset[tuple[int, str]]:
    """Who has a digest of an earlier day before them, by which channel, that nobody can have had, that was not refused
    and that may go now: it is gathered anew, with what is due today.
    """
    asked = {"now": now, "today": now.astimezone(DENMARK).date()}
    return frozenset((recipient_id, channel) for recipient_id, channel in session.connection().execute(_WAITED, asked))


def midnight(now: datetime) -> datetime:
    """A digest that is due later on the day of a catch-up is part of it, and what is late is part of a digest: nobody
    gets one of each on a morning.
    """
    return moment(now.astimezone(DENMARK).date() + timedelta(days=1), time.min)


def due_at(pace: Pace, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*waits_until(now), MESSAGE.c.pace == pace)


def waits_until(until: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """What nobody can have had, refused for now or never tried: what may have come is repeated as it was."""
    m = MESSAGE.c
    one = and_(m.recipient_id.is_not(None), m.kind != kinds.DIGEST)
    return m.state == State.QUEUED, m.pace.in_((Pace.AT_ONCE, Pace.DIGEST)), m.send_after <= until, *NOBODY_HAS_IT, one


def late_among(session: Session, pile: Pile, now: datetime, asked: Select[Any]) -> Sequence[Row[Any]]:
    """What is asked of those in a pile that are late."""
    theirs = (MESSAGE.c.recipient_id == pile.recipient_id, MESSAGE.c.channel == pile.channel)
    late = asked.where(*waits_until(bindparam("midnight")), *theirs, _is_late())
    return session.connection().execute(late, _moments(now)).all()


def _moments(now: datetime) -> dict[str, datetime]:
    today = moment(now.astimezone(DENMARK).date(), time.min)
    return {"now": now, "on_time": now - LATE, "today": today, "midnight": midnight(now)}


def _is_late() -> ColumnElement[bool]:
    """What was planned for an earlier day and waits for somebody's hours, later today, is late by then: they are not
    told beside a digest that comes before.
    """
    m = MESSAGE.c
    later_today = (m.send_after > bindparam("now")) & (m.planned_at < bindparam("today"))
    return (m.planned_at < bindparam("on_time")) | later_today | _came_with_a_list()


def _came_with_a_list() -> ColumnElement[bool]:
    """What a list that was read in reminds of at once is told in the one message that it is to everybody."""
    m, e = MESSAGE.c, ENROLMENT.c
    begun_by_it = (e.id == m.enrolment_id, e.list_import_id.is_not(None), e.created_at == m.created_at)
    return select(e.id).where(*begun_by_it).exists()


def _piled() -> Select[Any]:
    m, now, is_late = MESSAGE.c, bindparam("now", type_=UtcDateTime), _is_late()
    is_due, is_single = m.send_after <= now, m.pace == Pace.AT_ONCE
    counted = (is_due & is_single, is_due & ~is_single, is_late, is_single)
    sums = [func.count(), *(func.sum(cast(one, Integer)) for one in counted)]
    newest = func.max(case((is_late, m.created_at)), type_=m.created_at.type)
    on = func.max(case((is_late, m.on_day)), type_=m.on_day.type)
    wanted = select(m.recipient_id, m.channel, *sums, newest, on).where(*waits_until(bindparam("midnight")))
    grouped = wanted.group_by(m.recipient_id, m.channel).having(func.min(m.send_after) <= now)
    return grouped.order_by(m.recipient_id, m.channel)


_PILES = _piled()  # made once, as the one below: to make it takes longer than to ask it
_WAITED = (
    select(MESSAGE.c.recipient_id, MESSAGE.c.channel)
    .where(
        MESSAGE.c.state == State.QUEUED,
        MESSAGE.c.pace == Pace.AT_ONCE,
        MESSAGE.c.send_after <= bindparam("now"),
        MESSAGE.c.kind == kinds.DIGEST,
        MESSAGE.c.on_day < bindparam("today"),
        MESSAGE.c.attempts == 0,  # as those that `let_go` takes apart to be gathered anew
        *NOBODY_HAS_IT,
    )
    .distinct()
)
