"""Overblik: what needs somebody's attention, and how many are where."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onboarding.pathways import known_keys
from reports.attention import incidents, undelivered
from reports.board import board
from reports.caseload import Wanted, cases, count
from web.guard import SignedIn
from web.permissions import Permission
from web.render import MENU, page
from web.state import state_of

router = APIRouter()

_SHOWN = 5

#: What needs attention: its heading, which cases, and what is to be done about each.
_ATTENTION = (
    ("over_tid", "Over tid", Wanted(overdue=True), "Flyt videre, sæt på pause, eller registrér frafald."),
    ("frist", "Frist inden for 14 dage", Wanted(due_soon=True), "Registrér de milepæle, der er nået."),
    ("pauser", "Pauser, der skal følges op", Wanted(forgotten=True), "Genoptag, eller sæt en ny dato."),
)


@router.get("/")
def overview(request: Request, person: SignedIn) -> Response:
    if not person.may(Permission.SEE_CASES):
        return RedirectResponse(next(href for _, href, needed in MENU if person.may(needed)), status_code=303)
    state = state_of(request)
    on = state.today()
    with state.database.read() as session:
        sections: list[dict[str, Any]] = [
            {
                "key": key,
                "title": title,
                "advice": advice,
                "count": count(session, person.scope, wanted, on),
                "cases": cases(session, person.scope, wanted, on, limit=_SHOWN),
            }
            for key, title, wanted, advice in _ATTENTION
        ]
        dead, undecided = (wrong(session, person.scope, _SHOWN) for wrong in (undelivered, incidents))
        funnels = [board(session, key, on, person.scope) for key in known_keys(session)]
    titles = {stage["stage"]: stage["title"] for funnel in funnels for stage in funnel["stages"]}
    return page(
        request,
        "overview.html",
        person,
        sections=sections,
        dead=dead,
        undecided=undecided,
        attention=sum(section["count"] for section in sections) + dead[0] + undecided[0],
        funnels=funnels,
        titles=titles,
        on=on,
    )
