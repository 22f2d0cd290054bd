"""Min adgang: where somebody is signed in, the tokens by which programs act in their name, and their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from engine.refusal import Refused
from onboarding import calendar_feeds, sign_ins, tokens
from web.asked import RowNumber
from web.guard import HasCalendar, SignedIn
from web.permissions import Permission, Person, chosen, may_be_given
from web.render import page
from web.state import state_of

router = APIRouter(prefix="/mig")

Text = Annotated[str, Form()]


_DONE = {
    "tilbagekaldt": "Adgangsnøglen er tilbagekaldt.",
    "kalender": "Kalenderens adresse er tilbagekaldt. Den virker ikke mere.",
    "browser": "Browseren er logget af.",
    "andre": "Du er logget af alle andre steder end her.",
}


@router.get("")
def shown(request: Request, person: SignedIn, gjort: str = "") -> Response:
    return _page(request, person, done=_DONE.get(gjort, ""))


@router.post("/browsere/log-af")
def browser_ended(request: Request, person: SignedIn, browser: Text = "") -> Response:
    state = state_of(request)
    try:
        with state.database.write() as session:
            sign_ins.end_one(session, person.scope.staff_id, browser, by=person.email, at=state.now())
    except Refused as refused:
        return _page(request, person, status=422, refused=("browsere", refused.reasons))
    return RedirectResponse("/mig?gjort=browser", status_code=303)


@router.post("/browsere/andre")
def others_ended(request: Request, person: SignedIn) -> Response:
    state = state_of(request)
    with state.database.write() as session:
        here = request.cookies[state.cookie]
        sign_ins.end_others(session, person.scope.staff_id, here, by=person.email, at=state.now())
    return RedirectResponse("/mig?gjort=andre", status_code=303)


@router.post("/noegler")
def made(
    request: Request,
    person: SignedIn,
    name: Text = "",
    scope: Annotated[Sequence[str], Form()] = (),
    days: Text = "",
) -> Response:
    """The answer shows the secret, and no page does again: so there is no way on to another address."""
    state = state_of(request)
    try:
        with state.database.write() as session:
            owner, scopes = tokens.owner(session, person.email), chosen(person.role, scope)
            issued = tokens.issue(session, owner, name, scopes, _number(days), by=person.email, at=state.now())
    except Refused as refused:
        typed = {"name": name, "scopes": scope, "days": days}
        return _page(request, person, status=422, refused=("noegle", refused.reasons), typed=typed)
    return _page(request, person, issued=issued)


@router.post("/noegler/{token}/tilbagekald")
def revoked(request: Request, token: RowNumber, person: SignedIn) -> Response:
    state = state_of(request)
    try:
        with state.database.write() as session:
            tokens.revoke(session, token, by=person.email, at=state.now(), of=person.scope.staff_id)
    except Refused as refused:
        return _page(request, person, status=422, refused=("noegler", refused.reasons))
    return RedirectResponse("/mig?gjort=tilbagekaldt", status_code=303)


@router.post("/kalender")
def address_made(request: Request, person: HasCalendar) -> Response:
    """As with a token: the answer shows the address, and no page does again."""
    state = state_of(request)
    try:
        with state.database.write() as session:
            issued = calendar_feeds.issue(session, person.email, by=person.email, at=state.now())
    except Refused as refused:
        return _page(request, person, status=422, refused=("kalender", refused.reasons))
    return _page(request, person, address=issued.address(state.public_url))


@router.post("/kalender/tilbagekald")
def address_revoked(request: Request, person: HasCalendar) -> Response:
    state = state_of(request)
    try:
        with state.database.write() as session:
            calendar_feeds.revoke(session, person.email, by=person.email, at=state.now())
    except Refused as refused:
        return _page(request, person, status=422, refused=("kalender", refused.reasons))
    return RedirectResponse("/mig?gjort=kalender", status_code=303)


def _number(text: str) -> int:
    """A number of days; one that cannot be for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _page(
    request: Request,
    person: Person,
    *,
    status: int = 200,
    done: str = "",
    refused: tuple[str, tuple[str, ...]] | None = None,
    typed: dict[str, Any] | None = None,
    issued: tokens.Issued | None = None,
    address: str = "",
) -> Response:
    state = state_of(request)
    at, secret = state.now(), request.cookies[state.cookie]
    with state.database.read() as session:
        browsers = sign_ins.browsers(session, person.scope.staff_id, secret, at)
        held = tokens.listed(session, person.email)
        feed = calendar_feeds.of(session, person.scope.staff_id) if person.may(Permission.CALENDAR) else None
    blank: dict[str, Any] = {"name": "", "scopes": (), "days": str(tokens.USUAL_DAYS)}
    return page(
        request,
        "own.html",
        person,
        status=status,
        browsers=browsers,
        tokens=held,
        scopes=may_be_given(person.role),
        typed=typed or blank,
        most_days=tokens.MOST_DAYS,
        longest_name=tokens.LONGEST_NAME,
        now=at,
        done=done,
        problem={"form": refused[0], "reasons": refused[1]} if refused else None,
        issued=issued,
        feed=feed,
        address=address,
    )
