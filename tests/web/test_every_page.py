"""A walk over every page there is, as everybody who may open it: what a machine can tell of its accessibility, whether
it fits, and whether the browser complains. The pages are those that the routes name: a new one is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from models.staff import Role, Staff
from models.types import table
from notifications.channels.destination import Destination
from onboarding import trial
from onboarding.staffing import add_area
from tests.conftest import NewMunicipality
from tests.municipality import SYD
from tests.web.looking import PHONE, WIDE, axe, fits, signs
from tests.web.routes import Route, routes
from tests.web.site import Site, app_of, goes_wrong, lived_in, served
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]

STAFF = table(Staff)

#: Pages that no route's own address shows: another state of one of them.
_STATES = {
    Role.COORDINATOR: (
        "/forloeb/immigrant_track?vis=tabel",
        "/forloeb/immigrant_track?vis=tabel&soeg=ingen",
        "/forloeb/ped_assistant_track",
        "/forloeb/alle",
        "/sag/PA-0001",
        "/beskeder/skabeloner/immigrant_track/start_position",
        "/ingen-side",
    ),
    Role.MANAGER: ("/forloeb/immigrant_track?soeg=ingen", "/rapporter/ped_assistant_track"),
    Role.DATA_PROTECTION_OFFICER: ("/revision?kontrol=ja", "/revision?soeg=ingen"),
    Role.ADMINISTRATOR: ("/administration?ret=1", "/administration/tag-ud/2"),
}
_KINDS = {"/beskeder/skabeloner": "enrolled", "/forloeb": "csv", "/rapporter": "xlsx"}
_OPEN_EVERYTHING = "() => document.querySelectorAll('details').forEach(one => { one.open = true })"


#: Longer than a line of a small screen, as the names of some are, and as an area may be called.
_UNBROKEN = "Æ" + "g" * 89
_LONG_NAMES = {
    Role.DATA_PROTECTION_OFFICER: "Databeskyttelsesrådgiver",
    Role.ADMINISTRATOR: "Anne-Marie Frederikke Christoffersen Rathlou Vestergaard",
    Role.MANAGER: _UNBROKEN,
}


@dataclass(frozen=True, slots=True)
class Walk:
    """`addresses` are each role's pages."""

    site: Site
    addresses: dict[Role, list[str]]

    def is_first(self, role: Role, address: str) -> bool:
        """Whether no role before this one has the page: what another sees of it is less, and fits where more does."""
        return role is next(one for one, theirs in self.addresses.items() if address in theirs)


@pytest.fixture(scope="module")
def walk(new_municipality: NewMunicipality) -> Iterator[Walk]:
    """One municipality with people in all states, and which pages each role has in it."""
    town = new_municipality()
    made = lived_in(town)
    assert made["late"].reference == "IM-0001"
    goes_wrong(town, made["late"])
    with town.database.write() as session:
        add_area(session, _UNBROKEN)
        trial.add(session, SYD, by="cli:test", at=town.clock.now)
    app = app_of(town, Path(str(town.database.url.database)).with_name("keys.json"))
    far = dict.fromkeys(app.state.sosu.destinations, Destination.WORLD)
    app.state.sosu = replace(app.state.sosu, destinations=far)  # trial mode: every page says so
    with served(app) as address:
        site = Site(town, address, app)
        for role, name in _LONG_NAMES.items():
            town.changes(STAFF, {"email": site.known(role)}, {"name": name})
        yield Walk(site, {role: pages(site, role) for role in Role})
        site.close()


def pages(site: Site, role: Role) -> list[str]:
    """The addresses that show this role a page."""
    visitor = site.remembered(role)
    found = []
    for address in dict.fromkeys((*map(address_of, gets(site)), *_STATES.get(role, ()))):
        answer = visitor.gets(address)
        is_page = answer.status_code in (200, 404) and answer.headers["content-type"].startswith("text/html")
        # A mail is looked at in the page that frames it: by itself it runs no script, not even that of a test.
        if is_page and "sandbox" not in answer.headers["content-security-policy"]:
            found.append(address)
    return found


def gets(site: Site) -> list[Route]:
    return [route for route in routes(site.app) if route.method == "GET" and not route.by_token]


def address_of(route: Route) -> str:
    kind = next((kind for start, kind in _KINDS.items() if route.path.startswith(start)), "1")
    return replace(route, path=route.path.replace("{kind}", kind)).address


#: A page that there is not says so, and axe speaks to the frame of a mail, which is of no origin and does not hear it.
_KNOWN = ("404", "'postMessage'")
#: What needs a provider, a list that was read in, or a secret: tests of their own look at it.
_ELSEWHERE = frozenset(
    {"/login/openid", "/login/openid/svar", "/lister/{number}/fortryd", "/metrics", "/kalender/{secret}.ics"}
)


def test_every_page_is_one_that_somebody_looks_at_when_there_is_a_route_to_it(walk: Walk) -> None:
    """What is no page is a file, a document for a program or a way to somewhere else, for whoever may have it."""
    visitors = {role: walk.site.remembered(role) for role in Role}
    unseen = []
    for route in gets(walk.site):
        answers = [visitor.gets(address_of(route)) for visitor in visitors.values()]
        if route.path not in _ELSEWHERE and not any(answer.status_code in (200, 303) for answer in answers):
            unseen.append(route.path)
    assert unseen == [], "give the walk an address for these"
    assert sum(len(found) for found in walk.addresses.values()) > 30


@pytest.mark.parametrize("role", list(Role))
def test_every_page_is_plain_to_everybody_when_a_role_opens_it(
    walk: Walk, page: Page, complaints: list[str], role: Role
) -> None:
    walk.site.enters(page, role, "/definitioner")
    for address in walk.addresses[role]:
        look(page, walk.site.address + address, whole=walk.is_first(role, address))
        assert [said for said in complaints if not any(known in said for known in _KNOWN)] == [], address


def test_the_door_and_a_quiet_day_are_plain_to_everybody(walk: Walk, page: Page, complaints: list[str]) -> None:
    look(page, f"{walk.site.address}/login")
    walk.site.enters(page, Role.COORDINATOR, email=SYD)
    assert page.get_by_text("Alt er i orden").is_visible()
    look(page, page.url)
    assert complaints == []


def look(page: Page, address: str, *, whole: bool = True) -> None:
    """With everything unfolded. Not `whole`: at one size."""
    page.goto(address)
    page.evaluate(_OPEN_EVERYTHING)
    for width, height in (PHONE, WIDE) if whole else (WIDE,):
        page.set_viewport_size({"width": width, "height": height})
        axe(page)
    if whole:
        fits(page)
        signs(page)
