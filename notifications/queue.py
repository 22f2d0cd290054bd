"""From what was decided to the outbox: one row for each person and cause, in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement

from engine import kinds
from engine.audience import COORDINATOR, MANAGER
from engine.case import Status
from engine.decision import Decision
from engine.history import Transition, Verb
from engine.pathway import Pathway
from engine.topic import Topic, topic_of
from engine.workdays import DENMARK
from models.enrolment import Stored
from models.message import Message, State
from models.types import table
from notifications.audiences import Directory

MESSAGE = table(Message)

_COPIED = "#"
_MOVES_ON = frozenset({Verb.MOVE, Verb.ADVANCE})


def copied(cause: str, channel: str) -> str:
    """The cause of the same message by one channel more."""
    return f"{cause}{_COPIED}{channel}"


def of_all_ways(cause: str) -> str:
    """The cause of the message of which this is a copy, or its own."""
    return cause.partition(_COPIED)[0]


def is_copy(cause: str) -> bool:
    return _COPIED in cause


def are_copies(causes: ColumnElement[str]) -> ColumnElement[bool]:
    """`is_copy`, asked of rows."""
    copies: ColumnElement[bool] = causes.contains(_COPIED, autoescape=True)
    return copies


def kind_of(transition: Transition, *, paused: bool) -> str:
    """The folder of templates that tells of a transition: the step's own, or the one for what was done. `paused` says
    whether the case was before.
    """
    if transition.action is Verb.UNDO and transition.ends:
        return kinds.ANNULLED
    if transition.takes_back_a_prolonging:
        return kinds.PROLONGING_UNDONE
    if transition.action is Verb.PAUSE and paused:
        return kinds.PROLONGED
    return (
        transition.step
        if transition.action in (Verb.MOVE, Verb.ADVANCE) and transition.step
        else kinds.OF_VERB[transition.action]
    )


def told_of(pathway: Pathway, transition: Transition, undone: Sequence[Transition] = ()) -> tuple[str, ...]:
    """The audiences of a transition: always the coordinator, managers at every ending, others as the pathway says.

    An undo is told to every audience of a move that it takes back: to whoever is in it now, and to whoever heard of it.
    """
    moves = told_moves(transition, undone)
    steps = {move.step for move in moves}
    told = [audience for step in pathway.steps if step.key in steps for audience in step.tell]
    managers = (MANAGER,) if any(move.ends for move in moves) else ()
    return tuple(dict.fromkeys((COORDINATOR, *told, *managers)))


def told_moves(transition: Transition, undone: Sequence[Transition]) -> Sequence[Transition]:
    """What a transition tells of: itself, and an undo of what it takes back."""
    return undone if transition.action is Verb.UNDO else (transition,)


def messages_for(
    enrolment: Stored,
    pathway: Pathway,
    decision: Decision,
    directory: Directory,
    at: datetime,
    meant_on: date | None = None,
    heard: Sequence[tuple[str, int]] = (),
) -> Iterator[dict[str, Any]]:
    """The outbox rows for every transition that a decision brought about: to whom it is told, and of a move on to the
    area's managers too. `meant_on`: when it should have been made, if not now; `heard`: who was told, as which
    audience, of what an undo takes back, and hears of that too as long as they work here.

    An audience with nobody in it gets a row without a recipient: delivery skips it and says so.
    """
    still_here = [(audience, recipient) for audience, recipient in heard if recipient in directory.active]
    for transition in decision.transitions:
        kind = kind_of(transition, paused=enrolment.status == Status.PAUSED)
        moves = told_moves(transition, decision.undone)
        ends = any(move.ends for move in moves)
        goes_on = any(move.action in _MOVES_ON for move in moves)
        told = told_of(pathway, transition, decision.undone)
        if goes_on and directory.people(MANAGER, enrolment):  # of a move nobody misses a manager who is not there
            told = tuple(dict.fromkeys((*told, MANAGER)))
        yield from _rows(
            enrolment,
            directory,
            told,
            also=still_here if transition.action is Verb.UNDO else (),
            cause=f"transition:{enrolment.id}:{transition.seq}",
            kind=kind,
            topic=topic_of(kind, ends=ends),
            seq=transition.seq,
            on_day=transition.on,
            due_on=decision.due_on,
            at=at,
            meant_on=meant_on,
        )


def reminders_for(
    enrolment: Stored, decision: Decision, directory: Directory, on: date, at: datetime
) -> Iterator[dict[str, Any]]:
    """The outbox rows for every reminder that a decision sends."""
    for reminder in decision.reminders:
        kind = kinds.OF_RUNG[reminder.rung]
        yield from _rows(
            enrolment,
            directory,
            (COORDINATOR, MANAGER) if kind in kinds.GOES_UP else (COORDINATOR,),
            cause=f"reminder:{enrolment.id}:{reminder.occurrence}:{reminder.rung}",
            kind=kind,
            topic=topic_of(kind),
            seq=reminder.occurrence,
            on_day=on,
            meant_on=reminder.meant_on,
            due_on=decision.due_on,
            at=at,
        )


def messages_of_a_list(
    list_import_id: int, coordinators: Iterable[int], on: date, at: datetime, kind: str = kinds.LIST_IMPORTED
) -> Iterator[dict[str, Any]]:
    """The outbox rows that tell coordinators of a list that was read in, or taken back: one each, however many
    candidates are theirs.
    """
    cause = f"import:{list_import_id}" if kind == kinds.LIST_IMPORTED else f"{kind}:{list_import_id}"
    for coordinator in dict.fromkeys(coordinators):
        row = waiting(cause, kind, topic_of(kind), COORDINATOR, coordinator, on, at)
        yield row | {"list_import_id": list_import_id}


def _rows(
    enrolment: Stored,
    directory: Directory,
    audiences: tuple[str, ...],
    *,
    cause: str,
    kind: str,
    topic: Topic,
    seq: int,
    on_day: date,
    due_on: date | None,
    at: datetime,
    meant_on: date | None = None,
    also: Iterable[tuple[str, int]] = (),
) -> Iterator[dict[str, Any]]:
    about = {"enrolment_id": enrolment.id, "seq": seq, "due_on": due_on}
    told: set[int | None] = set()
    people = [(audience, one) for audience in audiences for one in directory.people(audience, enrolment) or (None,)]
    for audience, recipient in (*people, *also):
        if recipient is not None and recipient in told:
            continue  # one person in two audiences is told once
        told.add(recipient)
        yield waiting(cause, kind, topic, audience, recipient, on_day, at, meant_on) | about


def waiting(
    cause: str,
    kind: str,
    topic: Topic,
    audience: str,
    recipient: int | None,
    on_day: date,
    at: datetime,
    meant_on: date | None = None,
) -> dict[str, Any]:
    """A message that waits to be sorted and sent; whoever asks for it adds what it is about."""
    return {
        "cause": cause,
        "kind": kind,
        "topic": topic,
        "audience": audience,
        "recipient_id": recipient,
        "on_day": on_day,
        "meant_on": meant_on or at.astimezone(DENMARK).date(),
        "state": State.QUEUED,
        "attempts": 0,
        "send_after": at,
        "created_at": at,
    }
