"""Whose cases somebody may see: their role decides which kind, and their areas which of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, false, select, true
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.staff import Role, Staff, StaffArea
from onboarding.store import ENROLMENT


@dataclass(frozen=True, slots=True)
class Scope:
    """Somebody's view of the enrolments. `areas` is None when all of them are theirs."""

    staff_id: int
    role: Role
    areas: frozenset[int] | None

    @classmethod
    def of(cls, session: Session, staff: Staff) -> Self:
        areas = session.exec(select_rows(StaffArea.area_id).where(col(StaffArea.staff_id) == staff.id)).all()
        return cls(staff.id or 0, Role(staff.role), frozenset(areas) or None)

    def covers(self) -> ColumnElement[bool]:
        """The condition on rows of `ENROLMENT`."""
        match self.role:
            case Role.COORDINATOR | Role.MANAGER:
                return true() if self.areas is None else ENROLMENT.c.area_id.in_(self.areas)
            case Role.JOBCENTER_OFFICER:
                return ENROLMENT.c.officer_id == self.staff_id
            case _:
                return false()


def visible(session: Session, scope: Scope, reference: str) -> bool:
    """Whether there is such an enrolment and it is in this scope."""
    e = ENROLMENT.c
    wanted = select(e.id).where(e.reference == reference, scope.covers())
    return session.connection().execute(wanted).first() is not None
