"""Indskriv: one candidate, shown back before anything is saved.

First »Kontrollér«: everything is tried and nothing is written; then »Indskriv« on what was shown. It is so with script
and without, because a person who is known already has to be seen before there is another enrolment of theirs. The CPR
number goes into no page and no address: between the two steps it is sealed (`web.sealed`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from engine.history import Verb
from engine.refusal import Refused
from models import cpr as numbers
from onboarding.enrol import Applicant, enrol
from onboarding.keyring import keyring_of
from onboarding.lists.values import about_number
from onboarding.pathways import known_keys, newest
from onboarding.signed import new_command_id
from onboarding.staffing import areas, staff
from reports.known import Known
from reports.receipt import has_done
from reports.scope import visible
from reports.words import DETAIL
from web.asked import day
from web.finding import found_by
from web.guard import Enrols
from web.permissions import Person
from web.render import page
from web.sealed import seal, unseal
from web.state import State, state_of

router = APIRouter(prefix="/indskriv")

Text = Annotated[str, Form()]


class Typed(BaseModel):
    """What somebody typed, as texts."""

    model_config = ConfigDict(hide_input_in_errors=True)

    pathway: str = ""
    name: str = ""
    cpr: str = Field(default="", repr=False)
    area: str = ""
    coordinator: str = ""
    starts_on: str = ""
    phone: str = ""
    email: str = ""
    mother_tongue: str = ""
    consent: str = ""

    @property
    def form(self) -> dict[str, str]:
        """All of it but the CPR number, which goes into no page."""
        return self.model_dump(exclude={"cpr"})

    def applicant(self) -> Applicant:
        return Applicant(
            cpr=self.cpr,
            name=self.name,
            # A day that cannot be read is one that nobody can begin on, and is refused with all else that is wrong.
            starts_on=day(self.starts_on.strip()) or date.min,
            area=self.area,
            coordinator=self.coordinator,
            phone=self.phone.strip() or None,
            email=self.email.strip() or None,
            mother_tongue=self.mother_tongue.strip() or None,
            consent=bool(self.consent),
        )


@router.get("")
def empty(request: Request, person: Enrols, gjort: str = "") -> Response:
    with state_of(request).database.read() as session:
        is_done = bool(gjort) and has_done(session, gjort, Verb.ENROL, person.email)
        done = {"reference": gjort, "visible": visible(session, person.scope, gjort)} if is_done else None
    return _form(request, person, Typed(), done=done)


@router.post("/cpr")
def check_number(request: Request, person: Enrols, cpr: Text = "") -> Response:
    """What there is to say of a number that is being typed: the part of the page below its field."""
    if not cpr.strip():
        return page(request, "_number.html", person, problem="", remark=None, found=None, fine=False)
    try:
        number = numbers.normalise(cpr)
        found = found_by(state_of(request), person, number)
    except Refused as refused:
        return page(request, "_number.html", person, problem=refused.reasons[0], remark=None, found=None, fine=False)
    return page(request, "_number.html", person, problem="", remark=about_number(number), found=found, fine=True)


@router.post("")
def check(request: Request, person: Enrols, typed: Annotated[Typed, Form()]) -> Response:
    """Tries it, and shows what would be saved and who it is about."""
    state = state_of(request)
    command_id = new_command_id()
    applicant, found = typed.applicant(), None
    try:
        found = _found(state, person, applicant.cpr)
        with state.database.rehearse() as session:
            keyring = keyring_of(session, state.key_file)
            by, reach = state.signed(person), person.scope.reach()
            answer = enrol(session, keyring, typed.pathway, applicant, by, reach)
            stays = visible(session, person.scope, answer["enrolment"])
            title, names = newest(session, typed.pathway).title, {p["staff"]: p["name"] for p in staff(session)}
    except Refused as refused:
        return _form(request, person, typed, status=422, reasons=refused.reasons, found=found)
    number = numbers.normalise(applicant.cpr)
    sealed = seal(keyring, person, command_id, state.now(), {**typed.form, "cpr": number})
    return page(
        request,
        "enrol_check.html",
        person,
        form=typed.form,
        applicant=replace(applicant, cpr=numbers.MASK),
        pathway=title,
        coordinator=names.get(applicant.coordinator, applicant.coordinator),
        born=numbers.birth_date(number),
        notices=answer["notices"],
        changed=[DETAIL[name] for name in answer["changed"]],
        found=found,
        stays=stays,
        command_id=command_id,
        sealed=sealed,
    )


@router.post("/bekraeft")
def confirm(request: Request, person: Enrols, command_id: Text = "", sealed: Text = "") -> Response:
    state = state_of(request)
    typed = Typed()
    try:
        typed = Typed(**_unsealed(request, person, command_id, sealed))
        with state.writes(person) as session:
            keyring = keyring_of(session, state.key_file)
            by, reach = state.signed(person, command_id), person.scope.reach()
            answer = enrol(session, keyring, typed.pathway, typed.applicant(), by, reach)
    except Refused as refused:
        return _form(request, person, typed, status=422, reasons=refused.reasons)
    return RedirectResponse(f"/indskriv?gjort={answer['enrolment']}", status_code=303)


@router.post("/ret")
def change(request: Request, person: Enrols, command_id: Text = "", sealed: Text = "") -> Response:
    """Back to the form, with what was typed in it. The CPR number has to be typed again."""
    try:
        typed = Typed(**_unsealed(request, person, command_id, sealed))
    except Refused as refused:
        return _form(request, person, Typed(), status=422, reasons=refused.reasons)
    return _form(request, person, typed)


def _found(state: State, person: Person, cpr: str) -> Known | None:
    """Who has this number; nobody when it is none, which `enrol` says together with what else is wrong."""
    try:
        number = numbers.normalise(cpr)
    except Refused:
        return None
    return found_by(state, person, number)


def _unsealed(request: Request, person: Person, command_id: str, sealed: str) -> dict[str, str]:
    state = state_of(request)
    with state.database.read() as session:
        keyring = keyring_of(session, state.key_file)
    return unseal(keyring, person, command_id, state.now(), sealed)


def _form(
    request: Request,
    person: Person,
    typed: Typed,
    *,
    status: int = 200,
    reasons: tuple[str, ...] = (),
    found: Known | None = None,
    done: dict[str, Any] | None = None,
) -> Response:
    """The form, with what was typed; and where nothing was yet, with what is likely."""
    with state_of(request).database.read() as session:
        people = [p for p in staff(session) if p["active"] and p["role"] == "coordinator"]
        values: dict[str, Any] = {
            "pathways": [(key, newest(session, key).title) for key in known_keys(session)],
            "areas": [(name, name) for name in areas(session)],
            "coordinators": [(p["staff"], p["name"]) for p in people],
        }
    has_typed = bool(typed.model_fields_set)
    if not has_typed:
        me = next((p for p in people if p["staff"] == person.email), None)
        typed = Typed(
            starts_on=state_of(request).today().isoformat(),
            coordinator=me["staff"] if me else "",
            area=me["areas"][0] if me and len(me["areas"]) == 1 else "",
        )
    problem = {"form": "indskriv", "reasons": reasons} if reasons else None
    values |= {"typed": typed.form, "problem": problem, "found": found, "done": done, "retype": has_typed}
    return page(request, "enrol.html", person, status=status, **values)
