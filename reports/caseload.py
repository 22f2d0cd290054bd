"""The cases that somebody works with: those that a filter lets through, as cards and as rows of a table.

Names are here, as the pages show them; nothing of this is for messages, logs or the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlmodel import Session

from engine.case import Status
from engine.plan import is_due_soon, is_overdue
from models.area import HostArea
from models.pause import PauseRow
from models.staff import Staff
from models.types import table
from onboarding.store import CANDIDATE, ENROLMENT
from reports.board import due_soon, overdue
from reports.scope import Scope

AREA, STAFF, PAUSE = table(HostArea), table(Staff), table(PauseRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: those that fulfil everything that is not None. `search` is part of a name or of a reference."""

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
    ended: bool = False

    def conditions(self, scope: Scope, on: date) -> list[ColumnElement[bool]]:
        e = ENROLMENT.c
        equal = ((e.pathway_key, self.pathway), (e.stage, self.stage), (e.area_id, self.area))
        found = [
            column == value for column, value in (*equal, (e.coordinator_id, self.coordinator)) if value is not None
        ]
        if self.starts_from is not None:
            found.append(e.starts_on >= self.starts_from)
        if self.starts_to is not None:
            found.append(e.starts_on <= self.starts_to)
        if self.search.strip():
            found.append(_found(self.search.strip()))
        if not (self.ended or self.stage):
            found.append(e.status != Status.ENDED)
        asked = ((self.overdue, overdue(on)), (self.due_soon, due_soon(on)), (self.forgotten, _forgotten(on)))
        return [scope.covers(), *found, *(condition for wanted, condition in asked if wanted)]


def _found(search: str) -> ColumnElement[bool]:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(
        CANDIDATE.c.name.ilike(f"%{escaped}%", escape="\\"), ENROLMENT.c.reference.ilike(f"%{escaped}%", escape="\\")
    )


def _forgotten(on: date) -> ColumnElement[bool]:
    """Paused, and the day on which somebody was to look at it has come."""
    open_pause = select(PAUSE.c.id).where(
        PAUSE.c.enrolment_id == ENROLMENT.c.id, PAUSE.c.until_on.is_(None), PAUSE.c.review_on <= on
    )
    return and_(ENROLMENT.c.status == Status.PAUSED, open_pause.exists())


def cases(
    session: Session, scope: Scope, wanted: Wanted, on: date, *, limit: int | None = 50, offset: int = 0
) -> list[dict[str, Any]]:
    """The cases, those that should have been left longest ago first; `limit` None: all of them."""
    e = ENROLMENT.c
    order = (e.due_on.is_(None), e.due_on, e.id)
    # Which ones, first: names are joined to those alone, and not to everybody before they are put in order.
    which = _of(wanted, select(e.id)).where(*wanted.conditions(scope, on)).order_by(*order).limit(limit).offset(offset)
    rows = _rows().where(e.id.in_(which.scalar_subquery())).order_by(*order)
    return [_case(row, on) for row in session.connection().execute(rows)]


def count(session: Session, scope: Scope, wanted: Wanted, on: date) -> int:
    counted = _of(wanted, select(func.count()).select_from(ENROLMENT)).where(*wanted.conditions(scope, on))
    found: int = session.connection().execute(counted).scalar_one()
    return found


def _of(wanted: Wanted, rows: Select[Any]) -> Select[Any]:
    """With the people beside the enrolments, where a search looks for their names."""
    return rows.join(CANDIDATE, ENROLMENT.c.candidate_id == CANDIDATE.c.id) if wanted.search.strip() else rows


def choices(session: Session, scope: Scope) -> dict[str, list[tuple[int, str]]]:
    """The areas and the coordinators that the scope's cases can be filtered by: id and name."""
    areas = select(AREA.c.id, AREA.c.name).where(AREA.c.id.in_(scope.areas) if scope.areas else true())
    staff = select(STAFF.c.id, STAFF.c.name).where(STAFF.c.role == "coordinator", STAFF.c.active)
    found = {"areas": areas.order_by(AREA.c.name), "coordinators": staff.order_by(STAFF.c.name)}
    return {name: [(i, title) for i, title in session.connection().execute(wanted)] for name, wanted in found.items()}


def _rows() -> Select[Any]:
    e = ENROLMENT.c
    return (
        select(
            e.id,
            e.reference,
            e.pathway_key,
            e.stage,
            e.status,
            e.entered_on,
            e.starts_on,
            e.due_on,
            e.revision,
            CANDIDATE.c.name.label("name"),
            AREA.c.name.label("area"),
            STAFF.c.name.label("coordinator"),
        )
        .select_from(ENROLMENT)
        .join(CANDIDATE, e.candidate_id == CANDIDATE.c.id)
        .join(AREA, e.area_id == AREA.c.id)
        .join(STAFF, e.coordinator_id == STAFF.c.id)
    )


def _case(row: Any, on: date) -> dict[str, Any]:
    status = Status(row.status)
    return {
        "reference": row.reference,
        "name": row.name,
        "pathway": row.pathway_key,
        "stage": row.stage,
        "status": row.status,
        "entered_on": row.entered_on,
        "starts_on": row.starts_on,
        "due_on": row.due_on,
        "days_in_stage": max(0, (on - row.entered_on).days),
        "overdue": is_overdue(status, row.due_on, on),
        "due_soon": is_due_soon(status, row.due_on, on),
        "revision": row.revision,
        "area": row.area,
        "coordinator": row.coordinator,
    }
