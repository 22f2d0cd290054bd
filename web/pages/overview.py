"""Overblik: what needs somebody's attention, and how many are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine.pathway import Pathway, Step
from engine.plan import DUE_SOON_DAYS
from onboarding.outages import outages
from onboarding.pathways import known_keys, newest, versions
from reports.attention import NextAction, incidents, next_action
from reports.board import stages_of, tally
from reports.caseload import Wanted, cases_of_each
from reports.messages import undelivered
from web.guard import SignedIn
from web.permissions import Permission
from web.render import MENU, page
from web.state import state_of
from web.words import called

router = APIRouter()

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Attention:
    """One thing that needs it: which cases, and what can be done about each."""

    key: str
    title: str
    wanted: Wanted

    def ways(self, steps: Sequence[Step]) -> tuple[tuple[str, str], ...]:
        """The words, and the part of the case's page, for somebody whom these steps would take on."""
        if self.wanted.forgotten:
            return ("Genoptag", "videre"), ("Forlæng", "forlaeng")
        return (_WAYS[next_action(steps, late=self.wanted.overdue)],)


_WAYS = {NextAction.MOVE: ("Flyt videre", "videre"), NextAction.RECORD: ("Registrér milepæl", "milepaele")}
_ATTENTION = (
    _Attention("over_tid", "Over tid", Wanted(overdue=True)),
    _Attention("frist", f"Frist inden for {DUE_SOON_DAYS} dage", Wanted(due_soon=True)),
    _Attention("pauser", "Pauser, der skal følges op", Wanted(forgotten=True)),
)


@router.get("/")
def overview(request: Request, person: SignedIn) -> Response:
    if not person.may(Permission.SEE_CASES):
        return RedirectResponse(next(href for _, href, needed in MENU if person.may(needed)), status_code=303)
    state = state_of(request)
    on = state.today()
    with state.database.read() as session:
        counted = tally(session, on, person.scope)
        found = cases_of_each(session, person.scope, [one.wanted for one in _ATTENTION], on, limit=_SHOWN)
        lasting = outages(session)
        dead, undecided = (wrong(session, person.scope, _SHOWN) for wrong in (undelivered, incidents))
        funnels: list[dict[str, Any]] = [
            {"pathway": key, "title": newest(session, key).title, "stages": stages_of(session, key, counted)}
            for key in known_keys(session)
        ]
        published = {key: versions(session, key) for key in known_keys(session)}
    for message in dead[1]:
        pathway = published[message["pathway"]][message["version"]] if message["pathway"] else None
        message["called"] = called(pathway, message["kind"])
    sections = [_section(one, *cases, published) for one, cases in zip(_ATTENTION, found, strict=True)]
    return page(
        request,
        "overview.html",
        person,
        sections=sections,
        dead=dead,
        undecided=undecided,
        attention=sum(section["count"] for section in sections) + dead[0] + undecided[0] + len(lasting),
        outages=lasting,
        funnels=funnels,
        on=on,
        soon=DUE_SOON_DAYS,
        may_act=person.may(Permission.ACT),
        may_resend=person.may(Permission.RESEND),
        may_read_messages=person.may(Permission.MESSAGES),
    )


def _section(
    about: _Attention, count: int, cases: list[dict[str, Any]], published: Mapping[str, Mapping[int, Pathway]]
) -> dict[str, Any]:
    """Those that need it for one reason, each with its ways."""
    for case in cases:
        steps = published[case["pathway"]][case["version"]].steps_from.get(case["stage"], ())
        case["ways"] = about.ways(steps)
    return {"about": about, "count": count, "cases": cases}


@router.get("/uden-cpr")
def searched_by_cpr(request: Request, person: SignedIn) -> Response:
    """Where a search for a CPR number leads, to an address without it."""
    text = "Et CPR-nummer må ikke stå i en adresse, så der er ikke søgt. Søg på navn eller reference, fx »IM-0042«."
    return page(request, "message.html", person, title="Søg ikke på CPR-numre", text=text)
