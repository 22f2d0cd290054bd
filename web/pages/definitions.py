"""Forløbsdefinitioner: each published version of a pathway as a drawing with who is where, and as tables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from onboarding.pathways import known_keys, versions
from reports.board import board
from reports.definition import definition
from web.drawing import draw
from web.guard import NotFound, Pathways
from web.permissions import Permission, Person
from web.render import page
from web.state import state_of

router = APIRouter(prefix="/definitioner")


@router.get("")
def every_version(request: Request, person: Pathways) -> Response:
    with state_of(request).database.read() as session:
        published = {key: versions(session, key) for key in known_keys(session)}
    return page(request, "definitions.html", person, published=published)


@router.get("/{pathway}/{version}")
def one_version(
    request: Request, pathway: str, version: Annotated[int, Path(ge=1, le=10**6)], person: Pathways
) -> Response:
    with state_of(request).database.read() as session:
        published = versions(session, pathway) if pathway in known_keys(session) else {}
        if version not in published:
            raise NotFound
        counts = _counts(request, session, pathway, person)
    shown = published[version]
    in_words = {key: f"{count['open']} i gang, {count['paused']} på pause" for key, count in counts.items()}
    return page(
        request,
        "definition.html",
        person,
        pathway=shown,
        versions=published,
        drawing=draw(shown, in_words),
        counts=counts,
        said=definition(shown),
    )


def _counts(request: Request, session: Session, pathway: str, person: Person) -> dict[str, Any]:
    """How many of the person's cases are in each stage; nothing for whoever sees no cases."""
    if not person.may(Permission.SEE_CASES):
        return {}
    made = board(session, pathway, state_of(request).today(), person.scope)
    return {stage["stage"]: stage for stage in made["stages"]}
