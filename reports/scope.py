"""Whose cases somebody may see: their role decides which kind, and their areas which of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import ColumnElement, false, not_, or_, select
from sqlmodel import Session

from models.area import HostArea
from models.staff import BY_AREA, Role, Staff, StaffArea
from models.types import table
from onboarding.officers import without_officer
from onboarding.reach import Reach
from onboarding.store import ENROLMENT, chunks, stands
from onboarding.visibility import SEES_CASES

AREA, AREAS, STAFF = table(HostArea), table(StaffArea), table(Staff)


@dataclass(frozen=True, slots=True)
class Scope:
    """Somebody's view of the enrolments. `areas` are theirs: each that there is, when none is named for them. `beyond`:
    whether they are the coordinator of any that they would not see by their role.
    """

    staff_id: int
    role: Role
    areas: frozenset[int]
    beyond: bool = False

    @classmethod
    def of(cls, session: Session, staff: Staff) -> Self:
        scope = cls(staff.id or 0, Role(staff.role), _areas(session, staff.id or 0))
        return replace(scope, beyond=_coordinates_beyond(session, scope))

    def covers(self) -> ColumnElement[bool]:
        """The condition on rows of `ENROLMENT`. Whoever is the coordinator of a case sees it, wherever it is: they are
        reminded of it until somebody else has it.
        """
        # Asked for only where there are any: an index that begins with the area then serves everybody else.
        return or_(self._by_role(), ENROLMENT.c.coordinator_id == self.staff_id) if self.beyond else self._by_role()

    def _by_role(self) -> ColumnElement[bool]:
        here = ENROLMENT.c.area_id.in_(sorted(self.areas))
        if self.role in BY_AREA:
            return here
        return or_(self._enrolled(), here & without_officer()) if self.role is Role.JOBCENTER_OFFICER else false()

    def reach(self) -> Reach:
        """What they may enrol over: what they see; but an officer whom they enrolled, and they may tell what is new of
        anybody else's candidate.
        """
        if self.role is Role.JOBCENTER_OFFICER:
            return Reach(self._enrolled(), refreshes=True)
        return Reach(self.covers())

    def _enrolled(self) -> ColumnElement[bool]:
        return ENROLMENT.c.officer_id == self.staff_id


def _coordinates_beyond(session: Session, scope: Scope) -> bool:
    """Of nobody where the role sees no cases: what they are the coordinator of is handed over by others."""
    if scope.role not in SEES_CASES:
        return False
    theirs = select(ENROLMENT.c.id).where(ENROLMENT.c.coordinator_id == scope.staff_id, not_(scope.covers()))
    return session.connection().execute(theirs.limit(1)).first() is not None


def _areas(session: Session, staff_id: int) -> frozenset[int]:
    """All of them by name too, where none is named: an index that begins with the area then serves everybody."""
    named = session.connection().execute(select(AREAS.c.area_id).where(AREAS.c.staff_id == staff_id)).scalars().all()
    return frozenset(named or session.connection().execute(select(AREA.c.id)).scalars().all())


def lapsed(session: Session, scope: Scope) -> bool:
    """Whether this scope is not theirs any more: they were taken out, have another role, or see fewer areas by it."""
    wanted = select(STAFF.c.role).where(STAFF.c.id == scope.staff_id, STAFF.c.active)
    role = session.connection().execute(wanted).scalar()
    if role != scope.role:
        return True
    return scope.role in SEES_CASES and not scope.areas <= _areas(session, scope.staff_id)


def visible(session: Session, scope: Scope, reference: str) -> bool:
    """Whether there is such an enrolment and it is in this scope."""
    return bool(all_visible(session, scope, [reference]))


def all_visible(session: Session, scope: Scope, references: Sequence[str]) -> frozenset[str]:
    """Those of these references that are of enrolments in this scope."""
    e = ENROLMENT.c
    found: set[str] = set()
    for chunk in chunks(references):
        found.update(session.connection().scalars(select(e.reference).where(e.reference.in_(chunk), scope.covers())))
    return frozenset(found)


def countable(pathway_key: str, scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    """Whom the figures of a pathway count: those that `scope` covers, or all; nobody who was enrolled by mistake."""
    covered = () if scope is None else (scope.covers(),)
    return (ENROLMENT.c.pathway_key == pathway_key, stands(), *covered)
