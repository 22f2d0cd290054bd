"""Danish working days, as a municipality keeps them.

Public holidays come from the `holidays` library. On top of them a municipality is closed on 5 June
(Constitution Day), 24 December and 31 December; none of the three is a public holiday by law, all three are days
off by collective agreement.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")

_CLOSING_DAYS = ((6, 5), (12, 24), (12, 31))
_SATURDAY = 5


@lru_cache(maxsize=256)
def _closed(year: int) -> frozenset[date]:
    import holidays  # here, because most commands never count a working day and should not wait for it

    public = holidays.country_holidays("DK", years=year)
    return frozenset(public) | {date(year, month, day) for month, day in _CLOSING_DAYS}


def is_holiday(day: date) -> bool:
    """A public holiday or a closing day, whichever day of the week it is."""
    return day in _closed(day.year)


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not is_holiday(day)


def working_day_until(day: date) -> date:
    """The day itself when it is a working day, otherwise the last one before it."""
    return day if is_working_day(day) else add_working_days(day, -1)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, or before it when `count` is negative; `day` itself for 0."""
    one = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += one
        while not is_working_day(day):
            day += one
    return day
