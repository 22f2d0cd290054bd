"""What has gone wrong by itself and waits for somebody: messages given up, cases that could not be decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, select
from sqlmodel import Session

from models.incident import Incident
from models.message import Message, State
from models.types import table
from onboarding.store import ENROLMENT
from reports.scope import Scope

MESSAGE, INCIDENT = table(Message), table(Incident)
#: Written out in the statement: by a parameter a planner could not tell that the index of such messages will do.
_DEAD = literal(State.DEAD, literal_execute=True)


def undelivered(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many messages about the scope's cases were given up, and the latest of them: `reference`, `kind`, `on`."""
    m, e = MESSAGE.c, ENROLMENT.c
    dead = MESSAGE.join(ENROLMENT, m.enrolment_id == e.id)
    wanted = (m.state == _DEAD, scope.covers())
    count = session.connection().execute(select(func.count()).select_from(dead).where(*wanted)).scalar_one()
    latest = select(e.reference, e.pathway_key, m.kind, m.on_day).select_from(dead).where(*wanted)
    rows = session.connection().execute(latest.order_by(m.id.desc()).limit(limit)) if count else ()
    return count, [{"reference": r.reference, "pathway": r.pathway_key, "kind": r.kind, "on": r.on_day} for r in rows]


def incidents(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many of the scope's cases could not be decided, and those longest so: `reference`, `on` (since when)."""
    i, e = INCIDENT.c, ENROLMENT.c
    of_cases = INCIDENT.join(ENROLMENT, i.enrolment_id == e.id)
    wanted = (i.resolved_at.is_(None), scope.covers())
    count = session.connection().execute(select(func.count()).select_from(of_cases).where(*wanted)).scalar_one()
    oldest = select(e.reference, i.first_on).select_from(of_cases).where(*wanted).order_by(i.id).limit(limit)
    rows = session.connection().execute(oldest) if count else ()
    return count, [{"reference": row.reference, "on": row.first_on} for row in rows]
