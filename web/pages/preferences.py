"""Mine beskeder: what somebody is told of, how soon, by which ways and when; where else they are reached; and who
stands in while they are away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine.refusal import Refused
from models.message import MAIL, Pace
from models.staff import BY_AREA
from notifications.channels.envelope import Answer
from onboarding.absences import CannotStandIn, absences, be_away, be_back, could_stand_in, standing_in
from onboarding.contacts import address_of, contacts, masked, put_contact, remove_contact
from onboarding.keyring import keyring_of
from onboarding.preferences import choose_times, choose_topic, preferences
from onboarding.sample import BETWEEN, BETWEEN_ELSEWHERE, not_again, try_out
from onboarding.trial import refuse_kept_back
from web.asked import number
from web.guard import IsTold, SignedIn
from web.permissions import Permission, Person
from web.preferring import TypedAbsence, TypedTimes, TypedTopics
from web.render import WEEKDAYS, page
from web.state import State, state_of

router = APIRouter(prefix="/mig/beskeder")

Text = Annotated[str, Form()]

_SAVED = "Gemt. Det gælder også for det, der venter på at blive sendt."
_DONE = {
    "emner": _SAVED,
    "tider": _SAVED,
    "adresse": "Adressen er gemt. Sæt kryds ved de emner, der skal sendes dertil, og send en prøve.",
    "adresse-slettet": "Adressen er slettet. Det, der skulle sendes dertil, kommer som mail.",
    "fravaer": "Fraværet er gemt. Stedfortræderen får dine beskeder imens.",
    "fravaer-slettet": "Fraværet er slettet.",
}


class _Refusal(NamedTuple):
    """Which form was refused, and why; `fields` says what is wrong with each of its fields."""

    form: str
    reasons: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}

    @property
    def problem(self) -> dict[str, Any] | None:
        """What stands above the form; None where all of it stands beside a field."""
        return {"form": self.form, "reasons": self.reasons} if self.reasons else None


@router.get("")
def shown(request: Request, person: SignedIn, gjort: str = "") -> Response:
    if not person.may(Permission.TOLD):
        return page(request, "preferences.html", person, is_told=False)
    return _page(request, person, done=_DONE.get(gjort, ""))


@router.post("/emner")
def topics_chosen(request: Request, person: IsTold, typed: Annotated[TypedTopics, Form()]) -> Response:
    try:
        with state_of(request).writes(person) as session:
            for topic, pace, ways in typed.changes(preferences(session, person.email).choices):
                choose_topic(session, person.email, topic, pace, ways)
    except Refused as refused:
        return _page(request, person, _Refusal("emner", refused.reasons), topics=typed)
    return _on("emner")


@router.post("/tider")
def times_chosen(request: Request, person: IsTold, typed: Annotated[TypedTimes, Form()]) -> Response:
    if typed.problems:
        return _page(request, person, _Refusal("tider", fields=typed.problems), times=typed)
    with state_of(request).writes(person) as session:
        choose_times(session, person.email, **typed.said)
    return _on("tider")


@router.post("/adresse")
def address_put(request: Request, person: IsTold, channel: Text = "", address: Text = "") -> Response:
    state = state_of(request)
    try:
        kept = state.checked(_besides_mail(state, channel), address)
        with state.writes(person) as session:
            put_contact(session, keyring_of(session, state.key_file), person.email, channel, kept, state.signed(person))
    except Refused as refused:
        return _page(request, person, _of_address(state, channel, refused), address=address)
    return _on("adresse")


@router.post("/slet-adresse")
def address_removed(request: Request, person: IsTold, channel: Text = "") -> Response:
    state = state_of(request)
    try:
        with state.writes(person) as session:
            remove_contact(session, person.email, channel, state.signed(person))
    except Refused as refused:
        return _page(request, person, _Refusal("adresser", refused.reasons))
    return _on("adresse-slettet")


@router.post("/proeve")
def tried_out(request: Request, person: IsTold, channel: Text = "") -> Response:
    """The answer says how it went, and no address does again: so there is no way on to another one."""
    state = state_of(request)
    try:
        answer = _try_out(state, person, channel)
    except Refused as refused:
        answer = Answer(False, " ".join(refused.reasons))
    return _page(request, person, answer=answer, status=200 if answer.ok else 422)


def _try_out(state: State, person: Person, channel: str) -> Answer:
    between = BETWEEN if channel == MAIL else BETWEEN_ELSEWHERE
    with state.writes(person) as session:
        to = person.email if channel == MAIL else _address(session, state, person, channel)
        refuse_kept_back(session, person.email, state.destinations[channel])
        not_again(session, person.email, state.now(), between)
    return try_out(to, state.channels()[channel], state.public_url, state.now())


def _address(session: Session, state: State, person: Person, channel: str) -> str:
    return address_of(session, state.key_file, person.email, _besides_mail(state, channel))


@router.post("/fravaer")
def away(request: Request, person: IsTold, typed: Annotated[TypedAbsence, Form()]) -> Response:
    state, wrong = state_of(request), typed.problems
    try:
        with state.writes(person) as session:
            if typed.stand_in not in {one["staff"] for one in could_stand_in(session, person.email)}:
                raise CannotStandIn("Vælg en kollega.")
            if not wrong:
                be_away(session, person.email, *typed.days, typed.stand_in, state.signed(person))
    except CannotStandIn as refused:
        wrong = {**wrong, "stand_in": " ".join(refused.reasons)}
    except Refused as refused:
        wrong = {"until_on": " ".join(refused.reasons)}
    return _page(request, person, _Refusal("fravaer", fields=wrong), absence=typed) if wrong else _on("fravaer")


@router.post("/slet-fravaer")
def back(request: Request, person: IsTold, absence: Text = "") -> Response:
    state = state_of(request)
    try:
        with state.writes(person) as session:
            be_back(session, person.email, number(absence) or 0, state.signed(person))
    except Refused as refused:
        return _page(request, person, _Refusal("fravaer", refused.reasons))
    return _on("fravaer-slettet")


def _besides_mail(state: State, channel: str) -> str:
    """Raises `Refused` for a channel that there is not, or by which everybody is reached."""
    if channel not in state.ways or channel == MAIL:
        raise Refused("Den kanal er ikke sat op. Vælg en af dem, der er.")
    return channel


def _of_address(state: State, channel: str, refused: Refused) -> _Refusal:
    """Beside the field of the channel, where it has one."""
    if channel in state.ways and channel != MAIL:
        return _Refusal("adresser", fields={channel: " ".join(refused.reasons)})
    return _Refusal("adresser", refused.reasons)


def _on(done: str) -> Response:
    return RedirectResponse(f"/mig/beskeder?gjort={done}", status_code=303)


def _page(
    request: Request,
    person: Person,
    refused: _Refusal | None = None,
    *,
    status: int = 200,
    done: str = "",
    answer: Answer | None = None,
    topics: TypedTopics | None = None,
    times: TypedTimes | None = None,
    address: str = "",
    absence: TypedAbsence | None = None,
) -> Response:
    """How it is; what was typed in a form that was refused stays in it."""
    state = state_of(request)
    with state.database.read() as session:
        chosen = preferences(session, person.email)
        reached = contacts(session, person.email, masked(state.key_file))
        stand_ins = _stand_ins(session, person, state.today())
    rows = (topics or TypedTopics()).rows(chosen.choices)
    return page(
        request,
        "preferences.html",
        person,
        status=422 if refused else status,
        is_told=True,
        done=done,
        answer=answer,
        problem=refused.problem if refused else None,
        wrong=refused.fields if refused else {},
        topics=rows,
        times=times or TypedTimes.of(chosen),
        weekdays=list(enumerate(WEEKDAYS))[1:],
        next_digest=_next_digest(rows, chosen.choices.slots.next_after(state.now())),
        typed_address=address,
        typed_absence=absence or TypedAbsence(),
        **_ways(state, reached),
        **stand_ins,
    )


def _ways(state: State, reached: Mapping[str, str]) -> dict[str, Any]:
    """The ways that there are, and those by which this person is reached."""
    return {
        "ways": state.ways,
        "columns": [MAIL, *reached],
        "reached": reached,
        "channels": [way for way in dict.fromkeys((*state.ways, *reached)) if way != MAIL],
    }


def _stand_ins(session: Session, person: Person, on: date) -> dict[str, Any]:
    """Who stands in for this person and for whom they do, and who could."""
    has_them = person.role in BY_AREA
    return {
        "has_stand_ins": has_them,
        "colleagues": could_stand_in(session, person.email) if has_them else [],
        "absences": absences(session, person.email, on),
        "others": standing_in(session, person.email, on),
    }


def _next_digest(rows: list[Any], at: datetime) -> datetime | None:
    """None where nothing comes in one."""
    return at if any(row.pace == Pace.DIGEST for row in rows) else None
