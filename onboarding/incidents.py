"""Enrolments that could not be decided: reported once, counted at every further try, resolved when one succeeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from models.enrolment import Enrolment
from models.incident import Incident
from models.types import table
from onboarding.signed import Signed

INCIDENT, ENROLMENT = table(Incident), table(Enrolment)

_ANY_OPEN = select(INCIDENT.c.enrolment_id).where(INCIDENT.c.resolved_at.is_(None)).limit(1)


def report(session: Session, enrolment_id: int, error: str, signed: Signed) -> None:
    """Opens an incident, or counts one more try of the open one. Reports of one enrolment take turns."""
    i, e = INCIDENT.c, ENROLMENT.c
    session.connection().execute(select(e.id).where(e.id == enrolment_id).with_for_update(key_share=True))
    again = update(INCIDENT).where(i.enrolment_id == enrolment_id, i.resolved_at.is_(None))
    values = {"times": i.times + 1, "last_on": signed.on, "error": error}
    if session.connection().execute(again.values(values)).rowcount == 0:
        days = {"first_on": signed.on, "last_on": signed.on}
        opened = {"enrolment_id": enrolment_id, "error": error, "times": 1, "opened_at": signed.at} | days
        session.connection().execute(INCIDENT.insert(), opened)


def resolve(session: Session, enrolment_ids: Sequence[int], signed: Signed) -> None:
    """Ends the open incidents of these enrolments, which the caller has locked or changed."""
    if session.connection().execute(_ANY_OPEN).first() is None:
        return  # as nearly always: a look at an empty index instead of 500 numbers sent
    i = INCIDENT.c
    still_open = (i.enrolment_id.in_(enrolment_ids), i.resolved_at.is_(None))
    session.connection().execute(update(INCIDENT).where(*still_open).values(resolved_at=signed.at))


def open_incidents(session: Session) -> list[dict[str, Any]]:
    """Every enrolment that waits for somebody to look at what is wrong with it, oldest first."""
    i, e = INCIDENT.c, ENROLMENT.c
    wanted = select(e.reference, e.stage, i.error, i.first_on, i.last_on, i.times).join_from(INCIDENT, ENROLMENT)
    rows = session.connection().execute(wanted.where(i.resolved_at.is_(None)).order_by(i.id))
    return [
        {
            "enrolment": row.reference,
            "stage": row.stage,
            "error": row.error,
            "first_on": row.first_on.isoformat(),
            "last_on": row.last_on.isoformat(),
            "times": row.times,
        }
        for row in rows
    ]
