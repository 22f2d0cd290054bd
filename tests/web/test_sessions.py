"""How long somebody is signed in, and what their browser is told to keep."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx
import pytest

from models.audit import AuditRow
from models.staff import Role
from models.types import table
from onboarding.sign_ins import AT_MOST, IDLE
from tests.municipality import VIBY, Municipality
from tests.web.site import PASSWORD, Site, app_of, served, token_in


def test_somebody_is_out_when_they_did_nothing_for_an_hour(site: Site) -> None:
    visitor = site.signed_in()
    site.town.clock.passes(minutes=59)
    assert visitor.is_in()
    site.town.clock.passes(minutes=59)
    assert visitor.is_in(), "what counts is the time since the last click"
    site.town.clock.passes(seconds=IDLE.total_seconds())
    assert not visitor.is_in()


def test_somebody_is_out_after_ten_hours_when_they_clicked_all_day(site: Site) -> None:
    visitor = site.signed_in()
    for _ in range(19):
        site.town.clock.passes(minutes=30)
        assert visitor.is_in()
    site.town.clock.passes(minutes=30)
    assert AT_MOST.total_seconds() == 10 * 60 * 60
    assert not visitor.is_in()


def test_one_browser_is_out_when_somebody_signs_out_there(site: Site) -> None:
    here, there = site.signed_in(), site.signed_in()
    secret = here.client.cookies["sosu"]
    answer = here.posts("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    here.client.cookies.set("sosu", secret)
    assert not here.is_in(), "a cookie that was kept opens nothing"
    assert there.is_in()


def test_every_browser_is_out_when_somebody_signs_out_everywhere(site: Site) -> None:
    here, there, somebody_else = site.signed_in(), site.signed_in(), site.signed_in(Role.MANAGER)
    here.posts("/logout", everywhere="true")
    assert (here.is_in(), there.is_in(), somebody_else.is_in()) == (False, False, True)
    assert (VIBY, "browsers_ended") in [(row["by"], row["action"]) for row in site.town.rows(table(AuditRow))]


def test_a_new_secret_is_given_when_somebody_signs_in_again(site: Site) -> None:
    visitor = site.signed_in()
    before = visitor.client.cookies["sosu"]
    visitor.signs_in(VIBY)
    assert visitor.client.cookies["sosu"] != before
    assert len(before) >= 43, "256 bits"


def test_the_form_holds_the_token_of_this_browser_when_a_page_is_shown(site: Site) -> None:
    here, there = site.signed_in(), site.signed_in()
    assert token_in(here.gets("/")) == here.csrf != there.csrf


def cookie_of(answer: httpx.Response) -> Morsel[str]:
    [cookie] = SimpleCookie(answer.headers["set-cookie"]).values()
    return cookie


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [("http://127.0.0.1:8000", "sosu", False), ("https://sosu.example.org", "__Host-sosu", True)],
)
def test_a_browser_keeps_the_secret_to_itself_when_somebody_signs_in(
    town: Municipality, key_file: Path, public_url: str, name: str, secure: bool
) -> None:
    app = app_of(town, key_file, public_url)
    with served(app) as address:
        site = Site(town, address, app)
        email = site.somebody(Role.COORDINATOR)
        cookie = cookie_of(httpx.post(f"{address}/login", data={"email": email, "password": PASSWORD}, trust_env=False))
        signed_in = httpx.get(address, headers={"cookie": f"{name}={cookie.value}"}, trust_env=False)
    assert (cookie.key, bool(cookie["secure"])) == (name, secure)
    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"], cookie["domain"]) == (True, "lax", "/", "")
    assert "Overblik" in signed_in.text


def test_it_is_said_that_nothing_was_saved_and_the_way_leads_back_when_a_form_is_sent_too_late(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    site.town.clock.passes(hours=2)
    answer = karen.posts(f"/sag/{olena.reference}/pause", revision="1", command_id="karen-1", reason="illness")
    door = karen.gets(answer.headers["location"]).text
    assert "Det, du sendte, er ikke gemt" in door
    assert karen.signs_in(VIBY, next=f"/sag/{olena.reference}").headers["location"] == f"/sag/{olena.reference}"
    assert f'name="next" value="/sag/{olena.reference}"' in door
    assert "ikke gemt" not in site.visitor().gets("/login").text
    assert olena.status == "open"
