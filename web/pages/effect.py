"""Beskeder, »Virker beskederne?«: how often somebody did something in the week after a reminder."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onboarding.pathways import known_keys, newest
from reports.effect import effect
from reports.period import usual
from web.asked import Typed, as_query
from web.guard import NotFound, Reports
from web.render import page
from web.state import state_of

router = APIRouter(prefix="/beskeder/virkning")


@router.get("")
def first(request: Request, _person: Reports) -> Response:
    with state_of(request).database.read() as session:
        return RedirectResponse(f"/beskeder/virkning/{known_keys(session)[0]}", status_code=303)


@router.get("/{pathway}")
def shown(request: Request, pathway: str, typed: Typed, person: Reports, udskrift: str = "") -> Response:
    """The figures; for paper (`udskrift`), without what is not to leave. There are none of a period that cannot be
    understood.
    """
    state = state_of(request)
    on, found = state.today(), {}
    with state.database.read() as session:
        pathways = {key: newest(session, key) for key in known_keys(session)}
        if pathway not in pathways:
            raise NotFound
        if not typed.problems:
            period, leaves = typed.understood(), udskrift == "ja"
            heard = effect(session, pathway, state.now(), person.scope, period, leaves=leaves)
            is_empty = all(one.shown["sent"] == one.shown["too_early"] == "0" for one in heard)
            found = {"heard": heard, "is_empty": is_empty, "period": period, "leaves": leaves}
            found |= {"query": as_query(period), "when": period.in_words()}
    without: dict[str, Any] = {"leaves": False, "period": None, "query": ""}
    return page(
        request,
        "effect.html",
        person,
        status=422 if typed.problems else 200,
        pathway=pathway,
        pathways=pathways,
        on=on,
        typed=typed,
        choices=[(title, one, as_query(one)) for title, one in usual(on).items()],
        **without | found,
    )
