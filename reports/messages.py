"""How the outbox stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from models.message import Attempt, State
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE
from onboarding.store import ENROLMENT

ATTEMPT, STAFF = table(Attempt), table(Staff)


def by_state(session: Session) -> list[dict[str, Any]]:
    """How many messages are in each `state`, and for which `reason`."""
    m = MESSAGE.c
    rows = session.connection().execute(
        select(m.state, m.reason, func.count().label("count")).group_by(m.state, m.reason).order_by(m.state, m.reason)
    )
    return [dict(row._mapping) for row in rows]


def dead_letters(session: Session) -> list[dict[str, Any]]:
    """The messages that were given up, oldest first: `message`, `enrolment`, `kind`, `audience`, `recipient`,
    `reason`, `attempts`, and as `detail` what the last attempt was answered.
    """
    m, a = MESSAGE.c, ATTEMPT.c
    last = select(a.detail).where(a.message_id == m.id).order_by(a.number.desc()).limit(1).scalar_subquery()
    wanted = (
        select(
            m.id.label("message"),
            ENROLMENT.c.reference.label("enrolment"),
            m.kind,
            m.audience,
            STAFF.c.email.label("recipient"),
            m.reason,
            m.attempts,
            last.label("detail"),
        )
        .select_from(MESSAGE)
        .outerjoin(ENROLMENT, m.enrolment_id == ENROLMENT.c.id)
        .outerjoin(STAFF, m.recipient_id == STAFF.c.id)
        .where(m.state == State.DEAD)
        .order_by(m.id)
    )
    return [dict(row._mapping) for row in session.connection().execute(wanted)]
