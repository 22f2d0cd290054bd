"""Forløb: the board and the table of a pathway. Sagen is a page of its own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onboarding.pathways import known_keys
from reports.board import board as make_board
from reports.caseload import Wanted, cases
from web.guard import NotFound, SeesCases
from web.render import page
from web.state import state_of

router = APIRouter()

_CARDS = 12


@router.get("/forloeb")
def first(request: Request, _person: SeesCases) -> Response:
    with state_of(request).database.read() as session:
        return RedirectResponse(f"/forloeb/{known_keys(session)[0]}", status_code=303)


@router.get("/forloeb/{pathway}")
def board(request: Request, pathway: str, person: SeesCases) -> Response:
    state = state_of(request)
    on = state.today()
    with state.database.read() as session:
        if pathway not in known_keys(session):
            raise NotFound
        made = make_board(session, pathway, on, person.scope)
        for stage in made["stages"]:
            wanted = Wanted(pathway=pathway, stage=stage["stage"])
            stage["cases"] = cases(session, person.scope, wanted, on, limit=_CARDS)
    return page(request, "board.html", person, board=made, on=on)
