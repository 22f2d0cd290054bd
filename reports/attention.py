"""What has gone wrong by itself and waits for somebody: messages given up, cases that could not be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, literal, select
from sqlmodel import Session

from models.incident import Incident
from models.message import Message, State
from models.types import table
from onboarding.store import ENROLMENT
from reports.scope import Scope

MESSAGE, INCIDENT = table(Message), table(Incident)
#: All that there are, beside each of those that are shown.
_HOW_MANY = func.count().over().label("how_many")
#: Written out in the statement: by a parameter a planner could not tell that the index of such messages will do.
_DEAD = literal(State.DEAD, literal_execute=True)


def undelivered(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many messages about the scope's cases were given up, and the latest of them: `message`, `reference`, `on`."""
    m, e = MESSAGE.c, ENROLMENT.c
    wanted = (
        select(_HOW_MANY, m.id, e.reference, m.on_day)
        .join_from(MESSAGE, ENROLMENT, m.enrolment_id == e.id)
        .where(m.state == _DEAD, scope.covers())
        .order_by(m.id.desc())
    )
    rows = session.connection().execute(wanted.limit(limit)).all()
    return _counted(rows), [{"message": row.id, "reference": row.reference, "on": row.on_day} for row in rows]


def incidents(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many of the scope's cases could not be decided, and those longest so: `reference`, `on` (since when)."""
    i, e = INCIDENT.c, ENROLMENT.c
    # Asked from the incidents, of which there are few or none: a join would be begun at the scope's cases.
    its_case = select(e.reference).where(e.id == i.enrolment_id, scope.covers())
    wanted = select(_HOW_MANY, its_case.scalar_subquery().label("reference"), i.first_on)
    wanted = wanted.where(i.resolved_at.is_(None), its_case.exists()).order_by(i.id)
    rows = session.connection().execute(wanted.limit(limit)).all()
    return _counted(rows), [{"reference": row.reference, "on": row.first_on} for row in rows]


def _counted(rows: Sequence[Row[Any]]) -> int:
    return rows[0].how_many if rows else 0
