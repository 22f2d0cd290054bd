"""Who sees a case, as a condition on rows: of anybody, whose role and areas are read with it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from models.staff import BY_AREA, Role, Staff, StaffArea
from models.types import table
from onboarding.officers import without_officer
from onboarding.store import ENROLMENT

STAFF, AREAS = table(Staff), table(StaffArea)

#: Who sees any cases at all.
SEES_CASES = BY_AREA | {Role.JOBCENTER_OFFICER}


def answers_for(staff_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whose case it is: its coordinator's, wherever it is; its managers'; and its officer's, or, where it has none,
    that of the officers of its area.
    """
    e = ENROLMENT.c
    enrolled = or_(e.officer_id == staff_id, and_(_is_in_areas_of(staff_id), without_officer()))
    return or_(
        and_(e.coordinator_id == staff_id, _works_as(staff_id, *SEES_CASES)),
        and_(_works_as(staff_id, Role.MANAGER), _is_in_areas_of(staff_id)),
        and_(_works_as(staff_id, Role.JOBCENTER_OFFICER), enrolled),
    )


def _works_as(staff_id: int | ColumnElement[int], *roles: Role) -> ColumnElement[bool]:
    return select(STAFF.c.id).where(STAFF.c.id == staff_id, STAFF.c.role.in_(sorted(roles))).exists()


def _is_in_areas_of(staff_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whoever has no areas named has all of them."""
    areas = select(AREAS.c.area_id).where(AREAS.c.staff_id == staff_id)
    return or_(ENROLMENT.c.area_id.in_(areas), ~areas.exists())
