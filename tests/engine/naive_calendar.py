"""The Danish calendar a second time: Easter by arithmetic, and every day counted by itself."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


@cache
def easter(year: int) -> date:
    """Easter Sunday, by the Meeus/Jones/Butcher algorithm."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def is_holiday(day: date) -> bool:
    """A Danish public holiday or a municipal closing day, whichever day of the week it is."""
    fixed = [(1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)]
    from_easter = [-3, -2, 0, 1, 39, 49, 50]  # Maundy Thursday to Whit Monday
    if day.year < 2024:
        from_easter.append(26)  # Great Prayer Day, abolished from 2024
    movable = [easter(day.year) + timedelta(days=n) for n in from_easter]
    return (day.month, day.day) in fixed or day in movable


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and not is_holiday(day)


@cache
def shift(day: date, count: int, unit: str, direction: int) -> date:
    """`count` units after the day, or before it with direction -1: counted one by one."""
    if unit == "months":
        wanted, (year, month) = day.day, (day.year, day.month)
        for _ in range(count):
            month += direction
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12) if month == 0 else (year, month)
        while True:
            try:
                return date(year, month, wanted)
            except ValueError:
                wanted -= 1
    left = count * 7 if unit == "weeks" else count
    while left:
        day += direction * ONE_DAY
        if unit != "working_days" or is_working_day(day):
            left -= 1
    return day
