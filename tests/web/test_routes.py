"""A walk over every route there is: who is let in, who is not, and that none was forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from models.staff import Role
from models.transition import TransitionRow
from tests.conftest import NewMunicipality
from tests.municipality import SYD, Municipality
from tests.web.site import Site, Visitor, app_of, served
from web.guard import _Allowed
from web.pages.signing_in import OPEN
from web.permissions import _ROLE_MAY, Permission

#: What stands in an address for each of its parts. Whatever is not named here is a number.
_PARTS = {"pathway": "immigrant_track", "reference": "IM-0001"}

every_role = pytest.mark.parametrize("role", list(Role))


@dataclass(frozen=True, slots=True)
class Route:
    """`asked` are the permissions that it asks for and `fields` what its form has, itself or by what it depends on."""

    method: str
    path: str
    asked: frozenset[Permission]
    fields: frozenset[str]

    @property
    def address(self) -> str:
        return re.sub(r"{(\w+)(:\w+)?}", lambda part: _PARTS.get(part[1], "1"), self.path)

    @property
    def is_open(self) -> bool:
        return self.path in OPEN


def routes(app: FastAPI) -> list[Route]:
    """Every route and each of its methods; not the files that belong to a release."""
    found = [route for route in iter_route_contexts(app.routes) if not isinstance(route.original_route, Mount)]
    unknown = [route.path for route in found if not isinstance(route.original_route, APIRoute)]
    assert unknown == [], "a kind of route that this walk does not know"
    return [
        Route(method, str(route.path), frozenset(_asked(route.dependant)), frozenset(_fields(route.dependant)))
        for route in found
        for method in sorted(route.methods or ())
    ]


def _asked(dependant: Dependant) -> Iterator[Permission]:
    if isinstance(dependant.call, _Allowed):
        yield dependant.call.permission
    for below in dependant.dependencies:
        yield from _asked(below)


def _fields(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.body_params)
    for below in dependant.dependencies:
        yield from _fields(below)


def forgotten(app: FastAPI) -> list[str]:
    """Routes that anybody could use, and of which nobody said that anybody may."""
    return [route.path for route in routes(app) if not route.asked and not route.is_open]


@pytest.fixture(scope="module")
def walked(new_municipality: NewMunicipality) -> Iterator[Site]:
    """One site for the whole walk, with a case that belongs to Viby and was enrolled by the officer."""
    town = new_municipality()
    assert town.enrols().reference == "IM-0001"
    app = app_of(town, Path(str(town.database.url.database)).with_name("keys.json"))
    with served(app) as address:
        site = Site(town, address, app)
        yield site
        site.close()


def closed(site: Site) -> list[Route]:
    """The routes that are not for everybody."""
    return [route for route in routes(site.app) if not route.is_open]


def ask(
    visitor: Visitor, route: Route, address: str = "", *, filled_in: bool = False, **headers: str
) -> httpx.Response:
    """With the visitor's token, unless a header `x_csrf_token` says something else. `filled_in`: every field is 1."""
    fields = dict.fromkeys(route.fields, "1") if filled_in else {}
    form = None if route.method == "GET" else fields | {"csrf": visitor.csrf}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.client.request(route.method, address or route.address, data=form, headers=named)


def test_every_route_says_whom_it_is_for_when_there_is_one(walked: Site) -> None:
    assert forgotten(walked.app) == []
    assert len(closed(walked)) > 10
    assert {route.path for route in routes(walked.app)} > OPEN


def test_the_walk_finds_it_when_a_route_says_nothing(town: Municipality, key_file: Path) -> None:
    app = app_of(town, key_file)

    @app.post("/alle-sager")
    def everything() -> str:
        return "everybody's"

    assert forgotten(app) == ["/alle-sager"]


def test_the_way_leads_to_the_door_when_nobody_is_signed_in(walked: Site) -> None:
    visitor = walked.visitor()
    for route in closed(walked):
        door = f"/login?next={quote(route.address if route.method == 'GET' else '/', safe='')}"
        answer, within = ask(visitor, route), ask(visitor, route, hx_request="true")
        assert (answer.status_code, answer.headers["location"], answer.text) == (303, door, ""), route
        assert (within.status_code, within.headers["hx-redirect"], within.text) == (200, door, ""), route


@every_role
def test_a_role_is_let_in_where_it_may_and_nowhere_else_when_it_walks(walked: Site, role: Role) -> None:
    for route in closed(walked):
        answer = ask(walked.remembered(role), route)
        may = route.asked <= _ROLE_MAY[role]
        assert (answer.status_code != 403) is may, (route, answer.status_code)
        assert may or "Din rolle giver ikke adgang" in answer.text, route
        assert answer.status_code < 500, route


def test_a_case_of_another_area_is_answered_as_one_that_there_is_not(walked: Site) -> None:
    elsewhere = walked.remembered(Role.COORDINATOR, SYD)
    cases = [route for route in closed(walked) if "{reference}" in route.path]
    for route in cases:
        nowhere = route.address.replace("IM-0001", "IM-9999")
        there, not_there = (ask(elsewhere, route, at, filled_in=True) for at in (route.address, nowhere))
        assert there.status_code == not_there.status_code == 404, route
        assert there.text.replace("IM-0001", "IM-9999") == not_there.text, route
        assert "Olena" not in there.text
    assert cases


@pytest.mark.parametrize(
    "wrong",
    [{"sec_fetch_site": "cross-site"}, {"origin": "https://example.com"}, {"x_csrf_token": "0" * 64}],
    ids=["another site", "another origin", "another token"],
)
def test_no_post_is_taken_when_it_is_not_from_our_own_page(walked: Site, wrong: dict[str, str]) -> None:
    posts = [route for route in closed(walked) if route.method != "GET"]
    for route in posts:
        role = next(role for role, may in _ROLE_MAY.items() if route.asked <= may)
        answer = ask(walked.remembered(role), route, **wrong)
        assert (answer.status_code, "kom et andet sted fra" in answer.text) == (403, True), route
    assert posts


def test_nothing_was_done_to_the_case_when_the_walk_is_over(walked: Site) -> None:
    """It asks for a great deal, and fills in nothing: whoever is let in is refused then."""
    assert walked.town.count(TransitionRow) == 1
