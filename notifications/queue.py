"""From what was decided to the outbox: one row for each person and cause, in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from engine import kinds
from engine.audience import COORDINATOR, MANAGER
from engine.case import Rung
from engine.decide import Decision
from engine.history import Transition, Verb
from engine.pathway import Pathway
from models.enrolment import Stored
from models.message import Message, State
from models.types import table
from notifications.audiences import Directory

MESSAGE = table(Message)

_GOES_UP = frozenset({Rung.ESCALATION, Rung.FORGOTTEN})


def kind_of(transition: Transition) -> str:
    """The folder of templates that tells of a transition: the step's own, or the one for what was done."""
    return (
        transition.step
        if transition.action in (Verb.MOVE, Verb.ADVANCE) and transition.step
        else kinds.OF_VERB[transition.action]
    )


def told_of(pathway: Pathway, transition: Transition, undone: Sequence[Transition] = ()) -> tuple[str, ...]:
    """The audiences of a transition: always the coordinator, managers at every ending, others as the pathway says.

    An undo is told to everybody who heard of one of the moves that it takes back.
    """
    moves = undone if transition.action is Verb.UNDO else (transition,)
    steps = {move.step for move in moves}
    told = [audience for step in pathway.steps if step.key in steps for audience in step.tell]
    managers = (MANAGER,) if any(move.ends for move in moves) else ()
    return tuple(dict.fromkeys((COORDINATOR, *told, *managers)))


def messages_for(
    enrolment: Stored, pathway: Pathway, decision: Decision, directory: Directory, on: date, at: datetime
) -> Iterator[dict[str, Any]]:
    """The outbox rows for everything that a decision brought about.

    An audience with nobody in it gets a row without a recipient: delivery skips it and says so.
    """
    for transition in decision.transitions:
        yield from _rows(
            enrolment,
            directory,
            told_of(pathway, transition, decision.undone),
            cause=f"transition:{enrolment.id}:{transition.seq}",
            kind=kind_of(transition),
            seq=transition.seq,
            on_day=transition.on,
            due_on=decision.due_on,
            at=at,
        )
    for reminder in decision.reminders:
        if reminder.superseded:
            continue
        yield from _rows(
            enrolment,
            directory,
            (COORDINATOR, MANAGER) if reminder.rung in _GOES_UP else (COORDINATOR,),
            cause=f"reminder:{enrolment.id}:{reminder.occurrence}:{reminder.rung}",
            kind=kinds.OF_RUNG[reminder.rung],
            seq=reminder.occurrence,
            on_day=on,
            due_on=decision.due_on,
            at=at,
        )


def _rows(
    enrolment: Stored,
    directory: Directory,
    audiences: tuple[str, ...],
    *,
    cause: str,
    kind: str,
    seq: int,
    on_day: date,
    due_on: date | None,
    at: datetime,
) -> Iterator[dict[str, Any]]:
    told: set[int | None] = set()
    for audience in audiences:
        for recipient in directory.people(audience, enrolment) or (None,):
            if recipient is not None and recipient in told:
                continue  # one person in two audiences is told once
            told.add(recipient)
            yield {
                "cause": cause,
                "kind": kind,
                "audience": audience,
                "recipient_id": recipient,
                "enrolment_id": enrolment.id,
                "seq": seq,
                "on_day": on_day,
                "due_on": due_on,
                "state": State.QUEUED,
                "attempts": 0,
                "send_after": at,
                "created_at": at,
            }
