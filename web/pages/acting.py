"""Sagen: everything that can be done to a case, as plain forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine.refusal import Refused
from onboarding.acting import Answer, CommandUsed
from onboarding.assign import assign
from onboarding.drop import drop
from onboarding.expecting import expect
from onboarding.move import move
from onboarding.pause import pause, resume
from onboarding.prolong import prolong
from onboarding.record import record
from onboarding.signed import Signed
from onboarding.snooze import elsewhere, remind, snooze
from onboarding.store import NoSuchCase
from onboarding.transfer import transfer
from onboarding.undo import undo
from onboarding.withdraw import withdraw
from onboarding.writing import Conflict
from web.asked import day_or_none
from web.guard import Acts
from web.pages.case import opened
from web.state import state_of

router = APIRouter(prefix="/sag/{reference}")


class Sent:
    """What every form of the page brings along."""

    def __init__(
        self,
        request: Request,
        reference: str,
        person: Acts,
        revision: Annotated[int, Form()],
        command_id: Annotated[str, Form()],
    ) -> None:
        self.request, self.person, self.reference = request, person, reference
        self.revision, self.signed = revision, state_of(request).signed(person, command_id)

    def does(
        self, form: str, verb: Callable[[Session, Signed], Answer], *, turn: bool = False, **typed: Any
    ) -> Response:
        """Does it, and shows the page: the same one with what was refused and what was typed, when it was.

        `turn` is for a verb that takes one (`onboarding.turn`).
        """
        within = self.person.scope.covers()
        try:
            with state_of(self.request).writes(self.person) as session:
                expect(session, self.reference, self.signed, within=within, revision=self.revision, turn=turn)
                answered = verb(session, self.signed)
        except NoSuchCase:
            raise
        except Refused as refused:
            # Another form of this page did what its id stands for: the page is older than the case.
            conflict = isinstance(refused, Conflict | CommandUsed)
            status = 409 if conflict else 422
            problem = {"form": form, "reasons": refused.reasons, "conflict": conflict}
            return opened(self.request, self.person, self.reference, status=status, problem=problem, typed=typed)
        # Where the candidate is now: a transfer goes on in another case, which is as it began.
        left = 1 if "transferred_from" in answered else self.revision + 1
        receipt = urlencode({"gjort": self.signed.command_id, "udgave": left})
        return RedirectResponse(f"/sag/{answered['enrolment']}?{receipt}", status_code=303)


Text = Annotated[str, Form()]
Forms = Annotated[Sent, Depends()]


@router.post("/milepael")
def record_milestone(sent: Forms, milestone: Text, value: Text = "", on: Text = "") -> Response:
    return sent.does(
        "milepael",
        lambda session, signed: record(session, sent.reference, milestone, signed, value or None, day_or_none(on)),
        milestone=milestone,
        value=value,
        on=on,
    )


@router.post("/traek-tilbage")
def withdraw_milestone(sent: Forms, milestone: Text) -> Response:
    return sent.does("traek-tilbage", lambda session, signed: withdraw(session, sent.reference, milestone, signed))


@router.post("/flyt")
def move_on(sent: Forms, step: Text) -> Response:
    return sent.does("flyt", lambda session, signed: move(session, sent.reference, step, signed), step=step)


@router.post("/pause")
def pause_it(sent: Forms, reason: Text = "", review_on: Text = "") -> Response:
    return sent.does(
        "pause",
        lambda session, signed: pause(session, sent.reference, signed, reason, day_or_none(review_on)),
        reason=reason,
        review_on=review_on,
    )


@router.post("/forlaeng")
def prolong_it(sent: Forms, reason: Text = "", review_on: Text = "") -> Response:
    return sent.does(
        "forlaeng",
        lambda session, signed: prolong(
            session, sent.reference, signed, _named_day(review_on, _NO_REVIEW), reason or None
        ),
        reason=reason,
        review_on=review_on,
    )


@router.post("/genoptag")
def resume_it(sent: Forms) -> Response:
    return sent.does("genoptag", lambda session, signed: resume(session, sent.reference, signed))


@router.post("/udsaet")
def snooze_it(sent: Forms, reason: Text = "", until: Text = "") -> Response:
    return sent.does(
        "udsaet",
        lambda session, signed: snooze(session, sent.reference, signed, _named_day(until, _NO_SNOOZE), reason),
        reason=reason,
        until=until,
    )


@router.post("/andetsteds")
def leave_to_others(sent: Forms, reason: Text = "") -> Response:
    return sent.does(
        "andetsteds", lambda session, signed: elsewhere(session, sent.reference, signed, reason), reason=reason
    )


@router.post("/ryk-igen")
def remind_again(sent: Forms) -> Response:
    return sent.does("ryk-igen", lambda session, signed: remind(session, sent.reference, signed))


@router.post("/frafald")
def drop_out(sent: Forms, reason: Text = "") -> Response:
    return sent.does("frafald", lambda session, signed: drop(session, sent.reference, reason, signed), reason=reason)


@router.post("/overfoer")
def transfer_it(sent: Forms, to: Text = "") -> Response:
    return sent.does(
        "overfoer", lambda session, signed: transfer(session, sent.reference, to, signed), turn=True, to=to
    )


@router.post("/overdrag")
def hand_over(sent: Forms, coordinator: Text = "", area: Text = "") -> Response:
    return sent.does(
        "overdrag",
        lambda session, signed: assign(session, sent.reference, coordinator, area or None, signed),
        coordinator=coordinator,
        area=area,
    )


@router.post("/fortryd")
def take_back(sent: Forms) -> Response:
    return sent.does("fortryd", lambda session, signed: undo(session, sent.reference, signed), turn=True)


_NO_REVIEW = "Der mangler en dato. Vælg den dag, pausen skal følges op."
_NO_SNOOZE = "Der mangler en dato. Vælg den dag, rykkerne skal udsættes til."


def _named_day(text: str, missing: str) -> date:
    """A day that has to be there. Raises `Refused`, with what is `missing`, when it is not, or is none."""
    day = day_or_none(text)
    if day is None:
        raise Refused(missing)
    return day
