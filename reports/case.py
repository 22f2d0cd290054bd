"""One enrolment, whole: where it is, its plan, its milestones, what happened and who was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from engine.case import Status
from engine.decide import why_not
from engine.history import History
from engine.plan import is_due_soon, is_overdue, plan
from models.area import HostArea
from models.list_import import ListImport
from models.message import Message
from models.staff import Staff
from models.types import table
from onboarding.store import ENROLMENT, MILESTONE, TRANSITION, Loaded, find, history_of

LIST_IMPORT = table(ListImport)
MESSAGE, STAFF, AREA = table(Message), table(Staff), table(HostArea)


def show(session: Session, reference: str, on: date) -> dict[str, Any]:
    """Everything about an enrolment, seen from the day `on`; no name and no CPR number.

    `plan` has planned, forecast and actual start and end of each stage; `steps` the ways on, each with what still
    stands in its way. Raises `Refused` for an unknown reference.
    """
    loaded = find(session, reference, lock=False)
    row, pathway, case = loaded.row, loaded.pathway, loaded.case
    return {
        "enrolment": row.reference,
        "pathway": row.pathway_key,
        "pathway_title": pathway.title,
        "version": row.pathway_version,
        "stage": row.stage,
        "stage_title": pathway.stage_title(row.stage),
        "status": row.status,
        "revision": row.revision,
        "starts_on": _iso(row.starts_on),
        "entered_on": _iso(row.entered_on),
        "due_on": _iso(row.due_on),
        "next_due_on": _iso(row.next_due_on),
        "overdue": is_overdue(case.place.status, row.due_on, on),
        "due_soon": is_due_soon(case.place.status, row.due_on, on),
        **_beside(session, loaded),
        "area": _one(session, select(AREA.c.name).where(AREA.c.id == row.area_id)),
        "coordinator": _one(session, select(STAFF.c.email).where(STAFF.c.id == row.coordinator_id)),
        "steps": list(_steps(loaded, on)),
        "plan": list(_plan(loaded, history_of(session, loaded.id, pathway), on)),
        "milestones": list(_milestones(session, loaded)),
        "transitions": list(_transitions(session, loaded)),
        "messages": list(_messages(session, loaded)),
    }


def _beside(session: Session, loaded: Loaded) -> dict[str, str | None]:
    """The enrolment that the candidate came from, and the one that they went on in."""
    e = ENROLMENT.c
    previous_id = select(e.previous_id).where(e.id == loaded.id).scalar_subquery()
    previous, following = (
        session.connection().execute(select(e.reference).where(which).order_by(e.id.desc())).scalar()
        for which in (e.id == previous_id, e.previous_id == loaded.id)
    )
    return {"previous": previous, "next": following}


def _plan(loaded: Loaded, history: History, on: date) -> Iterator[dict[str, Any]]:
    for stage in plan(loaded.pathway, loaded.case, history, on):
        unit = loaded.pathway.open_stages[stage.stage].part_of
        yield {
            "stage": stage.stage,
            "title": loaded.pathway.stage_title(stage.stage),
            "part_of": unit.title if unit else None,
            "planned_start": _iso(stage.planned_start),
            "planned_end": _iso(stage.planned_end),
            "forecast_start": _iso(stage.forecast_start),
            "forecast_end": _iso(stage.forecast_end),
            "actual_start": _iso(stage.actual_start),
            "actual_end": _iso(stage.actual_end),
        }


def _steps(loaded: Loaded, on: date) -> Iterator[dict[str, Any]]:
    if loaded.case.place.status is Status.ENDED:
        return
    for step in loaded.pathway.steps_from[loaded.case.place.stage]:
        yield {
            "step": step.key,
            "title": step.title,
            "to": step.target,
            "automatic": step.automatic and step.key not in loaded.case.place.held_steps,
            "unmet": list(why_not(loaded.pathway, loaded.case, step, on)),
        }


def _milestones(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    m = MILESTONE.c
    wanted = (
        select(MILESTONE).where(m.enrolment_id == loaded.id, m.withdrawn_at.is_(None)).order_by(m.achieved_on, m.id)
    )
    for row in session.connection().execute(wanted):
        milestone = loaded.pathway.milestones_by_key.get(row.key)
        yield {
            "milestone": row.key,
            "title": milestone.title if milestone else row.key,
            "on": _iso(row.achieved_on),
            "value": row.value,
            "by": row.by,
        }


def _transitions(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    t = TRANSITION.c
    wanted = select(TRANSITION, STAFF.c.email).outerjoin(STAFF, t.coordinator_id == STAFF.c.id)
    for row in session.connection().execute(wanted.where(t.enrolment_id == loaded.id).order_by(t.seq)):
        yield {
            "seq": row.seq,
            "action": row.action,
            "step": row.step,
            "from": row.from_stage,
            "to": row.to_stage,
            "by": row.by,
            "on": _iso(row.occurred_on),
            "at": row.at.isoformat(),
            "reason": row.reason,
            "review_on": _iso(row.review_on),
            "undoes": row.undoes,
            "coordinator": row.email,
        }


def _messages(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    m = MESSAGE.c
    i, t = LIST_IMPORT.c, TRANSITION.c
    its_lists = select(i.id).join_from(LIST_IMPORT, TRANSITION, i.command_id == t.command_id)
    its_lists = its_lists.where(t.enrolment_id == loaded.id, t.coordinator_id == m.recipient_id)
    of_this = (m.enrolment_id == loaded.id) | m.list_import_id.in_(its_lists)
    wanted = select(MESSAGE, STAFF.c.email).outerjoin(STAFF, m.recipient_id == STAFF.c.id).where(of_this)
    for row in session.connection().execute(wanted.order_by(m.id)):
        yield {
            "message": row.id,
            "kind": row.kind,
            "cause": row.cause,
            "audience": row.audience,
            "recipient": row.email,
            "on": _iso(row.on_day),
            "state": row.state,
            "reason": row.reason,
            "attempts": row.attempts,
        }


def _one(session: Session, wanted: Any) -> str:
    found: str = session.connection().execute(wanted).scalar_one()
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
