"""From decisions to rows: the only writer of an enrolment's state.

Everything that a decision says is written in the caller's one transaction, by statements that take many rows, and
each enrolment only if nobody changed it in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from engine.case import Fact, Pause, Rung
from engine.decision import Decision
from engine.history import Verb
from engine.refusal import Refused
from engine.reminders import lighter_than
from models.bulk import execute_many, insert
from models.enrolment import Stored
from notifications.audiences import Directory
from notifications.queue import MESSAGE, messages_for, reminders_for
from onboarding import incidents, overtaken
from onboarding.signed import SWEEP, Signed
from onboarding.store import ENROLMENT, MILESTONE, PAUSE, REMINDER, SNOOZE, TRANSITION, Loaded
from onboarding.taken_back import who_heard


@dataclass(frozen=True, slots=True)
class Change:
    """What was decided for an enrolment, to be written. `assigned`: the row names a new coordinator or area."""

    loaded: Loaded
    decision: Decision
    assigned: bool = False


class Conflict(Refused):
    """The enrolment was changed in between, by whomever."""

    def __init__(self) -> None:
        super().__init__("Forløbet er ændret imens. Se på det igen, og gentag handlingen.")


_NAMES_COORDINATOR = frozenset({Verb.ENROL, Verb.ASSIGN})
_STATE = ("stage", "status", "entered_on", "visit", "held", "seq", "last_on", "due_on", "next_due_on", "revision")
_UPDATE = (
    ENROLMENT.update()
    .where(ENROLMENT.c.id == bindparam("of_id"), ENROLMENT.c.revision == bindparam("read_revision"))
    .values({name: bindparam(f"to_{name}", type_=ENROLMENT.c[name].type) for name in _STATE})
)


def write(session: Session, changes: Sequence[Change], directory: Directory, signed: Signed) -> int:
    """Writes what was decided, with the messages that tell of it; gives the number of messages. Raises `Conflict`."""
    write_state(session, changes, signed)
    return write_messages(session, changes, directory, signed)


def write_messages(session: Session, changes: Iterable[Change], directory: Directory, signed: Signed) -> int:
    """Writes the messages that tell of what was decided, and nothing else; gives their number."""
    messages: list[dict[str, Any]] = []
    reminders: list[dict[str, Any]] = []
    spoken: dict[tuple[int, int], Rung] = {}
    for change in changes:
        row, pathway, decision = change.loaded.row, change.loaded.pathway, change.decision
        # What time alone brings about was due on the day on which it was to be looked at, however late a sweep is.
        meant_on = row.next_due_on if signed.by == SWEEP else None
        heard = who_heard(session, row.id, decision.undone)
        messages += messages_for(row, pathway, decision, directory, signed.at, meant_on, heard)
        reminders += reminders_for(row, decision, directory, signed.on, signed.at)
        spoken |= _spoken(change)
    insert(session, MESSAGE, messages)
    overtaken.speak_for(session, spoken, signed)
    return len(messages) + overtaken.again(session, reminders)


def _spoken(change: Change) -> Iterator[tuple[tuple[int, int], Rung]]:
    """By enrolment and occurrence, the reminder that is sent after lighter ones."""
    for reminder in change.decision.reminders:
        before = ((reminder.occurrence, rung) in change.loaded.case.reminded for rung in lighter_than(reminder.rung))
        if any(before):
            yield (change.loaded.id, reminder.occurrence), reminder.rung


def write_state(session: Session, changes: Sequence[Change], signed: Signed) -> None:
    """Writes what was decided and tells nobody. An incident of an enrolment that could be decided is over.

    Raises `Conflict` when an enrolment is no longer as it was read: the caller's transaction must then end without a
    commit.
    """
    if not changes:
        return
    if execute_many(session, _UPDATE, [_state(change) for change in changes]) != len(changes):
        raise Conflict
    overtaken.hold_back(session, dict(_left(changes)), signed)
    insert(session, TRANSITION, [row for change in changes for row in transition_rows(change, signed)])
    insert(session, REMINDER, [row for change in changes for row in _reminder_rows(change, signed)])
    for change in changes:
        if change.decision.recorded or change.decision.withdrawn:
            _write_milestones(session, change, signed)
        if change.decision.case.pauses != change.loaded.case.pauses:
            _write_pauses(session, change)
        if change.decision.case.snoozes != change.loaded.case.snoozes:
            _write_snoozes(session, change)
        if change.assigned:
            _write_assignment(session, change.loaded.row)
    incidents.resolve(session, [change.loaded.id for change in changes], signed)


def _left(changes: Iterable[Change]) -> Iterator[tuple[int, int]]:
    """Of each enrolment whose stage or pause is over with this, what that was to be reminded of."""
    for change in changes:
        before = change.loaded.case.occurrence
        if before is not None and before != change.decision.case.occurrence:
            yield change.loaded.id, before


def state_of(decision: Decision) -> dict[str, Any]:
    """The columns of an enrolment that a decision sets."""
    case = decision.case
    return {
        "stage": case.place.stage,
        "status": case.place.status,
        "entered_on": case.place.entered_on,
        "visit": case.place.visit,
        "held": case.place.held,
        "seq": case.seq,
        "last_on": case.last_on,
        "due_on": decision.due_on,
        "next_due_on": decision.look_again_on,
    }


def _state(change: Change) -> dict[str, Any]:
    read = change.loaded.row
    state = {f"to_{name}": value for name, value in state_of(change.decision).items()}
    return {"of_id": read.id, "read_revision": read.revision, "to_revision": read.revision + 1, **state}


def transition_rows(change: Change, signed: Signed) -> Iterator[dict[str, Any]]:
    for t in change.decision.transitions:
        yield {
            "enrolment_id": change.loaded.row.id,
            "seq": t.seq,
            "action": t.action,
            "step": t.step,
            "from_stage": t.source,
            "to_stage": t.target,
            "occurred_on": t.on,
            "reason": t.reason,
            "review_on": t.review_on,
            "undoes": t.undoes,
            "coordinator_id": change.loaded.row.coordinator_id if t.action in _NAMES_COORDINATOR else None,
            "by": signed.by,
            "at": signed.at,
            "command_id": signed.command_id,
        }


def _reminder_rows(change: Change, signed: Signed) -> Iterator[dict[str, Any]]:
    for reminder in change.decision.reminders:
        yield {
            "enrolment_id": change.loaded.row.id,
            "occurrence": reminder.occurrence,
            "rung": reminder.rung,
            "due_on": reminder.due_on,
            "fired_on": signed.on,
            "at": signed.at,
        }


def _write_milestones(session: Session, change: Change, signed: Signed) -> None:
    decision, enrolment_id = change.decision, change.loaded.row.id
    gone = [*decision.withdrawn, *(key for key in decision.recorded if key in change.loaded.case.milestones)]
    if gone:
        m = MILESTONE.c
        held = (m.enrolment_id == enrolment_id, m.key.in_(gone), m.withdrawn_at.is_(None))
        withdrawal = {"withdrawn_at": signed.at, "withdrawn_by": signed.by, "withdrawn_command_id": signed.command_id}
        session.connection().execute(MILESTONE.update().where(*held).values(withdrawal))
    facts = [(key, decision.case.milestones[key]) for key in decision.recorded]
    insert(session, MILESTONE, [milestone_row(enrolment_id, key, fact, signed) for key, fact in facts])


def milestone_row(enrolment_id: int, key: str, fact: Fact, signed: Signed) -> dict[str, Any]:
    """A fact as it is written. One that an undo restores keeps the command that first recorded it."""
    return {
        "enrolment_id": enrolment_id,
        "key": key,
        "achieved_on": fact.on,
        "value": fact.value,
        "by": signed.by,
        "at": signed.at,
        "command_id": fact.command_id or signed.command_id,
    }


def _write_assignment(session: Session, given: Stored) -> None:
    values = {"coordinator_id": given.coordinator_id, "area_id": given.area_id}
    session.connection().execute(ENROLMENT.update().where(ENROLMENT.c.id == given.id).values(values))


def _write_pauses(session: Session, change: Change) -> None:
    enrolment_id = change.loaded.row.id
    before = {pause.seq: pause for pause in change.loaded.case.pauses}
    after = {pause.seq: pause for pause in change.decision.case.pauses}
    gone = [seq for seq in before if seq not in after]
    if gone:  # a prolonging that is taken back: the transitions still tell of it
        of_these = (PAUSE.c.enrolment_id == enrolment_id, PAUSE.c.seq.in_(gone))
        session.connection().execute(PAUSE.delete().where(*of_these))
    for seq, pause in after.items():
        if seq not in before:
            insert(session, PAUSE, [_pause_row(enrolment_id, pause)])
        elif pause != before[seq]:
            of_this = (PAUSE.c.enrolment_id == enrolment_id, PAUSE.c.seq == seq)
            session.connection().execute(PAUSE.update().where(*of_this).values(until_on=pause.until_on))


def _write_snoozes(session: Session, change: Change) -> None:
    before, after = set(change.loaded.case.snoozes), set(change.decision.case.snoozes)
    gone = [snooze.occurrence for snooze in before - after]
    of_these = (SNOOZE.c.enrolment_id == change.loaded.id, SNOOZE.c.occurrence.in_(gone))
    session.connection().execute(SNOOZE.delete().where(*of_these))
    said = ({"enrolment_id": change.loaded.id, **asdict(snooze)} for snooze in after - before)
    insert(session, SNOOZE, list(said))


def _pause_row(enrolment_id: int, pause: Pause) -> dict[str, Any]:
    return {
        "enrolment_id": enrolment_id,
        "seq": pause.seq,
        "reason": pause.reason,
        "from_on": pause.from_on,
        "review_on": pause.review_on,
        "until_on": pause.until_on,
    }
