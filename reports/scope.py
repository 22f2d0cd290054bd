"""Whose cases somebody may see: their role decides which kind, and their areas which of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, false, select
from sqlmodel import Session

from models.area import HostArea
from models.staff import BY_AREA, Role, Staff, StaffArea
from models.types import table
from onboarding.standing import Reach
from onboarding.store import ENROLMENT, stands

AREA, AREAS = table(HostArea), table(StaffArea)


@dataclass(frozen=True, slots=True)
class Scope:
    """Somebody's view of the enrolments. `areas` are theirs: each that there is, when none is named for them."""

    staff_id: int
    role: Role
    areas: frozenset[int]

    @classmethod
    def of(cls, session: Session, staff: Staff) -> Self:
        named = (
            session.connection().execute(select(AREAS.c.area_id).where(AREAS.c.staff_id == staff.id)).scalars().all()
        )
        # All of them by name too: an index that begins with the area then serves everybody.
        areas = named or session.connection().execute(select(AREA.c.id)).scalars().all()
        return cls(staff.id or 0, Role(staff.role), frozenset(areas))

    @property
    def is_by_area(self) -> bool:
        """Whether the areas decide, all by themselves."""
        return self.role in BY_AREA

    def covers(self) -> ColumnElement[bool]:
        """The condition on rows of `ENROLMENT`."""
        if self.is_by_area:
            return ENROLMENT.c.area_id.in_(sorted(self.areas))
        return ENROLMENT.c.officer_id == self.staff_id if self.role is Role.JOBCENTER_OFFICER else false()

    def reach(self) -> Reach:
        """What they may enrol over: what they see; and an officer may tell what is new of another's candidate."""
        return Reach(self.covers(), refreshes=self.role is Role.JOBCENTER_OFFICER)


def visible(session: Session, scope: Scope, reference: str) -> bool:
    """Whether there is such an enrolment and it is in this scope."""
    e = ENROLMENT.c
    wanted = select(e.id).where(e.reference == reference, scope.covers())
    return session.connection().execute(wanted).first() is not None


def countable(pathway_key: str, scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    """Whom the figures of a pathway count: those that `scope` covers, or all; nobody who was enrolled by mistake."""
    covered = () if scope is None else (scope.covers(),)
    return (ENROLMENT.c.pathway_key == pathway_key, stands(), *covered)
