"""A walk over every route there is: who is let in, who is not, and that none was forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from models.enrolment import Enrolment
from models.staff import Role
from models.transition import TransitionRow
from onboarding.store import ENROLMENT
from tests.conftest import NewMunicipality
from tests.municipality import SYD, Municipality
from tests.web.routes import OPEN, Route, forgotten, routes
from tests.web.site import Site, Visitor, app_of, served
from web.permissions import _ROLE_MAY, Permission, TokenScope, given_by

every_role = pytest.mark.parametrize("role", list(Role))


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
    """The pages that are not for everybody."""
    return [route for route in routes(site.app) if not route.is_open and not route.by_token]


def operations(site: Site) -> list[Route]:
    """What programs ask for, each with a token."""
    return [route for route in routes(site.app) if route.by_token]


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
    assert len(operations(walked)) > 15
    assert {route.path for route in routes(walked.app)} > OPEN


def test_the_walk_finds_it_when_a_route_says_nothing(town: Municipality, key_file: Path) -> None:
    app = app_of(town, key_file)

    [api] = [one.app for one in app.routes if isinstance(one, Mount) and isinstance(one.app, FastAPI)]

    @app.post("/alle-sager")
    @api.get("/v1/everything")
    def everything() -> str:
        return "everybody's"

    assert forgotten(app) == ["/alle-sager", "/api/v1/everything"]


def test_the_way_leads_to_the_door_when_nobody_is_signed_in(walked: Site) -> None:
    visitor = walked.visitor()
    for route in closed(walked):
        door = f"/login?next={quote(route.address, safe='')}"
        if route.method == "POST":  # back to the page that the form was on
            door = f"/login?next={quote(route.address.rpartition('/')[0] or '/', safe='')}&ikke_gemt=ja"
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


@pytest.mark.parametrize("role", [None, Role.COORDINATOR])
def test_a_head_is_answered_as_a_get_without_a_body_when_it_is_asked_of_any_route(
    walked: Site, role: Role | None
) -> None:
    visitor = walked.remembered(role) if role else walked.visitor()
    for route in routes(walked.app):
        if route.method == "GET":
            got, head = visitor.client.get(route.address), visitor.client.head(route.address)
            ours = (head.status_code, head.headers.get("location"), head.headers["content-type"] if head.text else "")
            assert ours == (got.status_code, got.headers.get("location"), ""), route
    assert visitor.client.head("/healthz").status_code == 200


def by(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def asks(program: Visitor, route: Route, address: str = "", **headers: str) -> httpx.Response:
    return program.client.request(route.method, address or route.address, headers=headers)


def is_a_problem(answer: httpx.Response) -> bool:
    """Whether it is said as the API says everything, with reasons and nothing of a page."""
    said = answer.json()
    shape = said.keys() >= {"type", "title", "status", "reasons"} and said["status"] == answer.status_code
    return answer.headers["content-type"] == "application/problem+json" and shape and bool(said["reasons"])


def test_a_program_is_kept_out_when_it_has_no_token_of_ours(walked: Site) -> None:
    cookie = f"sosu={walked.remembered(Role.COORDINATOR).client.cookies['sosu']}"
    program, secret = walked.visitor(), walked.token()
    wrong: list[dict[str, str]] = [
        {},
        {"cookie": cookie},
        {"authorization": "Basic a29vcmRpbmF0b3I6YWRnYW5nc2tvZGU="},
        by("sosu_" + "0" * 43),
        by(secret[:-1]),
        by(secret.upper()),
        by(cookie.removeprefix("sosu=")),
    ]
    for route in operations(walked):
        for headers in wrong:
            answer = asks(program, route, **headers)
            assert (answer.status_code, is_a_problem(answer)) == (401, True), (route, headers)
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_no_page_opens_when_a_program_comes_with_a_token(walked: Site) -> None:
    program, secret = walked.visitor(), walked.token()
    for route in closed(walked):
        answer = asks(program, route, **by(secret))
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login"), route


@every_role
def test_a_program_is_let_in_where_its_owners_role_may_when_its_token_has_every_scope(walked: Site, role: Role) -> None:
    program, secret, gives = walked.visitor(), walked.token(role=role), given_by(TokenScope)
    for route in operations(walked):
        answer = asks(program, route, **by(secret))
        may = route.asked <= _ROLE_MAY[role] & gives
        assert (answer.status_code != 403) is may, (route, answer.status_code)
        assert answer.status_code < 500, route
        assert answer.status_code < 400 or is_a_problem(answer), route


@pytest.mark.parametrize("scope", list(TokenScope))
def test_a_program_is_kept_out_when_its_token_lacks_the_scope(walked: Site, scope: TokenScope) -> None:
    able = {role: may & given_by([scope]) - {Permission.OWN} for role, may in _ROLE_MAY.items()}
    role = next(role for role, may in able.items() if may)
    program, lacking = walked.visitor(), walked.token(*set(TokenScope) - {scope}, role=role)
    guarded = [route for route in operations(walked) if route.asked & able[role]]
    for route in guarded:
        answer = asks(program, route, **by(lacking))
        assert (answer.status_code, is_a_problem(answer)) == (403, True), route
    assert guarded


def test_a_case_of_another_area_is_one_that_there_is_not_when_a_program_asks(walked: Site) -> None:
    program, elsewhere = walked.visitor(), walked.token(email=SYD)
    cases = [route for route in operations(walked) if "{reference}" in route.path]
    for route in cases:
        nowhere = route.address.replace("IM-0001", "IM-9999")
        there, not_there = (asks(program, route, at, **by(elsewhere)) for at in (route.address, nowhere))
        assert there.status_code == not_there.status_code, route
        assert there.status_code == 404 or (there.status_code == 400 and route.method == "POST"), "it was sent no body"
        assert there.text == not_there.text
    assert len(cases) > 9


@every_role
def test_nothing_was_done_to_the_case_when_the_walk_is_over(walked: Site, role: Role) -> None:
    """It asks for a great deal, and fills in nothing: whoever is let in is refused then."""
    program, secret = walked.visitor(), walked.token(role=role)
    let_in = [ask(walked.remembered(role), route) for route in closed(walked) if route.method != "GET"]
    let_in += [asks(program, route, **by(secret)) for route in operations(walked) if route.method != "GET"]
    assert any(answer.status_code != 403 for answer in let_in)
    assert (walked.town.count(TransitionRow), walked.town.count(Enrolment)) == (1, 1)
    assert {row["revision"] for row in walked.town.rows(ENROLMENT)} == {1}
