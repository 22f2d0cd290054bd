"""Everything that happened in a case, in one line of time: moves, milestones, messages and looks, the latest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from engine import kinds
from engine.history import Transition, Verb, prolongings
from engine.reasons import QUIET_REASONS
from engine.workdays import DENMARK
from models.message import Message
from models.staff import Staff
from models.types import table
from onboarding import audit
from onboarding.past import Past
from onboarding.store import Loaded
from reports.messages import ABOUT_CASE

MESSAGE, STAFF = table(Message), table(Staff)

_DIGEST = MESSAGE.alias("digest")
_MESSAGES = (
    select(MESSAGE, STAFF.c.name.label("recipient"), _DIGEST.c.state.label("digest_state"))
    .outerjoin(STAFF, MESSAGE.c.recipient_id == STAFF.c.id)
    .outerjoin(_DIGEST, MESSAGE.c.digest_id == _DIGEST.c.id)
    .where(MESSAGE.c.id.in_(ABOUT_CASE))
)


def timeline(session: Session, loaded: Loaded, past: Past) -> list[dict[str, Any]]:
    """Entries with `at`, `by`, `kind` (`transition`, `milestone`, `withdrawn`, `message`, `look`) and what the kind
    needs to be told; what was done to the case has its `command_id`. The `action` of a transition that prolonged a
    pause, or took that back, is the kind of message that tells of it. Looks of one day that follow each other are one
    entry, with how many `times` it was.
    """
    entries = [
        *transitions(loaded, past),
        *_milestones(loaded, past),
        *_messages(session, loaded),
        *_looks(session, loaded),
    ]
    # Within one instant, what was listed last happened last.
    return [entry for _, entry in sorted(enumerate(entries), key=_when, reverse=True)]


def last_change(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of what was done to the case last, by one person at one instant; looks and messages change nothing.

    Of a milestone that was corrected, what it was before is left out.
    """
    deeds = [entry for entry in entries if entry["kind"] not in ("look", "message")]
    last = [entry for entry in deeds if (entry["at"], entry["by"]) == (deeds[0]["at"], deeds[0]["by"])]
    recorded = {entry["title"] for entry in last if entry["kind"] == "milestone"}
    return [entry for entry in last if entry["kind"] != "withdrawn" or entry["title"] not in recorded]


def done_by(entries: Sequence[dict[str, Any]], command_id: str, by: str) -> list[dict[str, Any]]:
    """The entries of what this person did to the case by this command, in the order in which it happened."""
    deeds = [entry for entry in entries if entry["kind"] not in ("look", "message")]
    return [entry for entry in reversed(deeds) if (entry["command_id"], entry["by"]) == (command_id, by)]


def _when(numbered: tuple[int, dict[str, Any]]) -> tuple[datetime, int]:
    number, entry = numbered
    return entry["at"], number


def transitions(loaded: Loaded, past: Past) -> Iterator[dict[str, Any]]:
    """The entries of this kind, in the order in which they happened."""
    pathway = loaded.pathway
    reasons = {**QUIET_REASONS, **pathway.pause_reasons, **pathway.dropout_reasons}
    prolonged = frozenset(prolongings(past.happened))
    for row, happened in zip(past.transitions, past.happened, strict=True):
        yield {
            "kind": "transition",
            "at": row.at,
            "by": row.by,
            "on": row.occurred_on,
            "action": _told_as(happened, prolonged),
            "from": pathway.stage_title(row.from_stage) if row.from_stage else None,
            "to": pathway.stage_title(row.to_stage),
            "reason": reasons.get(row.reason or ""),
            "review_on": row.review_on,
            "coordinator": row.coordinator if row.action == Verb.ASSIGN else None,
            "command_id": row.command_id,
        }


def _told_as(happened: Transition, prolonged: Set[int]) -> str:
    if happened.takes_back_a_prolonging:
        return kinds.PROLONGING_UNDONE
    return kinds.PROLONGED if happened.seq in prolonged else happened.action


def _milestones(loaded: Loaded, past: Past) -> Iterator[dict[str, Any]]:
    known = loaded.pathway.milestones_by_key
    for row in past.milestones:
        milestone = known.get(row.key)
        title = milestone.title if milestone else row.key
        value = milestone.values.get(row.value or "", row.value) if milestone else row.value
        entry = {"title": title, "value": value, "on": row.achieved_on}
        yield {"kind": "milestone", "at": row.at, "by": row.by, "command_id": row.command_id, **entry}
        if row.withdrawn_at is not None:
            by, command_id = row.withdrawn_by, row.withdrawn_command_id
            yield {"kind": "withdrawn", "at": row.withdrawn_at, "by": by, "command_id": command_id, **entry}


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
            "digest": row.digest_id,
            "digest_state": row.digest_state,
        }


def _looks(session: Session, loaded: Loaded) -> Iterator[dict[str, Any]]:
    for _, same in groupby(audit.looks(session, loaded.row.reference), key=_look_alike):
        last, *others = same
        yield {"kind": "look", "times": 1 + len(others), **last._mapping}


def _look_alike(look: Row[Any]) -> tuple[str, str, str, date]:
    return look.by, look.action, look.purpose, look.at.astimezone(DENMARK).date()
