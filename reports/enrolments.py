"""Lists of enrolments: by pathway and stage, or those of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from engine.case import Status
from engine.plan import is_overdue
from engine.refusal import Refused
from models import cpr
from models.area import HostArea
from models.keys import Keyring
from models.staff import Staff
from models.types import table
from onboarding.lateness import overdue
from onboarding.pathways import known_keys, versions
from onboarding.store import CANDIDATE, ENROLMENT, stands
from reports.caseload import Wanted
from reports.scope import Scope

AREA, STAFF = table(HostArea), table(Staff)


def list_enrolments(
    session: Session,
    pathway_key: str,
    on: date,
    *,
    stage: str | None = None,
    coordinator: str | None = None,
    only_overdue: bool = False,
    with_ended: bool = False,
) -> list[dict[str, Any]]:
    """Enrolments of a pathway in the order of their references.

    Raises `Refused` for a pathway, a stage or a coordinator that nobody knows.
    """
    versions(session, pathway_key)
    e = ENROLMENT.c
    wanted = _enrolments().where(e.pathway_key == pathway_key)
    if stage is not None:
        refuse_unknown_stage(session, pathway_key, stage)
        wanted = wanted.where(e.stage == stage)
    if coordinator is not None:
        wanted = wanted.where(e.coordinator_id == staff_id(session, coordinator))
    if only_overdue:
        wanted = wanted.where(overdue(on))
    if stage is None:
        wanted = wanted.where(stands())
    if not with_ended and stage is None:
        wanted = wanted.where(e.status != Status.ENDED)
    return [_as_dict(row, on) for row in session.connection().execute(wanted.order_by(e.id))]


def enrolments_within(
    session: Session, scope: Scope, wanted: Wanted, on: date, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The enrolments that the scope covers and that are wanted, those that should have been left longest ago first."""
    e = ENROLMENT.c
    rows = _enrolments().where(*wanted.conditions(scope, on)).order_by(e.due_on.is_(None), e.due_on, e.id)
    return [_as_dict(row, on) for row in session.connection().execute(rows.limit(limit).offset(offset))]


def refuse_unknown_stage(session: Session, pathway_key: str | None, stage: str) -> None:
    """Raises `Refused` when no version of the pathway has this stage or ending; None: when no pathway has."""
    keys = known_keys(session) if pathway_key is None else [pathway_key]
    published = [version for key in keys for version in versions(session, key).values()]
    known = {key for version in published for key in version.open_stages | version.endings}
    if stage not in known:
        raise Refused(f"Forløbet har ikke det trin. Vælg et af: {', '.join(sorted(known))}.")


def staff_id(session: Session, email: str) -> int:
    """Anybody's who has ever been a coordinator: those who have left leave enrolments behind. Raises `Refused`."""
    wanted = select(STAFF.c.id).where(STAFF.c.email == email.strip().lower())
    found: int | None = session.connection().execute(wanted).scalar()
    if found is None:
        raise Refused("Der er ingen medarbejder med den e-mail. Se »sosu staff list«.")
    return found


def enrolments_of(session: Session, keyring: Keyring, number: str) -> list[dict[str, Any]]:
    """Every enrolment of the person with this CPR number; empty when nobody is known by it."""
    indexes = keyring.indexes(cpr.normalise(number))
    wanted = _enrolments().join(CANDIDATE, ENROLMENT.c.candidate_id == CANDIDATE.c.id)
    wanted = wanted.where(CANDIDATE.c.cpr_index.in_(indexes)).order_by(ENROLMENT.c.id)
    return [_as_dict(row, None) for row in session.connection().execute(wanted)]


def _enrolments() -> Select[Any]:
    e = ENROLMENT.c
    return (
        select(ENROLMENT, AREA.c.name.label("area"), STAFF.c.email.label("coordinator"))
        .select_from(ENROLMENT)
        .join(AREA, e.area_id == AREA.c.id)
        .join(STAFF, e.coordinator_id == STAFF.c.id)
    )


def _as_dict(row: Any, on: date | None) -> dict[str, Any]:
    return {
        "enrolment": row.reference,
        "pathway": row.pathway_key,
        "stage": row.stage,
        "status": row.status,
        "revision": row.revision,
        "starts_on": row.starts_on.isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "overdue": is_overdue(Status(row.status), row.due_on, on) if on else None,
        "area": row.area,
        "coordinator": row.coordinator,
    }
