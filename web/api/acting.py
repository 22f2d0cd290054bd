"""The verbs on one case, each with the name that it has on the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session

from onboarding.acting import Answer
from onboarding.assign import assign
from onboarding.drop import drop
from onboarding.expecting import expect
from onboarding.move import move
from onboarding.pause import pause, resume
from onboarding.prolong import prolong
from onboarding.record import record
from onboarding.signed import Signed
from onboarding.snooze import elsewhere, remind, snooze
from onboarding.transfer import transfer
from onboarding.undo import undo
from onboarding.withdraw import withdraw
from web.api import asked
from web.api.answers import Done, Snoozed, Transferred
from web.api.guard import Acts
from web.api.problems import documented
from web.permissions import Person
from web.state import State, state_of

router = APIRouter(prefix="/cases/{reference}", tags=["verbs"], responses=documented(404, 409, 413, 422))


def signed(state: State, person: Person, key: str | None) -> Signed:
    """What this person's program does now. A key is that person's own: two programs that count from 1 never meet."""
    if key is None:
        return state.signed(person)
    digest = hashlib.sha256(f"{person.scope.staff_id}:{key}".encode()).hexdigest()
    return state.signed(person, f"api:{digest[:48]}")


class Sent:
    """A command on a case, and who sends it."""

    def __init__(
        self, request: Request, reference: asked.Reference, person: Acts, key: asked.IdempotencyKey = None
    ) -> None:
        self._state, self._person = state_of(request), person
        self._by = signed(state_of(request), person, key)
        self.reference = reference

    def does(self, body: asked.OnCase | None, verb: Callable[[Session, Signed], Answer], turn: bool = False) -> Answer:
        """`turn` is for a verb that takes one (`onboarding.turn`)."""
        revision = None if body is None else body.revision
        with self._state.writes(self._person) as session:
            expect(session, self.reference, self._by, within=self._person.scope.covers(), revision=revision, turn=turn)
            return verb(session, self._by)


Command = Annotated[Sent, Depends()]


@router.post("/record", name="record", response_model=Done)
def record_milestone(sent: Command, body: asked.Record) -> Answer:
    """Record a milestone. Steps that waited for it are taken at once."""
    return sent.does(
        body, lambda session, by: record(session, sent.reference, body.milestone, by, body.value, body.achieved_on)
    )


@router.post("/withdraw", name="withdraw", response_model=Done)
def withdraw_milestone(sent: Command, body: asked.Withdraw) -> Answer:
    """Withdraw a milestone that was recorded by mistake. Nobody is moved."""
    return sent.does(body, lambda session, by: withdraw(session, sent.reference, body.milestone, by))


@router.post("/move", name="move", response_model=Done)
def move_on(sent: Command, body: asked.Move) -> Answer:
    """Take a step by hand. Refused with every condition that is not met."""
    return sent.does(body, lambda session, by: move(session, sent.reference, body.step, by))


@router.post("/pause", name="pause", response_model=Done)
def pause_it(sent: Command, body: asked.Pause) -> Answer:
    """Pause. The forecast moves, and nobody is reminded meanwhile."""
    return sent.does(body, lambda session, by: pause(session, sent.reference, by, body.reason, body.review_on))


@router.post("/prolong", name="prolong", response_model=Done)
def prolong_it(sent: Command, body: asked.Prolong) -> Answer:
    """Prolong the pause that lasts. It counts as one pause, and is reminded of anew from its new date."""
    return sent.does(body, lambda session, by: prolong(session, sent.reference, by, body.review_on, body.reason))


@router.post("/resume", name="resume", response_model=Done)
def resume_it(sent: Command, body: asked.OnCase | None = None) -> Answer:
    """Go on after a pause."""
    return sent.does(body, lambda session, by: resume(session, sent.reference, by))


@router.post("/snooze", name="snooze", response_model=Snoozed)
def snooze_it(sent: Command, body: asked.Snooze) -> Answer:
    """Remind nobody of the present stage or pause before a day, the manager neither. The deadline stays."""
    return sent.does(body, lambda session, by: snooze(session, sent.reference, by, body.until, body.reason))


@router.post("/elsewhere", name="elsewhere", response_model=Snoozed)
def leave_to_others(sent: Command, body: asked.Elsewhere) -> Answer:
    """It is handled elsewhere: remind nobody of the present stage or pause any more."""
    return sent.does(body, lambda session, by: elsewhere(session, sent.reference, by, body.reason))


@router.post("/remind", name="remind", response_model=Snoozed)
def remind_again(sent: Command, body: asked.OnCase | None = None) -> Answer:
    """Take either back: remind again."""
    return sent.does(body, lambda session, by: remind(session, sent.reference, by))


@router.post("/drop", name="drop", response_model=Done)
def drop_out(sent: Command, body: asked.Drop) -> Answer:
    """Drop out, with a reason from the pathway's list."""
    return sent.does(body, lambda session, by: drop(session, sent.reference, body.reason, by))


@router.post("/undo", name="undo", response_model=Done)
def take_back(sent: Command, body: asked.OnCase | None = None) -> Answer:
    """Take the last move back, and the milestone that brought it about; while paused, the last prolonging. History is
    kept."""
    return sent.does(body, lambda session, by: undo(session, sent.reference, by), turn=True)


@router.post("/assign", name="assign", response_model=Done)
def hand_over(sent: Command, body: asked.Assign) -> Answer:
    """Hand the case over to another coordinator, and with it to another host area if one is named."""
    return sent.does(body, lambda session, by: assign(session, sent.reference, body.coordinator, body.area, by))


@router.post("/transfer", name="transfer", response_model=Transferred)
def transfer_it(sent: Command, body: asked.Transfer) -> Answer:
    """End here and begin in another pathway. The answer is about the new case."""
    return sent.does(body, lambda session, by: transfer(session, sent.reference, body.to, by), turn=True)
