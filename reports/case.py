"""One enrolment, whole: where it is, its plan, its milestones, what happened and who was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlmodel import Session

from engine.case import Case, Status
from engine.decide import why_not
from engine.history import History
from engine.pathway import MISTAKEN, Pathway
from engine.plan import is_due_soon, is_overdue, plan
from engine.reasons import QUIET_REASONS
from engine.reminders import may_remind
from models.area import HostArea
from models.message import Message
from models.staff import Staff
from models.types import table
from onboarding.past import Past
from onboarding.store import ENROLMENT, Loaded, find
from reports.messages import ABOUT_CASE

MESSAGE, STAFF, AREA = table(Message), table(Staff), table(HostArea)


def show(session: Session, reference: str, on: date, within: ColumnElement[bool] | None = None) -> dict[str, Any]:
    """Everything about an enrolment, seen from the day `on`; no name and no CPR number.

    What `standing` says, and its `milestones`, `transitions` and `messages`. Raises `Refused` for an unknown reference.
    """
    loaded = find(session, reference, lock=False)
    past = Past.of(session, loaded)
    return standing(session, loaded, past, on, within) | {
        "milestones": list(_milestones(loaded, past)),
        "transitions": list(_transitions(past)),
        "messages": list(_messages(session, loaded)),
    }


def standing(
    session: Session, loaded: Loaded, past: Past, on: date, within: ColumnElement[bool] | None = None
) -> dict[str, Any]:
    """Where an enrolment stands on the day `on`, and how it goes on; its neighbours, if they are `within`.

    `plan` has planned, forecast and actual start and end of each stage; `steps` the ways on, each with what still
    stands in its way; `reminders_left` says whether any of the stage or the pause may still come.
    """
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
        "review_on": _iso(next((pause.review_on for pause in case.pauses if pause.until_on is None), None)),
        "snooze": _snooze(pathway, case, on),
        "reminders_left": may_remind(pathway, case),
        "overdue": is_overdue(case.place.status, row.due_on, on),
        "due_soon": is_due_soon(case.place.status, row.due_on, on),
        **session.connection().execute(_beside(loaded.id, within)).one()._mapping,
        "steps": list(_steps(loaded, on)),
        "plan": list(_plan(loaded, past.history, on)),
    }


def _snooze(pathway: Pathway, case: Case, on: date) -> dict[str, Any] | None:
    """Until when nobody is reminded (`until` None: it is handled elsewhere), why, and whether any reminder may still
    come (`reminders_left`); None where they are.
    """
    said = case.snooze
    if said is None or not said.holds(on):
        return None
    return {
        "until": _iso(said.until),
        "reason": said.reason,
        "reason_title": QUIET_REASONS.get(said.reason),
        "reminders_left": may_remind(pathway, case),
    }


_THIS = ENROLMENT.alias()


def _beside(enrolment_id: int, within: ColumnElement[bool] | None) -> Select[Any]:
    """Whose it is, and the enrolments that the candidate came from (`previous`) and went on in (`next`)."""
    e, this = ENROLMENT.c, _THIS.c
    seen = select(e.reference).where(true() if within is None else within)
    before = seen.where(e.id == this.previous_id)
    after = seen.where(e.previous_id == this.id, e.stage != MISTAKEN.key).order_by(e.id.desc())
    return (
        select(
            before.correlate(_THIS).scalar_subquery().label("previous"),
            after.limit(1).correlate(_THIS).scalar_subquery().label("next"),
            AREA.c.name.label("area"),
            STAFF.c.email.label("coordinator"),
        )
        .join_from(_THIS, AREA, AREA.c.id == this.area_id)
        .join(STAFF, STAFF.c.id == this.coordinator_id)
        .where(this.id == enrolment_id)
    )


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


def way(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the `plan` of a `standing` that the candidate went through or is to go through: none is to come after
    an ending, whatever was planned.
    """
    return [stage for stage in shown["plan"] if shown["status"] != Status.ENDED or stage["actual_end"]]


def broken_off(loaded: Loaded, shown: Sequence[Mapping[str, Any]]) -> int | None:
    """Which row of a `way` is of the stage that the candidate was in when the enrolment ended without being completed:
    that stage is over, and was not gone through.
    """
    ending = loaded.pathway.endings.get(loaded.row.stage)
    if ending is None or ending.counts_as.completed:
        return None
    return max((number for number, stage in enumerate(shown) if stage["actual_end"]), default=None)


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


def _milestones(loaded: Loaded, past: Past) -> Iterator[dict[str, Any]]:
    held = (row for row in past.milestones if row.withdrawn_at is None)
    for row in sorted(held, key=attrgetter("achieved_on", "id")):
        milestone = loaded.pathway.milestones_by_key.get(row.key)
        yield {
            "milestone": row.key,
            "title": milestone.title if milestone else row.key,
            "on": _iso(row.achieved_on),
            "value": row.value,
            "by": row.by,
        }


def _transitions(past: Past) -> Iterator[dict[str, Any]]:
    for row in past.transitions:
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
            "coordinator": row.coordinator_email,
        }


_DIGEST = MESSAGE.alias("digest")
_MESSAGES = (
    select(MESSAGE, STAFF.c.email, _DIGEST.c.state.label("digest_state"))
    .outerjoin(STAFF, MESSAGE.c.recipient_id == STAFF.c.id)
    .outerjoin(_DIGEST, MESSAGE.c.digest_id == _DIGEST.c.id)
    .where(MESSAGE.c.id.in_(ABOUT_CASE))
    .order_by(MESSAGE.c.id)
)


def _messages(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    for row in session.connection().execute(_MESSAGES, {"enrolment_id": loaded.id}):
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
        } | ({"digest": row.digest_id, "digest_state": row.digest_state} if row.digest_id is not None else {})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
