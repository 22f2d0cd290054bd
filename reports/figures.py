"""How far people came, and how long each stage took them against the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select, true
from sqlmodel import Session

from onboarding.pathways import newest
from onboarding.store import ENROLMENT
from reports.period import ALWAYS, Period
from reports.scope import Scope
from reports.visits import visits


def figures(
    session: Session, pathway_key: str, scope: Scope | None = None, period: Period = ALWAYS
) -> list[dict[str, Any]]:
    """For each stage of the newest version: `stage`, `title`, `reached` and `left` (people who came there, who went on
    from there in the period), `days` (the median of how many calendar days the stays took that ended in the period,
    pauses included; None when there are none) and `planned_days` (about how many the pathway plans; None for an
    open-ended stage).
    """
    pathway = newest(session, pathway_key)
    stays = visits(ENROLMENT.c.pathway_key == pathway_key, scope.covers() if scope is not None else true())
    reached = _people(session, stays, period.holds(stays.c.entered_on))
    left = _people(session, stays, period.holds(stays.c.left_on))
    took = _days(session, stays, period)
    return [
        {
            "stage": key,
            "title": stage.title,
            "reached": reached.get(key, 0),
            "left": left.get(key, 0),
            "days": round(median(took[key].elements())) if took[key] else None,
            "planned_days": round(stage.lasts.usual_days()) if stage.lasts else None,
        }
        for key, stage in pathway.open_stages.items()
    ]


def _people(session: Session, stays: Subquery, which: ColumnElement[bool]) -> dict[str, int]:
    """How many people have such a stay, by its stage."""
    people = select(stays.c.stage, func.count(stays.c.enrolment_id.distinct())).where(which).group_by(stays.c.stage)
    return dict(session.connection().execute(people).tuples().all())


def _days(session: Session, stays: Subquery, period: Period) -> defaultdict[str, Counter[int]]:
    """How many stays in each stage took how many days, of those that ended in the period."""
    same = (stays.c.stage, stays.c.entered_on, stays.c.left_on)
    found = select(*same, func.count()).where(period.holds(stays.c.left_on)).group_by(*same)
    took: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for stage, entered_on, left_on, count in session.connection().execute(found):
        took[stage][(left_on - entered_on).days] += count
    return took
