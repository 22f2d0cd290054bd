"""In with a work account, by a real provider."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.audit import AuditRow
from models.staff import Role, Staff
from models.types import table
from onboarding import staffing
from tests.municipality import VIBY, Municipality
from tests.web.looking import plain
from tests.web.openid import real_provider, with_work_accounts
from tests.web.site import Site, Visitor
from tests.web.test_in_a_browser import complaints
from web.openid.chosen import ANSWER

__all__ = ["complaints"]  # a fixture


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider() as made:
        yield made


@pytest.fixture
def site(town: Municipality, key_file: Path, issuer: str) -> Iterator[Site]:
    town.clock.now = datetime.now(UTC)  # a real provider has the real time
    with with_work_accounts(town, key_file, issuer) as made:
        yield made


def goes_to(visitor: Visitor, to: str = "/") -> httpx.Response:
    """The provider's own page, where the visitor is sent."""
    return _follows(visitor, visitor.client.get("/login/openid", params={"next": to}))


def types_in(visitor: Visitor, there: httpx.Response, account: str) -> str:
    """The address to which the provider sends them back."""
    assert there.status_code == 200, there.text
    [action] = re.findall(r'action="([^"]+)"', there.text)
    form = {"prompt": "login", "login": account, "password": "ligegyldig"}
    return _follows(visitor, visitor.client.post(urljoin(str(there.url), action), data=form)).headers["location"]


def comes_back(visitor: Visitor, account: str, to: str = "/") -> httpx.Response:
    return visitor.client.get(types_in(visitor, goes_to(visitor, to), account))


def _follows(visitor: Visitor, answer: httpx.Response) -> httpx.Response:
    """To the first page that leads nowhere by itself, or to the last step before our own."""
    while "location" in answer.headers and ANSWER not in answer.headers["location"]:
        answer = visitor.client.get(urljoin(str(answer.url), answer.headers["location"]))
    return answer


def rows(site: Site) -> dict[str, dict[str, object]]:
    return {row["email"]: row for row in site.town.rows(table(Staff))}


def audited(site: Site) -> list[tuple[str, str, str, str]]:
    return [(row["by"], row["action"], row["subject"], row["purpose"]) for row in site.town.rows(table(AuditRow))]


def test_somebody_known_is_in_where_they_wanted_to_go_when_the_provider_knows_them(site: Site) -> None:
    visitor = site.visitor()
    answer = comes_back(visitor, "karen", "/forloeb?vis=frist")
    assert (answer.status_code, answer.headers["location"]) == (303, "/forloeb?vis=frist")
    assert "Karen Viby</a>" in visitor.gets("/").text
    row = rows(site)[VIBY]
    assert (row["name"], row["openid_subject"], row["password_hash"]) == ("Karen Viby", "karen", None)
    assert audited(site) == [("openid", "account_bound", VIBY, ""), (VIBY, "sign_in", "", "")]


def test_somebody_new_is_made_in_the_role_of_the_claim_when_they_first_come(site: Site) -> None:
    visitor = site.visitor()
    assert comes_back(visitor, "nora").status_code == 303
    shown = visitor.gets("/").text
    assert "Nora Ny</a>" in shown
    assert ", leder<" in shown
    assert [entry[:3] for entry in audited(site)] == [
        ("openid", "user_added", "nora@example.org"),
        ("openid", "account_bound", "nora@example.org"),
        ("nora@example.org", "sign_in", ""),
    ]
    before = len(audited(site))
    assert comes_back(site.visitor(), "nora").status_code == 303
    assert len(audited(site)) == before + 1  # nothing has changed but that they came in


def test_somebody_is_told_whom_to_ask_when_their_roles_give_nothing(site: Site) -> None:
    visitor = site.visitor()
    answer = comes_back(visitor, "otto")
    assert answer.status_code == 403
    assert "Bed din leder eller IT om" in answer.text
    assert "Log ind med din arbejdskonto" in answer.text
    assert not visitor.is_in()
    assert "otto@example.org" not in rows(site)


def test_somebody_stays_out_when_an_administrator_has_taken_them_out(site: Site) -> None:
    visitor = site.visitor()
    comes_back(visitor, "karen")
    with site.town.database.write() as session:
        staffing.remove_staff(session, VIBY)
    assert not visitor.is_in()
    answer = comes_back(site.visitor(), "karen")
    assert (answer.status_code, "Din adgang til SOSU-forløb er lukket" in answer.text) == (403, True)
    assert not rows(site)[VIBY]["active"]


def test_it_is_said_and_nobody_is_in_when_they_say_no_at_the_provider(site: Site) -> None:
    visitor = site.visitor()
    there = goes_to(visitor)
    back = _follows(visitor, visitor.client.get(f"{there.url}/abort"))
    answer = visitor.client.get(back.headers["location"])
    assert (answer.status_code, "afbrudt eller afvist" in answer.text) == (403, True)
    assert not visitor.is_in()


def test_an_answer_is_good_once_and_in_the_browser_that_asked_when_it_is_used_again(site: Site) -> None:
    visitor, thief = site.visitor(), site.visitor()
    there = goes_to(visitor)
    kept = visitor.client.cookies["sosu-openid"]
    back = types_in(visitor, there, "karen")
    goes_to(thief)  # with a sign-in of their own begun
    assert thief.client.get(back).status_code == 400
    assert visitor.client.get(back).status_code == 303
    assert "sosu-openid" not in visitor.client.cookies
    again = site.visitor()
    assert again.client.get(back).status_code == 400
    again.client.cookies.set("sosu-openid", kept)  # a browser that forgets to forget it
    answer = again.client.get(back)
    assert (answer.status_code, "Begynd forfra" in answer.text) == (400, True)
    assert not again.is_in()
    assert not thief.is_in()


def test_nothing_can_be_read_in_what_the_browser_keeps_and_it_is_old_after_ten_minutes(site: Site) -> None:
    visitor = site.visitor()
    back = types_in(visitor, goes_to(visitor), "karen")
    [cookie] = [one for one in visitor.client.cookies.jar if one.name == "sosu-openid"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert httpx.URL(back).params["state"] not in str(cookie.value)
    site.town.clock.passes(minutes=11)
    assert visitor.client.get(back).status_code == 400


def test_a_password_opens_as_it_did_when_there_are_work_accounts_too(site: Site) -> None:
    assert site.signed_in(Role.ADMINISTRATOR).is_in()


def test_the_door_is_plain_to_everybody_when_there_are_work_accounts(
    site: Site, page: Page, complaints: list[str]
) -> None:
    page.goto(site.address)
    expect(page.get_by_role("link", name="Log ind med din arbejdskonto")).to_be_visible()
    assert complaints == []
    plain(page)


def test_somebody_signs_in_and_out_when_they_do_it_in_a_browser(site: Site, page: Page) -> None:
    page.route("**/fonts.googleapis.com/**", lambda route: route.abort())  # the provider's pages would like to
    page.goto(f"{site.address}/forloeb/immigrant_track")
    page.get_by_role("link", name="Log ind med din arbejdskonto").click()
    page.get_by_placeholder("Enter any login").fill("karen")
    page.get_by_placeholder("and password").fill("ligegyldig")
    page.get_by_role("button", name="Sign-in").click()
    page.wait_for_url(f"{site.address}/forloeb/immigrant_track")
    page.get_by_role("button", name="Log af").click()
    expect(page.get_by_role("link", name="Log ind med din arbejdskonto")).to_be_visible()
    page.goto(f"{site.address}{ANSWER}?code=x&state=y")
    expect(page.get_by_role("alert")).to_contain_text("Begynd forfra")
