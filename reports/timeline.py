"""Everything that happened in a case, in one line of time: moves, milestones, messages and looks, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session

from engine.history import Verb
from models.message import Message
from models.staff import Staff
from models.types import table
from onboarding import audit
from onboarding.store import MILESTONE, TRANSITION, Loaded

MESSAGE, STAFF = table(Message), table(Staff)

_ENROLMENT_ID: BindParameter[Any] = bindparam("enrolment_id")
_TRANSITIONS = (
    select(TRANSITION, STAFF.c.name.label("coordinator"))
    .outerjoin(STAFF, TRANSITION.c.coordinator_id == STAFF.c.id)
    .where(TRANSITION.c.enrolment_id == _ENROLMENT_ID)
    .order_by(TRANSITION.c.seq)
)
_MILESTONES = select(MILESTONE).where(MILESTONE.c.enrolment_id == _ENROLMENT_ID)
_MESSAGES = (
    select(MESSAGE, STAFF.c.name.label("recipient"))
    .outerjoin(STAFF, MESSAGE.c.recipient_id == STAFF.c.id)
    .where(MESSAGE.c.enrolment_id == _ENROLMENT_ID)
)


def timeline(session: Session, loaded: Loaded) -> list[dict[str, Any]]:
    """Entries with `at`, `by`, `kind` (`transition`, `milestone`, `withdrawn`, `message`, `look`) and what the kind
    needs to be told.
    """
    entries = [
        *_transitions(session, loaded),
        *_milestones(session, loaded),
        *_messages(session, loaded),
        *({"kind": "look", **look} for look in audit.looks(session, loaded.row.reference)),
    ]
    # Within one instant, what was listed last happened last.
    return [entry for _, entry in sorted(enumerate(entries), key=_when, reverse=True)]


def _when(numbered: tuple[int, dict[str, Any]]) -> tuple[datetime, int]:
    number, entry = numbered
    return entry["at"], number


def _transitions(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    pathway = loaded.pathway
    reasons = {**pathway.pause_reasons, **pathway.dropout_reasons}
    for row in session.connection().execute(_TRANSITIONS, {"enrolment_id": loaded.id}):
        yield {
            "kind": "transition",
            "at": row.at,
            "by": row.by,
            "on": row.occurred_on,
            "action": row.action,
            "from": pathway.stage_title(row.from_stage) if row.from_stage else None,
            "to": pathway.stage_title(row.to_stage),
            "reason": reasons.get(row.reason or ""),
            "review_on": row.review_on,
            "coordinator": row.coordinator if row.action == Verb.ASSIGN else None,
        }


def _milestones(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    known = loaded.pathway.milestones_by_key
    for row in session.connection().execute(_MILESTONES, {"enrolment_id": loaded.id}):
        milestone = known.get(row.key)
        title = milestone.title if milestone else row.key
        value = milestone.values.get(row.value or "", row.value) if milestone else row.value
        entry = {"title": title, "value": value, "on": row.achieved_on}
        yield {"kind": "milestone", "at": row.at, "by": row.by, **entry}
        if row.withdrawn_at is not None:
            yield {"kind": "withdrawn", "at": row.withdrawn_at, "by": row.withdrawn_by, **entry}


def _messages(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    for row in session.connection().execute(_MESSAGES, {"enrolment_id": loaded.id}):
        yield {
            "kind": "message",
            "at": row.finished_at or row.created_at,
            "by": "",
            "message_kind": row.kind,
            "step": step.title if (step := loaded.pathway.step(row.kind)) else None,
            "recipient": row.recipient,
            "audience": row.audience,
            "state": row.state,
            "reason": row.reason,
        }
