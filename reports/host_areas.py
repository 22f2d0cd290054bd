"""The host areas, with how much each has: for whoever decides who works where."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from engine.case import Status
from models.area import HostArea
from models.enrolment import Enrolment
from models.staff import Staff, StaffArea
from models.types import table

_AREA, _ENROLMENT, _STAFF, _WORKS_FOR = table(HostArea), table(Enrolment), table(Staff), table(StaffArea)
_PEOPLE = (
    select(func.count())
    .select_from(_WORKS_FOR.join(_STAFF, _STAFF.c.id == _WORKS_FOR.c.staff_id))
    .where(_WORKS_FOR.c.area_id == _AREA.c.id, _STAFF.c.active)
    .scalar_subquery()
)
_OPEN = (
    select(func.count())
    .where(_ENROLMENT.c.area_id == _AREA.c.id, _ENROLMENT.c.status != Status.ENDED)
    .scalar_subquery()
)
_ALL = (
    select(_AREA.c.name, _PEOPLE.label("people"), _OPEN.label("open"))
    .where(_AREA.c.active)
    .order_by(_AREA.c.folded_name)
)


def host_areas(session: Session) -> list[dict[str, Any]]:
    """Each active area by name: `name`, `people` (who work for it by name and have access) and `open` (enrolments that
    have not ended). Who works for all areas is counted in none.
    """
    return [dict(row._mapping) for row in session.connection().execute(_ALL)]
