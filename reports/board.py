"""How many are in each stage of a pathway, and how many of them need somebody's attention."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, select, true
from sqlmodel import Session

from engine.case import Status
from engine.plan import DUE_SOON_DAYS
from onboarding.pathways import versions
from onboarding.store import ENROLMENT
from reports.scope import Scope


def overdue(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_overdue` as a condition on rows; a test holds the two equal."""
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on < on)


def due_soon(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_due_soon` as a condition on rows."""
    until = on + timedelta(days=DUE_SOON_DAYS)
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on.between(on, until))


def board(session: Session, pathway_key: str, on: date, scope: Scope | None = None) -> dict[str, Any]:
    """`pathway`, `title`, `stages` (`stage`, `title`, `part_of`, `open`, `paused`, `due_soon`, `overdue`) and `endings`
    (`stage`, `title`, `count`), in the order of the pathway; what only an older version has comes last.
    Counted are the enrolments that `scope` covers, or all.
    """
    published = versions(session, pathway_key)
    pathway, found = next(iter(published.values())), _counted(session, pathway_key, on, scope)
    known = {key: stage for version in reversed(published.values()) for key, stage in version.open_stages.items()}
    endings = {key: ending for version in reversed(published.values()) for key, ending in version.endings.items()}
    ended = {key: row["ended"] for key, row in found.items() if row["ended"]}
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
            for key in _ordered(pathway.endings, ended)
        ],
    }


def _counted(session: Session, pathway_key: str, on: date, scope: Scope | None) -> dict[str, RowMapping]:
    """How many there are in each stage that somebody is in or has ended in, by its key."""
    e = ENROLMENT.c
    counted = select(
        e.stage,
        _count(e.status == Status.OPEN).label("open"),
        _count(e.status == Status.PAUSED).label("paused"),
        _count(due_soon(on)).label("due_soon"),
        _count(overdue(on)).label("overdue"),
        _count(e.status == Status.ENDED).label("ended"),
    )
    counted = counted.where(e.pathway_key == pathway_key, scope.covers() if scope is not None else true())
    rows = session.connection().execute(counted.group_by(e.stage))
    return {row.stage: row._mapping for row in rows}


_COUNTS = ("open", "paused", "due_soon", "overdue")


def _ordered(present: Iterable[str], found: Iterable[str]) -> list[str]:
    """The keys that the pathway has now, then those that are found and that it has no longer."""
    now = list(present)
    return now + sorted(set(found) - set(now))


def _unit(stage: Any) -> Any:
    return stage.part_of if stage is not None else None


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
