"""How far people came, and how long each stage took them against the plan.

A move that was taken back counts for nothing: the person never came there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlmodel import Session

from engine.history import Verb
from onboarding.pathways import newest
from onboarding.store import ENROLMENT, TRANSITION
from reports.scope import Scope

_ARRIVALS = (Verb.ENROL, Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)


def figures(session: Session, pathway_key: str, scope: Scope | None = None) -> list[dict[str, Any]]:
    """For each stage of the newest version: `stage`, `title`, `reached` (people who came there), `left` (visits that
    are over), `days` (the median of how many calendar days those took, pauses included; None when there are none) and
    `planned_days` (about how many the pathway plans; None for an open-ended stage).
    """
    pathway = newest(session, pathway_key)
    visits = _visits(pathway_key, scope).subquery()
    reached = select(visits.c.stage, func.count(visits.c.enrolment_id.distinct())).group_by(visits.c.stage)
    came: dict[str, int] = dict(session.connection().execute(reached).tuples().all())
    took = _days(session, visits)
    return [
        {
            "stage": key,
            "title": stage.title,
            "reached": came.get(key, 0),
            "left": took[key].total(),
            "days": round(median(took[key].elements())) if took[key] else None,
            "planned_days": round(stage.lasts.usual_days()) if stage.lasts else None,
        }
        for key, stage in pathway.open_stages.items()
    ]


def _visits(pathway_key: str, scope: Scope | None) -> Select[Any]:
    """Each arrival that stands: whose, where, on which day, and the day of the next one."""
    e, t = ENROLMENT.c, TRANSITION.c
    undo = TRANSITION.alias()
    taken_back = select(undo.c.id).where(
        undo.c.enrolment_id == t.enrolment_id,
        undo.c.action == Verb.UNDO,
        undo.c.undoes <= t.seq,
        undo.c.seq > t.seq,
    )
    left_on = func.lead(t.occurred_on).over(partition_by=t.enrolment_id, order_by=t.seq)
    return (
        select(t.enrolment_id, t.to_stage.label("stage"), t.occurred_on.label("entered_on"), left_on.label("left_on"))
        .join_from(TRANSITION, ENROLMENT, t.enrolment_id == e.id)
        .where(e.pathway_key == pathway_key, scope.covers() if scope is not None else true())
        .where(t.action.in_(_ARRIVALS), ~taken_back.exists())
    )


def _days(session: Session, visits: Any) -> defaultdict[str, Counter[int]]:
    """How many visits to each stage took how many days, of those that are over."""
    v = visits.c
    same = (v.stage, v.entered_on, v.left_on)
    counted = select(*same, func.count()).where(v.left_on.is_not(None)).group_by(*same)
    took: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for stage, entered_on, left_on, count in session.connection().execute(counted):
        took[stage][(_day(left_on) - _day(entered_on)).days] += count
    return took


def _day(found: date | str) -> date:
    return found if isinstance(found, date) else date.fromisoformat(found)
