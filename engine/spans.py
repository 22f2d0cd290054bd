"""Lengths of time as a pathway writes them: days, weeks, months or Danish working days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from engine.workdays import add_working_days


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


_DANISH = {
    Unit.DAYS: ("dag", "dage"),
    Unit.WEEKS: ("uge", "uger"),
    Unit.MONTHS: ("måned", "måneder"),
    Unit.WORKING_DAYS: ("arbejdsdag", "arbejdsdage"),
}


_USUAL_DAYS = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 365.25 / 12, Unit.WORKING_DAYS: 7 / 5}


@dataclass(frozen=True)
class Span:
    """A positive length of time in one unit. The upper bound only catches a slip of the keyboard."""

    count: Annotated[int, Field(gt=0, le=3660)]
    unit: Unit = field(kw_only=True)

    def after(self, day: date) -> date:
        """The day that lies this long after `day`, clamped to a month's end (31 January + 1 month: 28 February)."""
        return _shift(day, self.count, self.unit)

    def before(self, day: date) -> date:
        """The day that lies this long before `day`."""
        return _shift(day, -self.count, self.unit)

    def usual_days(self) -> float:
        """About how many days it is, whenever it begins: enough to tell which of two is the longer."""
        return self.count * _USUAL_DAYS[self.unit]

    def in_words(self) -> str:
        """In Danish: »12 uger«."""
        one, many = _DANISH[self.unit]
        return f"{self.count} {one if self.count == 1 else many}"


def days(count: int) -> Span:
    return Span(count, unit=Unit.DAYS)


def weeks(count: int) -> Span:
    return Span(count, unit=Unit.WEEKS)


def months(count: int) -> Span:
    return Span(count, unit=Unit.MONTHS)


def working_days(count: int) -> Span:
    return Span(count, unit=Unit.WORKING_DAYS)


@lru_cache(maxsize=8192)  # a sweep asks for the same few days again and again
def _shift(day: date, count: int, unit: Unit) -> date:
    if unit is Unit.DAYS:
        return day + timedelta(days=count)
    if unit is Unit.WEEKS:
        return day + timedelta(weeks=count)
    return add_months(day, count) if unit is Unit.MONTHS else add_working_days(day, count)


def add_months(day: date, count: int) -> date:
    """`count` calendar months after `day` (before it when negative), clamped to the end of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
