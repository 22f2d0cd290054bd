"""Who is kept: of those who began in the same half-year, how many are still under way or completed some months later.

A half-year's figure is there once every one of its people could have been there for so long: so it never changes when
more people begin. Whoever was not admitted, dropped out or went over to another pathway is not kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import extract, func, select
from sqlmodel import Session

from onboarding.pathways import versions
from onboarding.store import ENROLMENT
from reports.behind import months_until_lost
from reports.period import ALWAYS, Period, half_year
from reports.scope import Scope, countable

#: After how many months it is asked.
MONTHS = (1, 3, 6, 12, 24)

_MONTHS_OF_A_HALF = 6


def retention(
    session: Session, pathway_key: str, on: date, scope: Scope | None = None, period: Period = ALWAYS
) -> list[dict[str, Any]]:
    """For each half-year in which somebody began, the oldest first: `year`, `half` (1 or 2), `began`, `period` (its
    days that lie in `period`) and `kept`: how many by each of `MONTHS`, None where on the day `on` it is too early to
    tell.
    """
    lost: defaultdict[tuple[int, int], Counter[int | None]] = defaultdict(Counter)
    for year, month, after, count in _rows(session, pathway_key, scope, period):
        lost[int(year), 1 if month <= _MONTHS_OF_A_HALF else 2][None if after is None else int(after)] += count
    return [
        {
            "year": year,
            "half": half,
            "began": months.total(),
            "period": _within(half_year(year, half), period),
            "kept": {n: _kept(months, n) if _is_known(year, half, n, on) else None for n in MONTHS},
        }
        for (year, half), months in sorted(lost.items())
    ]


def _rows(session: Session, pathway_key: str, scope: Scope | None, period: Period) -> Any:
    """How many began in each month, by the whole months after which they were lost."""
    e = ENROLMENT.c
    after = months_until_lost(versions(session, pathway_key)).label("after")
    groups = (extract("year", e.starts_on).label("year"), extract("month", e.starts_on).label("month"), after)
    which = (*countable(pathway_key, scope), period.holds(e.starts_on))
    # Grouped from outside, or PostgreSQL would take the two CASEs for different ones.
    each = select(*groups).where(*which).subquery()
    return session.connection().execute(select(*each.c, func.count()).group_by(*each.c))


def _kept(lost: Counter[int | None], months: int) -> int:
    return sum(count for after, count in lost.items() if after is None or after >= months)


def _is_known(year: int, half: int, months: int, on: date) -> bool:
    """Whether so many months have gone by since the half-year's last day."""
    after = year * 12 + _MONTHS_OF_A_HALF * half + months
    return (on.year * 12 + on.month - 1) >= after


def _within(whole: Period, period: Period) -> Period:
    since, until = whole.since, whole.until
    return Period(
        max(since, period.since) if since and period.since else since,
        min(until, period.until) if until and period.until else until,
    )
