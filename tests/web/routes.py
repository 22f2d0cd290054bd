"""Every route there is, and what each asks for: read off the program, so that a new one is walked by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import Mount

from tests.municipality import PATHWAYS
from web.api.app import OPEN as OPEN_TO_PROGRAMS
from web.api.guard import ByToken
from web.guard import _Allowed
from web.pages.calendar import OPEN as OPEN_TO_CALENDARS
from web.pages.signing_in import OPEN as OPEN_TO_PEOPLE
from web.permissions import Permission

OPEN = OPEN_TO_PEOPLE | OPEN_TO_PROGRAMS | OPEN_TO_CALENDARS

#: What stands in an address for each of its parts. Whatever is not named here is a number.
_PARTS = {
    "pathway": "immigrant_track",
    "reference": "IM-0001",
    "version": str(PATHWAYS["immigrant_track"].version),
}


@dataclass(frozen=True, slots=True)
class Route:
    """`asked` are the permissions that it asks for and `fields` what its form has, itself or by what it depends on.

    `by_token`: it is a program's and not a page.
    """

    method: str
    path: str
    asked: frozenset[Permission]
    fields: frozenset[str]
    by_token: bool

    @property
    def address(self) -> str:
        return re.sub(r"{(\w+)(:\w+)?}", lambda part: _PARTS.get(part[1], "1"), self.path)

    @property
    def is_open(self) -> bool:
        return self.path in OPEN


def routes(app: FastAPI, below: str = "") -> list[Route]:
    """Every route and each of its methods, those of the API too; not the files that belong to a release."""
    found = list(iter_route_contexts(app.routes))
    mounted = [one.original_route for one in found if isinstance(one.original_route, Mount)]
    found = [one for one in found if not isinstance(one.original_route, Mount)]
    unknown = [one.path for one in found if not isinstance(one.original_route, APIRoute)]
    assert unknown == [], "a kind of route that this walk does not know"
    inside = [(mount.path, mount.app) for mount in mounted if isinstance(mount.app, FastAPI)]
    return [
        *(_route(below, one, method) for one in found for method in sorted(one.methods or ())),
        *(route for path, api in inside for route in routes(api, below + path)),
    ]


def _route(below: str, one: RouteContext, method: str) -> Route:
    gates = list(_gates(one.dependant))
    return Route(
        method,
        f"{below}{one.path}",
        frozenset(gate.permission for gate in gates),
        frozenset(_fields(one.dependant)),
        by_token=any(isinstance(gate, ByToken) for gate in gates),
    )


def _gates(dependant: Dependant) -> Iterator[_Allowed | ByToken]:
    if isinstance(dependant.call, _Allowed | ByToken):
        yield dependant.call
    for below in dependant.dependencies:
        yield from _gates(below)


def _fields(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.body_params)
    for below in dependant.dependencies:
        yield from _fields(below)


def forgotten(app: FastAPI) -> list[str]:
    """Routes that anybody could use, and of which nobody said that anybody may."""
    return [route.path for route in routes(app) if not route.asked and not route.is_open]
