"""Who sees a case, asked of the database of anybody: `reports.scope` is the same for whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Set

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select
from sqlmodel import Session

from engine.audience import COORDINATOR, JOBCENTER_OFFICER, MANAGER
from models.staff import BY_AREA, Role, Staff, StaffArea
from models.types import table
from onboarding.officers import without_officer
from onboarding.store import ENROLMENT, chunks

STAFF, AREAS = table(Staff), table(StaffArea)

#: Who sees any cases at all.
SEES_CASES = BY_AREA | {Role.JOBCENTER_OFFICER}


def answers_as(staff_id: int | ColumnElement[int]) -> Mapping[str, ColumnElement[bool]]:
    """By audience, whose case it is: its coordinator's, wherever it is; its managers'; and its officer's, or, where it
    has none, that of the officers of its area.
    """
    e = ENROLMENT.c
    enrolled = or_(e.officer_id == staff_id, and_(_is_in_areas_of(staff_id), without_officer()))
    return {
        COORDINATOR: and_(e.coordinator_id == staff_id, _works_as(staff_id, *SEES_CASES)),
        MANAGER: and_(_works_as(staff_id, Role.MANAGER), _is_in_areas_of(staff_id)),
        JOBCENTER_OFFICER: and_(_works_as(staff_id, Role.JOBCENTER_OFFICER), enrolled),
    }


def answers_for(staff_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whose case it is, as whatever they work."""
    return or_(*answers_as(staff_id).values())


def sees(staff_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whoever answers for a case, and the coordinators of its area."""
    return or_(answers_for(staff_id), and_(_works_as(staff_id, Role.COORDINATOR), _is_in_areas_of(staff_id)))


def _works_as(staff_id: int | ColumnElement[int], *roles: Role) -> ColumnElement[bool]:
    return select(STAFF.c.id).where(STAFF.c.id == staff_id, STAFF.c.role.in_(sorted(roles))).exists()


def _is_in_areas_of(staff_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whoever has no areas named has all of them."""
    areas = select(AREAS.c.area_id).where(AREAS.c.staff_id == staff_id)
    return or_(ENROLMENT.c.area_id.in_(areas), ~areas.exists())


_READER = STAFF.alias("reader")
_CASES: BindParameter[int] = bindparam("cases", expanding=True)
_READERS: BindParameter[int] = bindparam("readers", expanding=True)
# Made once: to make it takes longer than to ask it.
_SEEN = select(ENROLMENT.c.id, _READER.c.id).where(
    ENROLMENT.c.id.in_(_CASES), _READER.c.id.in_(_READERS), sees(_READER.c.id)
)


def unseen(session: Session, about: Set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Of these enrolments, each with the id of a reader, those that the reader does not see."""
    seen, readers = set[tuple[int, int]](), [*{reader for _, reader in about}]
    for cases in chunks(sorted({case for case, _ in about})):
        found = session.connection().execute(_SEEN, {"cases": cases, "readers": readers})
        seen.update((case, reader) for case, reader in found)
    return frozenset(about - seen)
