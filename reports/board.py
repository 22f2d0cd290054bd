"""How many are in each stage of a pathway, and how many of them need somebody's attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlmodel import Session

from engine.case import Status
from engine.pathway import MISTAKEN
from engine.plan import DUE_SOON_DAYS
from models.area import HostArea
from models.types import table
from onboarding.lateness import overdue
from onboarding.pathways import known_keys, versions
from onboarding.store import ENROLMENT
from reports.scope import Scope

AREA = table(HostArea)

#: How many are open, paused, due soon and overdue in a stage, by the pathway's key and the stage's.
Tally = Mapping[tuple[str, str], Counter[str]]

_COUNTS = ("open", "paused", "due_soon", "overdue")


def due_soon(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_due_soon` as a condition on rows."""
    until = on + timedelta(days=DUE_SOON_DAYS)
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on.between(on, until))


def counted_as(on: date) -> dict[str, ColumnElement[bool]]:
    """What a stage counts, each as a condition on rows."""
    e = ENROLMENT.c
    return {
        "open": e.status == Status.OPEN,
        "paused": e.status == Status.PAUSED,
        "due_soon": due_soon(on),
        "overdue": overdue(on),
    }


def tally(session: Session, on: date, scope: Scope | None = None) -> Tally:
    """The counts of every pathway at once, of the open enrolments that `scope` covers, or of all."""
    stages = {
        (key, stage)
        for key in known_keys(session)
        for one in versions(session, key).values()
        for stage in one.open_stages
    }
    found = session.connection().execute(_counting(frozenset(stages), on, scope)).mappings()
    return {(row["pathway_key"], row["stage"]): Counter({name: row[name] for name in _COUNTS}) for row in found}


@lru_cache(maxsize=256)
def _counting(stages: frozenset[tuple[str, str]], on: date, scope: Scope | None) -> Select[Any]:
    """Each count is a number of neighbours in the index of areas or in that of officers: to group one takes three times
    as long. Kept for whoever asks again on that day: to put it together takes as long as to answer it.
    """
    e = ENROLMENT.c
    known = (select(literal(key).label("pathway_key"), literal(stage).label("stage")) for key, stage in sorted(stages))
    place = union_all(*known).cte("place")
    # Every area by name, where all are counted: the index begins with it.
    covered = scope.covers() if scope is not None else e.area_id.in_(select(AREA.c.id))
    here = select(func.count()).where(covered, e.pathway_key == place.c.pathway_key, e.stage == place.c.stage)
    counts = (here.where(one).correlate(place).scalar_subquery().label(name) for name, one in counted_as(on).items())
    return select(place, *counts)


def board(session: Session, pathway_key: str, on: date, scope: Scope | None = None) -> dict[str, Any]:
    """`pathway`, `title`, `on`, the `stages` as `stages_of` gives them, and `endings` (`stage`, `title`, `count`), in
    the order of the pathway; what only an older version has comes last. Counted are the enrolments that `scope`
    covers, or all.
    """
    published = versions(session, pathway_key)
    pathway = next(iter(published.values()))
    endings = {key: ending for version in reversed(published.values()) for key, ending in version.endings.items()}
    ended = _ended(session, pathway_key, scope)
    return {
        "pathway": pathway_key,
        "title": pathway.title,
        "on": on.isoformat(),
        "stages": stages_of(session, pathway_key, tally(session, on, scope)),
        "endings": [
            {"stage": key, "title": endings[key].title, "count": ended.get(key, 0)}
            for key in _ordered(pathway.counted_endings, ended)
        ],
    }


def stages_of(session: Session, pathway_key: str, counted: Tally) -> list[dict[str, Any]]:
    """`stage`, `title`, `part_of`, `open`, `paused`, `due_soon` and `overdue` of each stage that is not an ending."""
    published = versions(session, pathway_key)
    known = {key: stage for version in reversed(published.values()) for key, stage in version.open_stages.items()}
    found = {stage: counts for (key, stage), counts in counted.items() if key == pathway_key}
    there = {stage for stage, counts in found.items() if counts["open"] or counts["paused"]}
    return [
        {"stage": key, "title": known[key].title, "part_of": unit.title if (unit := known[key].part_of) else None}
        | {name: found[key][name] if key in found else 0 for name in _COUNTS}
        for key in _ordered(next(iter(published.values())).open_stages, there)
    ]


def _ended(session: Session, pathway_key: str, scope: Scope | None) -> dict[str, int]:
    """How many reached each ending; those enrolled by mistake reached none."""
    e = ENROLMENT.c
    covered = () if scope is None else (scope.covers(),)
    wanted = select(e.stage, func.count()).where(e.pathway_key == pathway_key, e.status == Status.ENDED, *covered)
    rows = session.connection().execute(wanted.where(e.stage != MISTAKEN.key).group_by(e.stage))
    return dict(tuple(row) for row in rows)


def _ordered(present: Iterable[str], found: Iterable[str]) -> list[str]:
    """The keys that the pathway has now, then those that are found and that it has no longer."""
    now = list(present)
    return now + sorted(set(found) - set(now))
