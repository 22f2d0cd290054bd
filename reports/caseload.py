"""The cases that somebody works with: those that a filter lets through, as cards and as rows of a table.

Names are here, as the pages show them; nothing of this is for messages, logs or the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlmodel import Session

from engine.case import Status
from engine.pathway import MISTAKEN, Pathway
from engine.plan import is_due_soon, is_overdue
from engine.reasons import QUIET_REASONS
from models.area import HostArea
from models.name_word import NameWord, words_of
from models.pause import PauseRow
from models.snooze import SnoozeRow
from models.spelling import spellings
from models.staff import Staff, StaffArea
from models.types import table
from onboarding.lateness import overdue
from onboarding.pathways import pathway_of
from onboarding.store import CANDIDATE, ENROLMENT, stands
from reports.board import counted_as, due_soon
from reports.scope import Scope

AREA, STAFF, STAFF_AREA = table(HostArea), table(Staff), table(StaffArea)
PAUSE, NAME_WORD, SNOOZE = table(PauseRow), table(NameWord), table(SnoozeRow)

_REFERENCE = re.compile(r"[A-Z]+-[0-9]{4,}")
_LAST_LETTER = "\U0010ffff"

#: The pause that a case is in, and the day on which somebody is to look at it.
_LASTING = select(PAUSE.c.review_on).where(PAUSE.c.enrolment_id == ENROLMENT.c.id, PAUSE.c.until_on.is_(None))
_REVIEW_ON = _LASTING.scalar_subquery()
#: What was said last of that pause, or of the visit of a case that is in none (`engine.case.Case.snooze`).
_OCCURRENCE = func.coalesce(_LASTING.with_only_columns(PAUSE.c.seq).scalar_subquery(), ENROLMENT.c.visit)
_SAID = (SNOOZE.c.enrolment_id == ENROLMENT.c.id) & (SNOOZE.c.occurrence == _OCCURRENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: those that fulfil everything that is not None. `search` is a reference or a name, or a part."""

    pathway: str | None = None
    stage: str | None = None
    area: int | None = None
    coordinator: int | None = None
    overdue: bool = False
    due_soon: bool = False
    forgotten: bool = False  # a pause past its review
    starts_from: date | None = None
    starts_to: date | None = None
    search: str = ""
    status: str | None = None
    ended: bool = False
    among: ColumnElement[bool] | None = None  # those that a figure counts (`reports.behind`), ended or not

    def conditions(self, scope: Scope, on: date) -> list[ColumnElement[bool]]:
        e = ENROLMENT.c
        equal = ((e.pathway_key, self.pathway), (e.stage, self.stage), (e.area_id, self.area))
        also = ((e.coordinator_id, self.coordinator), (e.status, self.status))
        found = [column == value for column, value in (*equal, *also) if value is not None]
        if self.starts_from is not None:
            found.append(e.starts_on >= self.starts_from)
        if self.starts_to is not None:
            found.append(e.starts_on <= self.starts_to)
        if self.search.strip():
            found.append(_found(self.search.strip()))
        if self.among is not None:
            found += [self.among, stands()]
        elif not (self.ended or self.stage):
            found.append(e.status != Status.ENDED)
        elif self.stage != MISTAKEN.key:
            found.append(stands())
        asked = ((self.overdue, overdue), (self.due_soon, due_soon), (self.forgotten, _forgotten))
        return [scope.covers(), *found, *(condition(on) for wanted, condition in asked if wanted)]


def _found(search: str) -> ColumnElement[bool]:
    """A whole reference, a part of one, or a name by the beginning of each of its words that are typed."""
    if _REFERENCE.fullmatch(search.upper()):
        return ENROLMENT.c.reference == search.upper()
    if any(letter.isdecimal() for letter in search):
        return ENROLMENT.c.reference.contains(search.upper(), autoescape=True)
    words = sorted(words_of(search))
    return and_(*(ENROLMENT.c.candidate_id.in_(_named(word)) for word in words)) if words else false()


def _named(word: str) -> Select[Any]:
    """The people with a word in their names that begins like this, however it is spelt: »Aase« finds »Åse«."""
    w = NAME_WORD.c
    begins = (and_(w.word >= spelt, w.word < spelt + _LAST_LETTER) for spelt in sorted(spellings(word)))
    return select(w.candidate_id).where(or_(*begins))


_ORDER = (ENROLMENT.c.due_on.asc().nulls_last(), ENROLMENT.c.id)
_ROWS = (
    select(
        ENROLMENT.c.id,
        ENROLMENT.c.reference,
        ENROLMENT.c.pathway_key,
        ENROLMENT.c.pathway_version,
        ENROLMENT.c.stage,
        ENROLMENT.c.status,
        ENROLMENT.c.entered_on,
        ENROLMENT.c.starts_on,
        ENROLMENT.c.due_on,
        ENROLMENT.c.revision,
        _REVIEW_ON.label("review_on"),
        SNOOZE.c.reason.label("snoozed_for"),
        SNOOZE.c.until.label("snoozed_until"),
        CANDIDATE.c.name.label("name"),
        AREA.c.name.label("area"),
        STAFF.c.name.label("coordinator"),
    )
    .select_from(ENROLMENT)
    .join(CANDIDATE, ENROLMENT.c.candidate_id == CANDIDATE.c.id)
    .join(AREA, ENROLMENT.c.area_id == AREA.c.id)
    .join(STAFF, ENROLMENT.c.coordinator_id == STAFF.c.id)
    .outerjoin(SNOOZE, _SAID)
)


def _forgotten(on: date) -> ColumnElement[bool]:
    """Paused, and the day on which somebody was to look at it has come."""
    to_be_looked_at = select(PAUSE.c.enrolment_id).where(PAUSE.c.until_on.is_(None), PAUSE.c.review_on <= on)
    return and_(ENROLMENT.c.status == Status.PAUSED, ENROLMENT.c.id.in_(to_be_looked_at))


def cases(
    session: Session, scope: Scope, wanted: Wanted, on: date, *, limit: int | None = 50, offset: int = 0
) -> list[dict[str, Any]]:
    """The cases, those that should have been left longest ago first; `limit` None: all of them. `version` is the one of
    its pathway that a case is pinned to, and `stage_title` what that calls the stage.
    """
    which = _which(scope, wanted, on).limit(limit).offset(offset)
    if limit is None:
        return _read(session, _ROWS.where(ENROLMENT.c.id.in_(which.scalar_subquery())), on)
    return _of(session, _ids(session, which), on)


def cases_of_each(
    session: Session, scope: Scope, wanted: Sequence[Wanted], on: date, *, limit: int
) -> list[tuple[int, list[dict[str, Any]]]]:
    """How many there are of each of several kinds, and the first of them as `cases` gives them."""
    found = [_ids_and_count(session, _which(scope, one, on).limit(limit)) for one in wanted]
    shared = _shared(session, [ids for ids, _ in found], on)
    return [(total, some) for (_, total), some in zip(found, shared, strict=True)]


def cases_of_stages(
    session: Session, scope: Scope, wanted: Wanted, stages: Sequence[str], on: date, *, limit: int
) -> list[list[dict[str, Any]]]:
    """The first cases of each of these stages, likewise. One statement serves them all: a board has many."""
    stage: BindParameter[Any] = bindparam("stage", "")
    which = _which(scope, replace(wanted, stage=None), on).where(ENROLMENT.c.stage == stage).limit(limit)
    return _shared(session, [_ids(session, which, stage=key) for key in stages], on)


def _shared(session: Session, ids: Sequence[Sequence[int]], on: date) -> list[list[dict[str, Any]]]:
    found = {case["id"]: case for case in _of(session, sorted({i for some in ids for i in some}), on)}
    return [[found[i] for i in some] for some in ids]


def _ids(session: Session, which: Select[Any], **values: Any) -> Sequence[int]:
    return session.connection().execute(which, values).scalars().all()


def cases_and_count(
    session: Session, scope: Scope, wanted: Wanted, on: date, *, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Some of the cases, as `cases` gives them, and how many there are. Both at once: a search is the dearest part."""
    ids, total = _ids_and_count(session, _which(scope, wanted, on).limit(limit).offset(offset))
    return _of(session, ids, on), total if ids else count(session, scope, wanted, on)


def _ids_and_count(session: Session, which: Select[Any]) -> tuple[list[int], int]:
    """How many there would be without a limit; 0 when it is behind the last of them."""
    rows = session.connection().execute(which.add_columns(func.count().over())).all()
    return [row.id for row in rows], rows[0][1] if rows else 0


def count(session: Session, scope: Scope, wanted: Wanted, on: date) -> int:
    counted = select(func.count()).select_from(ENROLMENT).where(*wanted.conditions(scope, on))
    found: int = session.connection().execute(counted).scalar_one()
    return found


def count_by_stage(session: Session, scope: Scope, wanted: Wanted, on: date) -> dict[str, dict[str, int]]:
    """By stage, how many there are in it, `all`, and how many of these are what a board counts (`counted_as`)."""
    counts = (func.count().filter(one).label(name) for name, one in counted_as(on).items())
    asked = select(ENROLMENT.c.stage, func.count().label("all"), *counts).where(*wanted.conditions(scope, on))
    rows = session.connection().execute(asked.group_by(ENROLMENT.c.stage)).mappings()
    return {row["stage"]: {name: row[name] for name in row if name != "stage"} for row in rows}


def _which(scope: Scope, wanted: Wanted, on: date) -> Select[Any]:
    """The ids, in order. Names are joined to those that are shown, and not to everybody before they are sorted."""
    return select(ENROLMENT.c.id).where(*wanted.conditions(scope, on)).order_by(*_ORDER)


def _of(session: Session, ids: Sequence[int], on: date) -> list[dict[str, Any]]:
    return _read(session, _ROWS.where(ENROLMENT.c.id.in_(ids)), on) if ids else []


def _read(session: Session, rows: Select[Any], on: date) -> list[dict[str, Any]]:
    found = session.connection().execute(rows.order_by(*_ORDER)).all()
    return [_case(row, pathway_of(session, row.pathway_key, row.pathway_version), on) for row in found]


def choices(session: Session, scope: Scope) -> dict[str, list[tuple[Any, ...]]]:
    """What the scope's cases can be filtered by, and given to: `areas` as id and name; `coordinators` as id, name and
    whether they are one still, for somebody who was taken out may leave cases behind; and those who work for any of the
    areas, `takers`, as e-mail, name, and the names of their areas (none: all).
    """
    is_one = and_(STAFF.c.role == "coordinator", STAFF.c.active)
    left = select(ENROLMENT.c.id).where(
        ENROLMENT.c.coordinator_id == STAFF.c.id, ENROLMENT.c.status != Status.ENDED, scope.covers()
    )
    areas = select(AREA.c.id, AREA.c.name).where(AREA.c.id.in_(scope.areas)).order_by(AREA.c.name)
    staff = (
        select(STAFF.c.id, STAFF.c.name, STAFF.c.email, is_one, AREA.c.id, AREA.c.name)
        .select_from(STAFF)
        .outerjoin(STAFF_AREA, STAFF_AREA.c.staff_id == STAFF.c.id)
        .outerjoin(AREA, STAFF_AREA.c.area_id == AREA.c.id)
        .where(or_(is_one, left.exists()))
        .order_by(STAFF.c.name, STAFF.c.id, AREA.c.name)
    )
    coordinators, takers = [], []
    for (staff_id, name, email, still), rows in groupby(session.connection().execute(staff), itemgetter(0, 1, 2, 3)):
        theirs = {area_id: area for *_, area_id, area in rows if area_id is not None}
        coordinators.append((staff_id, name, bool(still)))
        if still and (not theirs or theirs.keys() & scope.areas):
            takers.append((email, name, tuple(theirs.values())))
    found = [tuple(row) for row in session.connection().execute(areas)]
    return {"areas": found, "coordinators": coordinators, "takers": takers}


def _snooze(row: Any, on: date) -> dict[str, Any] | None:
    """Until when nobody is reminded (`until` None: it is handled elsewhere), and why; None where they are."""
    if row.status == Status.ENDED or row.snoozed_for is None:
        return None
    if row.snoozed_until is not None and row.snoozed_until <= on:
        return None
    return {"until": row.snoozed_until, "reason_title": QUIET_REASONS.get(row.snoozed_for)}


def _case(row: Any, pathway: Pathway, on: date) -> dict[str, Any]:
    status = Status(row.status)
    return {
        "id": row.id,
        "reference": row.reference,
        "name": row.name,
        "pathway": row.pathway_key,
        "version": row.pathway_version,
        "stage": row.stage,
        "stage_title": pathway.stage_title(row.stage),
        "status": row.status,
        "entered_on": row.entered_on,
        "starts_on": row.starts_on,
        "due_on": row.due_on,
        "review_on": row.review_on,
        "snooze": _snooze(row, on),
        "days_in_stage": max(0, (on - row.entered_on).days),
        "overdue": is_overdue(status, row.due_on, on),
        "due_soon": is_due_soon(status, row.due_on, on),
        "revision": row.revision,
        "area": row.area,
        "coordinator": row.coordinator,
    }
