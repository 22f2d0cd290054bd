"""Fortryd en indlæsning: what taking a list back would do, before it does it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from engine.refusal import Refused
from onboarding.pathways import newest
from onboarding.signed import new_command_id
from onboarding.undo_import import undo_import
from reports.list_imports import list_imports
from web.asked import RowNumber
from web.guard import Enrols, NotFound
from web.permissions import Person
from web.render import page
from web.state import state_of

router = APIRouter(prefix="/lister/{number}/fortryd")


@router.get("")
def ask(request: Request, person: Enrols, number: RowNumber) -> Response:
    """Tries it; nothing is saved."""
    state, run = state_of(request), _import(request, person, number)
    try:
        with state.database.rehearse() as session:
            result = undo_import(session, number, state.signed(person))
    except Refused as refused:
        return _page(request, person, run, reasons=refused.reasons)
    return _page(request, person, run, result=result)


@router.post("")
def confirm(request: Request, person: Enrols, number: RowNumber, command_id: Annotated[str, Form()] = "") -> Response:
    state, run = state_of(request), _import(request, person, number)
    try:
        with state.writes(person) as session:
            undo_import(session, number, state.signed(person, command_id))
    except Refused as refused:
        return _page(request, person, run, status=422, reasons=refused.reasons)
    return RedirectResponse(f"/lister?fortrudt={number}", status_code=303)


def _import(request: Request, person: Person, number: int) -> dict[str, Any]:
    """The import, if this person may see it and everybody whom it enrolled. Raises `NotFound`."""
    with state_of(request).database.read() as session:
        found = list_imports(session, person.scope, person.email, only=number)
        if not found or not found[0]["covered"]:
            raise NotFound
        return found[0] | {"title": newest(session, found[0]["pathway"]).title}


def _page(
    request: Request,
    person: Person,
    run: dict[str, Any],
    *,
    status: int = 200,
    reasons: tuple[str, ...] = (),
    result: dict[str, Any] | None = None,
) -> Response:
    problem = {"form": "fortryd", "reasons": reasons} if reasons else None
    values: dict[str, Any] = {"run": run, "problem": problem, "result": result, "command_id": new_command_id()}
    return page(request, "list_undo.html", person, status=status, **values)
