"""Sagen: one case, whole. What can be done to it is in `web.pages.acting`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine import kinds
from engine.history import Verb
from engine.reasons import ELSEWHERE_REASONS, SNOOZE_REASONS
from engine.refusal import Refused
from engine.reminders import rungs_of
from engine.snoozing import LONGEST_SNOOZE
from models.keys import Keyring
from onboarding import looks
from onboarding.past import Past
from onboarding.pathways import known_keys, newest
from onboarding.pause import usual_review
from onboarding.signed import new_command_id
from onboarding.staffing import areas, colleagues
from onboarding.store import Loaded, NoSuchCase
from onboarding.undo import foresee
from reports.case import broken_off, standing, way
from reports.checklist import checklist
from reports.person import cpr_of
from reports.person import person as person_behind
from reports.receipt import has_done
from reports.timeline import done_by, last_change, timeline
from reports.undone import begun_by_transfer, just_undone, to_be_undone
from web.asked import number
from web.deeds import receipt
from web.guard import SeesCases, within
from web.kept import Answered, fields
from web.permissions import Permission, Person
from web.render import page
from web.state import state_of
from web.words import typed_words

router = APIRouter(prefix="/sag/{reference}")

#: In which part of the page each form stands, and in which statuses of the case it is there.
_GOING_ON = ("open", "paused")
_PLACES = {
    "milepael": ("milepaele", _GOING_ON),
    "traek-tilbage": ("milepaele", _GOING_ON),
    "flyt": ("videre", ("open",)),
    "pause": ("pause", ("open",)),
    "forlaeng": ("forlaeng", ("paused",)),
    "genoptag": ("videre", ("paused",)),
    "udsaet": ("udsaet", _GOING_ON),
    "andetsteds": ("andetsteds", _GOING_ON),
    "ryk-igen": ("ryk-igen", _GOING_ON),
    "frafald": ("frafald", _GOING_ON),
    "overfoer": ("overfoer", _GOING_ON),
    "overdrag": ("overdrag", _GOING_ON),
    "fortryd": ("fortryd", (*_GOING_ON, "ended")),
}
#: Which list the reason of a form is from.
_REASONS = {
    "pause": "pause_reasons",
    "forlaeng": "pause_reasons",
    "udsaet": "snooze_reasons",
    "andetsteds": "elsewhere_reasons",
}
#: For how long reminders rest, if nobody says otherwise.
_USUAL_SNOOZE = timedelta(weeks=2)
#: How much of the history is shown before the rest is asked for.
_LATEST = 6


@router.get("")
def case(request: Request, reference: str, person: SeesCases, gjort: str = "", udgave: str = "") -> Response:
    """`gjort` is the id of the command that led here, and `udgave` the revision that it left."""
    try:
        return opened(request, person, reference, done=(gjort, number(udgave)))
    except NoSuchCase:
        with state_of(request).database.read() as session:
            if not gjort or not has_done(session, reference, Verb.ASSIGN, person.email, gjort):
                raise
        text = "Det hører nu til et værtsområde, som du ikke har adgang til. Den nye koordinator får besked."
        return page(request, "message.html", person, title="Forløbet er overdraget", text=text)


@router.post("/formaal")
def say_why(request: Request, reference: str, person: SeesCases, answered: Annotated[Answered, Form()]) -> Response:
    state = state_of(request)
    said = answered.said() if answered.refused in _PLACES and person.may(Permission.ACT) else {}
    with state.database.read() as session:
        reference = within(session, reference, person).row.reference
    try:
        with state.database.write() as session:
            looks.say_why(session, person.email, reference, answered.purpose, state.now())
    except Refused as refused:
        return _asked_why(request, person, reference, said | {"status": 422}, refused.reasons[0])
    if said:
        return opened(request, person, reference, **said)
    return RedirectResponse(f"/sag/{reference}", status_code=303)


@router.post("/cpr")
def show_cpr(request: Request, reference: str, person: SeesCases) -> Response:
    return opened(request, person, reference, with_cpr=True)


def _read(session: Session, loaded: Loaded, person: Person, on: date) -> dict[str, Any]:
    """Everything that the page shows this person of a case."""
    past, staff = Past.of(session, loaded), colleagues(session)
    shown = standing(session, loaded, past, on, person.scope.covers())
    walked = way(shown)
    found: dict[str, Any] = {
        "case": shown,
        "way": walked,
        "broken_off": broken_off(loaded, walked),
        "candidate": person_behind(session, loaded),
        "milestones": checklist(loaded, on),
        "timeline": timeline(session, loaded, past),
        "undone": just_undone(loaded, past),
        "names": {colleague.email: colleague.name for colleague in staff},
    }
    if person.may("act"):
        found |= _choices(session, loaded, on) | _taking_back(session, loaded, past, on)
        came = shown["previous"]
        found["undo_there"] = came if came and begun_by_transfer(session, loaded, past) else None
        found["coordinators"] = [(colleague.email, colleague.name) for colleague in staff if colleague.coordinates]
    return found


def _choices(session: Session, loaded: Loaded, on: date) -> dict[str, Any]:
    """What the forms let somebody choose from, and what is chosen already."""
    pathway, lasting = loaded.pathway, loaded.case.open_pause
    return {
        "pause_reasons": pathway.pause_reasons,
        "pause_reason": lasting.reason if lasting else "",
        "review_on": usual_review(on, lasting.review_on if lasting else None),
        "snooze_reasons": SNOOZE_REASONS,
        "elsewhere_reasons": ELSEWHERE_REASONS,
        "snooze_until": on + _USUAL_SNOOZE,
        "snooze_latest": LONGEST_SNOOZE.after(on),
        "can_snooze": bool(rungs_of(pathway, loaded.case)),
        "dropout_reasons": pathway.dropout_reasons,
        "others": {key: newest(session, key).title for key in known_keys(session) if key != pathway.key},
        "areas": areas(session),
    }


def _taking_back(session: Session, loaded: Loaded, past: Past, on: date) -> dict[str, Any]:
    """What »Fortryd« would take back, or every reason why it cannot."""
    try:
        return {"undo": to_be_undone(loaded, foresee(session, loaded, past, on)), "no_undo": ()}
    except Refused as refused:
        return {"undo": None, "no_undo": refused.reasons}


def opened(request: Request, person: Person, reference: str, *, with_cpr: bool = False, **said: Any) -> Response:
    """The case, if this person may see it, and the look noted; or the question what they look at it for.

    Whatever shows a case comes through here. Raises `NoSuchCase`.
    """
    state = state_of(request)
    with state.database.read() as session:
        loaded = within(session, reference, person)
        reference = loaded.row.reference
        purpose = looks.purpose_for(session, loaded, person.scope.staff_id, person.email, state.today())
        if purpose is None:
            return _asked_why(request, person, reference, said)
        found = _read(session, loaded, person, state.today())
        if with_cpr:
            found["candidate"] |= {"cpr": cpr_of(session, Keyring.read(state.key_file), loaded)}
    note = looks.show_cpr if with_cpr else looks.look
    with state.database.write() as session:  # before anything is shown: a look that is not noted is none
        note(session, person.email, reference, purpose, state.now())
    return _page(request, person, found, **said)


def _asked_why(
    request: Request, person: Person, reference: str, said: dict[str, Any], unanswered: str = ""
) -> Response:
    """The question what the case is looked at for; and why something was not done, when that was to be shown: what was
    typed then waits in the page. `unanswered` says that there is no answer yet.
    """
    refused = said.get("problem")
    return page(
        request,
        "purpose.html",
        person,
        status=said.get("status", 200),
        reference=reference,
        purposes=looks.PURPOSES,
        refused=refused["reasons"] if refused else (),
        typed=bool(said.get("typed")),
        unanswered=unanswered,
        kept=fields(refused, said.get("typed")),
    )


def _page(
    request: Request,
    person: Person,
    found: dict[str, Any],
    *,
    status: int = 200,
    done: tuple[str, int | None] = ("", None),
    problem: dict[str, Any] | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    on = state_of(request).today()
    return page(
        request,
        "case.html",
        person,
        status=status,
        on=on,
        done=_receipt(found, person, *done),
        latest=_LATEST,
        problem=problem,
        **_conflict(found, problem, typed or {}),
        typed=defaultdict(str, typed or {}),
        command_id=new_command_id(),
        may_act=person.may("act"),
        **found,
    )


def _receipt(found: dict[str, Any], person: Person, command_id: str, revision: int | None) -> dict[str, Any] | None:
    """What this person has just done, in `words`, and what it took back (`undone`); None once somebody has done
    something else.
    """
    done = done_by(found["timeline"], command_id, person.email)
    if not done or revision != found["case"]["revision"]:
        return None
    took_back = any(entry.get("action") in (Verb.UNDO, kinds.PROLONGING_UNDONE) for entry in done)
    return {"words": receipt(done, found["case"]), "undone": found["undone"] if took_back else None}


def _conflict(found: dict[str, Any], problem: dict[str, Any] | None, typed: dict[str, Any]) -> dict[str, Any]:
    """What somebody else did meanwhile, when that is why it was refused, where the form is now, if it still is, and
    what was typed in it (`kept`).
    """
    if problem is None or not problem["conflict"]:
        return {"changed": (), "place": None}
    place, statuses = _PLACES[problem["form"]]
    there = found["case"]["status"] in statuses and (place != "ryk-igen" or found["case"]["snooze"])
    titles = {
        "milestone": {one["milestone"]: one["title"] for one in found["milestones"]},
        "value": {key: title for one in found["milestones"] for key, title in one["values"].items()},
        "reason": found[_REASONS.get(problem["form"], "dropout_reasons")],
        "coordinator": found["names"],
        "to": found["others"],
    }
    kept = typed_words(typed, titles)
    return {"changed": last_change(found["timeline"]), "place": place if there else None, "kept": kept}
