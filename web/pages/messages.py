"""Beskeder: what was sent, to whom and how it went; and sending again what was given up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine.refusal import Refused
from models.message import State
from onboarding.outages import outages
from onboarding.outbox import resend
from onboarding.pathways import known_keys, versions
from reports.messages import Chosen, message_covered, outbox, outbox_count
from reports.words import why_unsent
from web.asked import RowNumber, page_number
from web.asked import number as number_of
from web.guard import Messages, NotFound, Resends
from web.permissions import Permission, Person
from web.render import page
from web.state import state_of
from web.words import called

router = APIRouter(prefix="/beskeder")
_ROWS = 50


@router.get("")
def shown(
    request: Request, person: Messages, tilstand: str = "", soeg: str = "", samlet: str = "", side: str = "1"
) -> Response:
    """`samlet` is the digest whose messages are to be seen one by one."""
    return _page(request, person, tilstand, soeg, side, samlet)


@router.post("/{message}/send-igen")
def again(request: Request, message: RowNumber, person: Resends, tilstand: str = "", soeg: str = "") -> Response:
    state = state_of(request)
    try:
        with state.writes(person) as session:
            if not message_covered(session, person.scope, message):
                raise NotFound
            resend(session, [message], state.now())
    except Refused:
        problem = "Beskeden er ikke opgivet længere, så den er ikke sendt igen. Se, hvordan det gik, i listen."
        return _page(request, person, tilstand, soeg, "1", problem=problem)
    asked = {"tilstand": tilstand, "soeg": soeg, "gjort": str(message)}
    return RedirectResponse(f"/beskeder?{urlencode({k: v for k, v in asked.items() if v})}", status_code=303)


def _page(
    request: Request,
    person: Person,
    tilstand: str,
    soeg: str,
    side: str,
    samlet: str = "",
    problem: str = "",
) -> Response:
    chosen = _chosen(tilstand, soeg.strip()[:20], number_of(samlet))
    problem = problem or _not_found(chosen, tilstand, samlet)
    number = page_number(side)
    state = state_of(request)
    with state.database.read() as session:
        total = outbox_count(session, person.scope, chosen)
        number = max(1, min(number, -(-total // _ROWS)))  # the last page, when an address asks for one behind it
        rows = outbox(session, person.scope, chosen, limit=_ROWS, offset=_ROWS * (number - 1))
        _name(session, rows)
        lasting = outages(session)
    asked = {"tilstand": chosen.state or "", "soeg": chosen.search, "samlet": chosen.of_digest or ""}
    return page(
        request,
        "messages.html",
        person,
        status=422 if problem else 200,
        rows=rows,
        outages=lasting,
        now=state.now(),
        total=total,
        states=list(State),
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        side=number,
        pages=-(-total // _ROWS),
        problem=problem,
        done=request.query_params.get("gjort", ""),
        may_resend=person.may(Permission.RESEND),
        may_see=person.may(Permission.SEE_CASES),
    )


def _not_found(chosen: Chosen, tilstand: str, samlet: str) -> str:
    """What was asked for and is not there; nothing when all is."""
    if tilstand and chosen.state is None:
        return "Tilstanden findes ikke, så alle beskeder vises. Vælg en af dem, der er."
    if samlet and chosen.of_digest is None:
        return "Oversigten findes ikke, så alle beskeder vises."
    return ""


def _name(session: Session, rows: list[dict[str, Any]]) -> None:
    """Gives each message what it is `called`, and `why` it was not sent."""
    pathways = {key: versions(session, key) for key in known_keys(session)}
    for row in rows:
        pathway = pathways[row["pathway"]][row["version"]] if row["pathway"] else None
        row["called"] = called(pathway, row["kind"])
        row["why"] = why_unsent((row["digest"] or row)["reason"])


def _chosen(state: str, search: str, of_digest: int | None) -> Chosen:
    """What was told in one message is in one line, unless somebody looks for it."""
    found = State(state) if state in list(State) else None
    looked_for = bool(search) or of_digest is not None or found is State.GATHERED
    return Chosen(state=found, search=search, of_digest=of_digest, folded=not looked_for)
