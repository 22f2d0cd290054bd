"""How far people came, and how long each stage took them against the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from engine.pathway import Pathway
from onboarding.pathways import versions
from onboarding.store import TRANSITION
from reports.period import ALWAYS, Period
from reports.scope import Scope, countable
from reports.visits import arrivals, visits


def figures(
    session: Session, pathway_key: str, scope: Scope | None = None, period: Period = ALWAYS
) -> list[dict[str, Any]]:
    """For each stage of the newest version: `stage`, `title`, `reached` and `left` (people who came there, who went on
    from there in the period), `days` (the median of how many calendar days the stays took that ended in the period,
    pauses included; None when there are none) and `planned_days` (about how many the pathway plans; None for an
    open-ended stage).
    """
    published = versions(session, pathway_key)
    pathway = next(iter(published.values()))
    which = countable(pathway_key, scope)
    reached, left, took = Counter[str](), Counter[str](), defaultdict[str, Counter[int]](Counter)
    for stage, entered_on, left_on, count in _stays(session, which, period):
        reached[stage] += count if period.includes(entered_on) else 0
        if left_on is not None and period.includes(left_on):
            left[stage] += count
            took[stage][(left_on - entered_on).days] += count
    if any(_leads_back(version) for version in published.values()):
        reached -= _more_than_once(session, which, TRANSITION.c.to_stage, period)
        left -= _more_than_once(session, which, TRANSITION.c.from_stage, period)
    return [
        {
            "stage": key,
            "title": stage.title,
            "reached": reached[key],
            "left": left[key],
            "days": round(median(took[key].elements())) if took[key] else None,
            "planned_days": round(stage.lasts.usual_days()) if stage.lasts else None,
        }
        for key, stage in pathway.open_stages.items()
    ]


def _stays(
    session: Session, which: tuple[ColumnElement[bool], ...], period: Period
) -> list[tuple[str, date, date | None, int]]:
    """How many stays there were in each stage from one day to another, by the end of the period."""
    stays = visits(*which, until=period.until)
    same = (stays.c.stage, stays.c.entered_on, stays.c.left_on)
    found = session.connection().execute(select(*same, func.count()).group_by(*same))
    return [(stage, entered_on, left_on, count) for stage, entered_on, left_on, count in found]


def _leads_back(pathway: Pathway) -> bool:
    """Whether anybody can come to the same stage twice: only then is it asked who did."""
    left = dict(pathway.steps_from)
    while ends := [key for key, steps in left.items() if not any(step.target in left for step in steps)]:
        for key in ends:
            del left[key]
    return bool(left)


def _more_than_once(
    session: Session, which: tuple[ColumnElement[bool], ...], stage: ColumnElement[Any], period: Period
) -> Counter[str]:
    """How many moves into (or out of) a stage in the period were not somebody's first one."""
    t = TRANSITION.c
    moves = arrivals(stage.label("stage"), (func.count() - 1).label("more"))
    each = (
        moves.where(*which, period.holds(t.occurred_on))
        .group_by(t.enrolment_id, stage)
        .having(func.count() > 1)
        .subquery()
    )
    found = select(each.c.stage, func.sum(each.c.more)).group_by(each.c.stage)
    return Counter({key: int(more) for key, more in session.connection().execute(found) if key is not None})
