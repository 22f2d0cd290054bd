"""Danish time by plain arithmetic: summer time, hours in which somebody may be disturbed, and slots of digests.

It knows neither a time zone database nor `notifications.pace`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from tests.engine.naive_calendar import is_holiday, is_working_day

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)

#: From and to, of a working day.
Hours = tuple[time, time]


@cache
def _last_sunday(year: int, month: int) -> datetime:
    day = date(year, month, 31)
    while day.weekday() != 6:
        day -= ONE_DAY
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def offset(at: datetime) -> timedelta:
    """Two hours from the last Sunday of March at 1 UTC to the last Sunday of October at 1 UTC, otherwise one."""
    summer = _last_sunday(at.year, 3) <= at < _last_sunday(at.year, 10)
    return timedelta(hours=2 if summer else 1)


def local(at: datetime) -> datetime:
    """What a clock on a Danish wall shows, without a zone."""
    return (at + offset(at)).replace(tzinfo=None)


def instant(day: date, at: time) -> datetime:
    """When a Danish clock shows this first; where it is put forward past it, as much later as it is put forward."""
    wall = datetime.combine(day, at, tzinfo=UTC)
    in_summer = wall - timedelta(hours=2)
    return in_summer if offset(in_summer) == timedelta(hours=2) else wall - ONE_HOUR


def is_open(hours: Hours | None, at: datetime) -> bool:
    """Whether somebody with these hours may be disturbed; with None always."""
    if hours is None:
        return True
    wall = local(at)
    return is_working_day(wall.date()) and hours[0] <= wall.time() < hours[1]


def next_open(hours: Hours | None, at: datetime) -> datetime:
    """The first moment from this one on, or a few minutes later, at which they may be disturbed."""
    while not is_open(hours, at):
        at += timedelta(minutes=5)
    return at


def _comes_on(chosen: date, weekdays: str) -> date | None:
    """On which day the digest of a chosen day comes; none where a holiday puts it off and the next one is sooner."""
    day = chosen
    while is_holiday(chosen) and not is_working_day(day):
        day += ONE_DAY
        if str(day.isoweekday()) in weekdays:
            return None  # that one's own digest, or what becomes of it
    return day


def _has_slot(day: date, weekdays: str) -> bool:
    """Easter closes for five days, and Christmas for up to five."""
    chosen = (day - n * ONE_DAY for n in range(7) if str((day - n * ONE_DAY).isoweekday()) in weekdays)
    return day in [_comes_on(one, weekdays) for one in chosen]


def next_slot(weekdays: str, at: time, after: datetime) -> datetime:
    """The first slot behind this instant."""
    day = local(after).date()
    while not (_has_slot(day, weekdays) and instant(day, at) > after):
        day += ONE_DAY
    return instant(day, at)


def last_slot(weekdays: str, at: time, until: datetime) -> datetime:
    """The latest slot that has come by this instant."""
    day = local(until).date()
    while not (_has_slot(day, weekdays) and instant(day, at) <= until):
        day -= ONE_DAY
    return instant(day, at)


def is_clock_changed_on(day: date) -> bool:
    return offset(instant(day, time(0))) != offset(instant(day, time(12)))
