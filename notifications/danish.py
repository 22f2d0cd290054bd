"""Days as a Dane says them, in messages and on pages."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
_RESTS, _ELSEWHERE = "rykkere udsat til", "håndteres andetsteds"
_DAY, _DAYS = "dag", "dage"
#: Every word that these bring.
DANISH = (*MONTHS, _RESTS, _ELSEWHERE, _DAY, _DAYS)


def danish_date(day: date) -> str:
    """»12. august 2026«."""
    return _danish_date(day)


def danish_days(count: int) -> str:
    """»1 dag«, »3 dage«."""
    return f"{count} {_DAY if count == 1 else _DAYS}"


def danish_rest(until: date | None) -> str:
    """»rykkere udsat til 3. marts 2027«, »håndteres andetsteds«: said beside a deadline, so that no two chase it."""
    return f"{_RESTS} {danish_date(until)}" if until else _ELSEWHERE


@lru_cache(maxsize=4096)
def _danish_date(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
