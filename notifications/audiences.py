"""Who is behind an audience: the staff to be told about one enrolment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row, select
from sqlmodel import Session

from engine.audience import Audience
from models.enrolment import Stored
from models.staff import Staff, StaffArea
from models.types import table

_STAFF, _STAFF_AREA = table(Staff), table(StaffArea)
_ACTIVE = (
    select(_STAFF.c.id, _STAFF.c.role, _STAFF_AREA.c.area_id)
    .outerjoin(_STAFF_AREA, _STAFF_AREA.c.staff_id == _STAFF.c.id)
    .where(_STAFF.c.active)
    .order_by(_STAFF.c.id, _STAFF_AREA.c.area_id)
)


@dataclass(frozen=True, slots=True)
class Directory:
    """The active managers and jobcenter officers of each area; those with no area listed work for all of them. `active`
    is everybody who works here, and `officers` the jobcenter officers among them.
    """

    by_area: dict[tuple[str, int], tuple[int, ...]]
    everywhere: dict[str, tuple[int, ...]]
    active: frozenset[int]
    officers: frozenset[int]

    @classmethod
    def load(cls, session: Session) -> Self:
        by_area: dict[tuple[str, int], list[int]] = defaultdict(list)
        everywhere: dict[str, list[int]] = defaultdict(list)
        active: set[int] = set()
        officers: set[int] = set()
        for staff_id, role, area_id in session.connection().execute(_ACTIVE).all():
            active.add(staff_id)
            if role == Audience.JOBCENTER_OFFICER:
                officers.add(staff_id)
            if area_id is None:
                everywhere[role].append(staff_id)
            else:
                by_area[role, area_id].append(staff_id)
        return cls(
            {key: tuple(found) for key, found in by_area.items()},
            {role: tuple(found) for role, found in everywhere.items()},
            frozenset(active),
            frozenset(officers),
        )

    def people(self, audience: str, enrolment: Stored | Row[Any]) -> tuple[int, ...]:
        """Staff ids for `audience`, for a row with an enrolment's `area_id`, `coordinator_id` and `officer_id`; empty
        when the area has nobody in that role.

        The jobcenter officer who enrolled the candidate is the one to be told; when no officer did (but a program, or a
        coordinator), or one who has left, the officers of the area are (`onboarding.officers`).
        """
        if audience == Audience.COORDINATOR:
            return (enrolment.coordinator_id,)
        if audience == Audience.JOBCENTER_OFFICER and enrolment.officer_id in self.officers:
            return (enrolment.officer_id,)
        return self.of_area(audience, enrolment.area_id)

    def in_roles(self, roles: Collection[str]) -> frozenset[int]:
        """Staff ids of whoever is in one of these roles, anywhere."""
        somewhere = [ids for (role, _), ids in self.by_area.items() if role in roles]
        anywhere = [ids for role, ids in self.everywhere.items() if role in roles]
        return frozenset(one for ids in (*somewhere, *anywhere) for one in ids)

    def of_area(self, audience: str, area_id: int) -> tuple[int, ...]:
        """Staff ids of whoever is in this role for an area."""
        return self.by_area.get((audience, area_id), ()) + self.everywhere.get(audience, ())
