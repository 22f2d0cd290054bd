"""The period that a report is about: from a day to a day, both within it; without one of them, open at that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from engine.refusal import Refused
from notifications.danish import danish_date


@dataclass(frozen=True, slots=True)
class Period:
    """Raises `Refused` when it would end before it begins."""

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise Refused("Perioden slutter, før den begynder. Ret en af datoerne.")

    def holds(self, day: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the day in this column lies in the period; a day that there is not lies in none."""
        within: list[ColumnElement[bool]] = [day.is_not(None)]
        if self.since is not None:
            within.append(day >= self.since)
        if self.until is not None:
            within.append(day <= self.until)
        return and_(*within)

    def includes(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def in_words(self) -> str:
        """»i 2025«, »i 1. halvår 2025«, »fra 1. marts 2025 til 31. maj 2025«, »siden …«, »til og med …«, or nothing."""
        since, until = self.since, self.until
        if since is None or until is None:
            return f"siden {danish_date(since)}" if since else f"til og med {danish_date(until)}" if until else ""
        if self == Period(date(since.year, 1, 1), date(since.year, 12, 31)):
            return f"i {since.year}"
        half = next((half for half in (1, 2) if self == half_year(since.year, half)), None)
        if half is not None:
            return f"i {half_year_title(since.year, half)}"
        return f"fra {danish_date(since)} til {danish_date(until)}"


#: Everything that has happened so far.
ALWAYS = Period()


def usual(on: date) -> dict[str, Period]:
    """The periods that are asked for most, seen from the day `on`, by what they are called."""
    year = on.year
    return {
        "Hele tiden": ALWAYS,
        "I år": Period(date(year, 1, 1), on),
        "Sidste år": Period(date(year - 1, 1, 1), date(year - 1, 12, 31)),
        "Seneste 12 måneder": Period(_a_year_before(on) + timedelta(days=1), on),
    }


def half_year(year: int, number: int) -> Period:
    """The first or the second half of a year."""
    if number == 1:
        return Period(date(year, 1, 1), date(year, 6, 30))
    return Period(date(year, 7, 1), date(year, 12, 31))


def half_year_title(year: int, number: int) -> str:
    return f"{number}. halvår {year}"


def _a_year_before(on: date) -> date:
    return on.replace(year=on.year - 1, day=28 if (on.month, on.day) == (2, 29) else on.day)
