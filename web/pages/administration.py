"""Administration: who the people are and what they may, and the host areas that they work for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from engine.audience import Audience
from engine.refusal import Refused
from models.staff import Role
from notifications.channels.destination import Destination
from onboarding import tokens, trial, users
from onboarding.absences import uncovered
from onboarding.outages import outages
from onboarding.passwords import hashed
from reports.host_areas import host_areas
from web.asked import RowNumber, number
from web.guard import Administers, NotFound
from web.permissions import Person
from web.render import page
from web.state import State, state_of

router = APIRouter(prefix="/administration")

_DONE = {
    "gemt": "Medarbejderen er oprettet.",
    "rettet": "Rettelserne er gemt og gælder fra medarbejderens næste klik.",
    "taget-ind": "Medarbejderen er taget ind igen. Den gamle adgangskode gælder ikke mere; giv en ny, "
    "hvis der skal logges ind med en.",
    "taget-ud": "Medarbejderen er taget ud og kan ikke logge ind mere.",
    "logget-af": "Medarbejderen er logget af overalt.",
    "noegler": "Medarbejderens adgangsnøgler er tilbagekaldt.",
    "omraade": "Værtsområdet er oprettet og kan vælges.",
    "proevedrift": "Prøvedriften er slået til.",
    "alle-faar": "Prøvedriften er slået fra. Alle får fra nu af deres beskeder.",
    "paa-listen": "Medarbejderen står på prøvelisten.",
    "af-listen": "Medarbejderen er taget af prøvelisten.",
}
Text = Annotated[str, Form()]
_BLANK: dict[str, Any] = {
    "email": "",
    "name": "",
    "role": "",
    "area": [],
    "all_areas": False,
    "area_name": "",
    "shown": "",
}


@router.get("")
def shown(request: Request, person: Administers, gjort: str = "", ret: str = "") -> Response:
    if not ret:
        return _everybody(request, person, done=_DONE.get(gjort))
    one = _numbered(request, number(ret))
    typed = {"name": one["name"], "role": one["role"], "area": one["areas"], "all_areas": not one["areas"]}
    typed["shown"] = one["mark"]
    return _one(request, person, one, typed=typed)


class Typed(BaseModel):
    """What somebody typed about a member of staff. `was_out`: about one who had been taken out; `shown`: the mark of
    what they were in the form.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    email: str = ""
    name: str = ""
    role: str = ""
    area: Sequence[str] = ()
    all_areas: bool = False
    password: str = Field(default="", repr=False)
    was_out: bool = False
    shown: str = ""

    @property
    def form(self) -> dict[str, Any]:
        """What goes back into the form: no password does."""
        return self.model_dump(include={"email", "name", "role", "area", "all_areas", "shown"})

    @property
    def areas(self) -> Sequence[str] | None:
        """None: all of them. Raises `Refused` when both were ticked: one of the two was not meant."""
        if self.all_areas and self.area:
            raise Refused("Vælg enten »Alle områder« eller bestemte områder.")
        return None if self.all_areas else self.area


Sent = Annotated[Typed, Form()]


@router.post("/gem")
def added(request: Request, person: Administers, sent: Sent) -> Response:
    def add(session: Session, state: State) -> None:
        users.add(session, sent.email, sent.name, sent.role, sent.areas, by=person.email, at=state.now())

    refused = _refused(request, add, sent)
    if refused:
        return _everybody(request, person, refused=("medarbejder", refused), typed=sent.form)
    return _on("gemt")


@router.post("/ret")
def changed(request: Request, person: Administers, sent: Sent) -> Response:
    def change(session: Session, state: State) -> None:
        signed: dict[str, Any] = {"by": person.email, "at": state.now()}
        since: dict[str, Any] = {"was_out": sent.was_out, "shown": sent.shown}
        users.change(session, sent.email, sent.name, sent.role, sent.areas, **signed, **since)

    refused = _refused(request, change, sent)
    if refused:
        one = next((one for one in _people(request) if one["staff"] == sent.email), None)
        if one is None or one["active"] is sent.was_out:  # what the form was about is not so any more
            return _everybody(request, person, refused=("", refused))
        return _one(request, person, one, typed=sent.form, refused=refused)
    return _on("taget-ind" if sent.was_out else "rettet")


@router.get("/tag-ud/{staff}")
def asked_first(request: Request, staff: RowNumber, person: Administers) -> Response:
    return page(request, "staff_out.html", person, one=_numbered(request, staff))


@router.post("/tag-ud")
def removed(request: Request, person: Administers, email: Text = "") -> Response:
    return _does(request, person, "taget-ud", users.remove, email)


@router.post("/log-af")
def signed_out(request: Request, person: Administers, email: Text = "") -> Response:
    return _does(request, person, "logget-af", users.sign_out, email)


@router.post("/noegler")
def revoked(request: Request, person: Administers, email: Text = "") -> Response:
    return _does(request, person, "noegler", tokens.revoke_all, email)


@router.post("/omraade")
def area_added(request: Request, person: Administers, area_name: Text = "") -> Response:
    refused = _refused(
        request, lambda session, state: users.add_area(session, area_name, by=person.email, at=state.now())
    )
    if refused:
        return _everybody(request, person, refused=("omraade", refused), typed={"area_name": area_name})
    return _on("omraade")


@router.post("/proevedrift")
def trial_turned(request: Request, person: Administers, turn: Text = "") -> Response:
    if turn not in ("on", "off"):
        return _everybody(request, person, refused=("proevedrift", ("Vælg, om prøvedriften skal slås til eller fra.",)))
    to = turn == "on"
    refused = _refused(request, lambda session, state: trial.turn(session, on=to, by=person.email, at=state.now()))
    if refused:
        return _everybody(request, person, refused=("proevedrift", refused))
    return _on("proevedrift" if to else "alle-faar")


@router.post("/proeveliste")
def trial_listed(request: Request, person: Administers, email: Text = "") -> Response:
    return _does(request, person, "paa-listen", trial.add, email, form="proevedrift")


@router.post("/proeveliste/af")
def trial_unlisted(request: Request, person: Administers, email: Text = "") -> Response:
    return _does(request, person, "af-listen", trial.remove, email, form="proevedrift")


def _does(
    request: Request, person: Person, done: str, verb: Callable[..., object], email: str, form: str = ""
) -> Response:
    """What a button of somebody's row does, or a form that only says who."""
    refused = _refused(request, lambda session, state: verb(session, email, by=person.email, at=state.now()))
    return _everybody(request, person, refused=(form, refused)) if refused else _on(done)


def _refused(request: Request, work: Callable[[Session, State], object], sent: Typed | None = None) -> tuple[str, ...]:
    """Why it was not done; nothing when it was. A password in the form that was `sent` is given along with it."""
    state, person = state_of(request), request.state.person
    try:
        password = hashed(sent.password) if sent and sent.password else None
        with state.writes(person) as session:
            work(session, state)
            if sent and password:
                users.set_password(session, sent.email, password, by=person.email, at=state.now())
    except Refused as refused:
        return refused.reasons
    return ()


def _on(done: str) -> Response:
    return RedirectResponse(f"/administration?gjort={done}", status_code=303)


def _people(request: Request) -> list[dict[str, Any]]:
    state = state_of(request)
    with state.database.read() as session:
        return users.people(session, state.now())


def _numbered(request: Request, staff: int | None) -> dict[str, Any]:
    one = next((one for one in _people(request) if one["number"] == staff), None)
    if one is None:
        raise NotFound
    return one


def _everybody(
    request: Request,
    person: Person,
    *,
    done: str | None = None,
    refused: tuple[str, tuple[str, ...]] | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    """The page with all of it. `refused` is which form was (none: a button of a row), and why."""
    with state_of(request).database.read() as session:
        areas, lasting = host_areas(session), outages(session)
        destination = trial.farthest(session, state_of(request).destinations)
        without = uncovered(session, state_of(request).today())
        trial_mode = {
            "folder": destination is Destination.FOLDER,
            "on": trial.standing(session).is_on(destination),
            "recipients": trial.recipients(session),
        }
    found = _people(request)
    return page(
        request,
        "administration.html",
        person,
        status=422 if refused else 200,
        people=[one for one in found if one["active"]],
        out=[one for one in found if not one["active"]],
        areas=areas,
        outages=lasting,
        uncovered=without,
        roles=list(Role),
        with_cases=set(Audience),
        trial_mode=trial_mode,
        done=done,
        problem={"form": refused[0], "reasons": refused[1]} if refused else None,
        typed=_BLANK | (typed or {}),
    )


def _one(
    request: Request, person: Person, one: dict[str, Any], *, typed: dict[str, Any], refused: tuple[str, ...] = ()
) -> Response:
    """The form of somebody who is known; where they were corrected since it was `shown`, beside what they are now."""
    with state_of(request).database.read() as session:
        areas = host_areas(session)
    return page(
        request,
        "staff.html",
        person,
        status=422 if refused else 200,
        one=one,
        areas=areas,
        roles=list(Role),
        with_cases=set(Audience),
        problem={"form": "medarbejder", "reasons": refused} if refused else None,
        typed=_BLANK | typed | {"shown": one["mark"]},
        overtaken=typed["shown"] not in ("", one["mark"]),
    )
