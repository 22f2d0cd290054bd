"""Who is late right now among those whom somebody answers for: a digest says so besides what it gathers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select
from sqlmodel import Session

from engine.case import Status
from models.staff import Role
from notifications.digest import MOST_OVERDUE
from onboarding.store import CANDIDATE, ENROLMENT, SNOOZE
from onboarding.visibility import AREAS, STAFF, answers_for, sees


def overdue(on: date) -> ColumnElement[bool]:
    """`engine.plan.is_overdue` as a condition on rows; a test holds the two equal."""
    return and_(ENROLMENT.c.status == Status.OPEN, ENROLMENT.c.due_on < on)


#: What a digest says of whoever is late: those of whom it is the same are one line.
_HOW: tuple[ColumnElement[Any], ...] = (
    *(ENROLMENT.c[name] for name in ("due_on", "pathway_key", "pathway_version", "stage")),
    SNOOZE.c.occurrence.is_not(None).label("rests"),
    SNOOZE.c.until.label("rests_until"),
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many are, and up to `MOST_OVERDUE` of them, the latest first: `reference`, `pathway_key`,
    `pathway_version`, `stage`, `due_on` and the `name` that nobody is to be told; `rests` where nobody is to be
    reminded of it, until a day (`rests_until`) or while it is handled elsewhere (None). `alike`, where there are more
    than these: `how_many` are so, as late as they are or later, by all of that but reference and name.
    """

    count: int
    rows: Sequence[Row[Any]]
    alike: Sequence[Row[Any]] = ()


def overdue_for(session: Session, staff_id: int, on: date, but: Collection[int], reader: int | None = None) -> Overdue:
    """Of the cases that somebody answers for; `but` for these enrolments. Of those a `reader` who stands in is told
    whom they see.
    """
    e = ENROLMENT.c
    theirs = [overdue(on), answers_for(staff_id), e.id.not_in(but)]
    if reader is not None and reader != staff_id:
        theirs.append(sees(reader))
    count = session.connection().execute(select(func.count()).select_from(ENROLMENT).where(*theirs)).scalar_one()
    wanted = select(e.reference, CANDIDATE.c.name, *_HOW).join_from(ENROLMENT, CANDIDATE).outerjoin(SNOOZE, _rests(on))
    wanted = wanted.where(*theirs).order_by(e.due_on, e.id).limit(MOST_OVERDUE)
    rows = session.connection().execute(wanted).all() if count else ()
    if count == len(rows):
        return Overdue(count, rows)
    as_late = select(func.count().label("how_many"), *_HOW).outerjoin_from(ENROLMENT, SNOOZE, _rests(on))
    as_late = as_late.where(*theirs, e.due_on <= rows[-1].due_on).group_by(*_HOW)
    return Overdue(count, rows, session.connection().execute(as_late).all())


_WORKS = (
    select(STAFF.c.role, AREAS.c.area_id)
    .outerjoin(AREAS, AREAS.c.staff_id == STAFF.c.id)
    .where(STAFF.c.id == bindparam("staff_id"))
)


def table_for(session: Session, staff_id: int, reader: int | None = None) -> str:
    """The page with those whom `overdue_for` counts: a coordinator sees the cases of colleagues too, and whoever stands
    in for a manager may have further areas. The filter is of one area: for several, all that the reader sees are there.
    """
    works = session.connection().execute(_WORKS, {"staff_id": staff_id}).all()
    only = ""
    if works[0].role == Role.COORDINATOR:
        only = f"&koordinator={staff_id}"
    elif reader not in (None, staff_id) and len(works) == 1 and works[0].area_id is not None:
        only = f"&omraade={works[0].area_id}"
    return f"/forloeb/alle?over_tid=ja{only}"


def _rests(on: date) -> ColumnElement[bool]:
    """`engine.case.Case.rests` as a condition on rows, for an enrolment that is in no pause."""
    s = SNOOZE.c
    said = and_(s.enrolment_id == ENROLMENT.c.id, s.occurrence == ENROLMENT.c.visit)
    return and_(said, or_(s.until.is_(None), s.until > on))
