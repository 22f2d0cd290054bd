"""How many are in each stage of a pathway, and how many of them need somebody's attention."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlmodel import Session

from engine.case import Status
from engine.pathway import MISTAKEN
from engine.plan import DUE_SOON_DAYS
from onboarding.pathways import versions
from onboarding.store import ENROLMENT
from reports.scope import Scope

#: How many are open, paused, ended, due soon and overdue in a stage, by the pathway's key and the stage's.
Tally = Mapping[tuple[str, str], Counter[str]]

_COUNTS = ("open", "paused", "due_soon", "overdue")


def overdue(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_overdue` as a condition on rows; a test holds the two equal."""
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on < on)


def due_soon(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_due_soon` as a condition on rows."""
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on.between(on, _until(on)))


def tally(session: Session, on: date, scope: Scope | None = None) -> Tally:
    """The counts of every pathway at once, of the enrolments that `scope` covers, or of all.

    Both statements walk the index of areas in its own order and never look at a row of the table, so both group by
    everything that stands before what they count.
    """
    e = ENROLMENT.c
    covered = scope.covers() if scope is not None else true()
    places = (e.area_id, e.pathway_key, e.stage, e.status)
    late = (e.due_on < on).label("late")
    of_status = select(*places, func.count()).where(covered).group_by(*places)
    of_due = select(*places[:3], late, func.count()).where(covered, e.status == Status.OPEN, e.due_on <= _until(on))
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for _, pathway, stage, status, count in session.connection().execute(of_status):
        found[pathway, stage][status] += count
    for _, pathway, stage, is_late, count in session.connection().execute(of_due.group_by(*places[:3], late)):
        found[pathway, stage]["overdue" if is_late else "due_soon"] += count
    return found


def _until(on: date) -> date:
    return on + timedelta(days=DUE_SOON_DAYS)


def board(
    session: Session, pathway_key: str, on: date, scope: Scope | None = None, counted: Tally | None = None
) -> dict[str, Any]:
    """`pathway`, `title`, `stages` (`stage`, `title`, `part_of`, `open`, `paused`, `due_soon`, `overdue`) and `endings`
    (`stage`, `title`, `count`), in the order of the pathway; what only an older version has comes last.
    Counted are the enrolments that `scope` covers, or all; `counted` is their tally, where there is one already.
    """
    published = versions(session, pathway_key)
    pathway = next(iter(published.values()))
    of_all = counted if counted is not None else tally(session, on, scope)
    here = {stage: counts for (key, stage), counts in of_all.items() if key == pathway_key}
    found = {stage: counts for stage, counts in here.items() if stage != MISTAKEN.key}
    known = {key: stage for version in reversed(published.values()) for key, stage in version.open_stages.items()}
    endings = {key: ending for version in reversed(published.values()) for key, ending in version.endings.items()}
    ended = {key: counts["ended"] for key, counts in found.items() if counts["ended"]}
    return {
        "pathway": pathway_key,
        "title": pathway.title,
        "on": on.isoformat(),
        "stages": [
            {
                "stage": key,
                "title": known[key].title if key in known else key,
                "part_of": unit.title if (unit := _unit(known.get(key))) else None,
            }
            | {name: found[key][name] if key in found else 0 for name in _COUNTS}
            for key in _ordered(pathway.open_stages, found.keys() - ended.keys())
        ],
        "endings": [
            {"stage": key, "title": endings[key].title if key in endings else key, "count": ended.get(key, 0)}
            for key in _ordered(pathway.counted_endings, ended)
        ],
    }


def _ordered(present: Iterable[str], found: Iterable[str]) -> list[str]:
    """The keys that the pathway has now, then those that are found and that it has no longer."""
    now = list(present)
    return now + sorted(set(found) - set(now))


def _unit(stage: Any) -> Any:
    return stage.part_of if stage is not None else None
