"""Min adgang: where somebody is signed in, and the tokens that they make for programs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from models.staff import Role
from tests.municipality import VIBY, VIBY_MANAGER
from tests.web.looking import plain
from tests.web.site import Site, Visitor
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]

NEW = {"name": "Kladdebogen", "scope": "read", "days": "90"}


def secret_in(text: str) -> str:
    [found] = re.findall(r"sosu_[\w-]{43}", text)
    return found


def number_in(visitor: Visitor) -> str:
    [found] = re.findall(r"/mig/noegler/(\d+)/tilbagekald", visitor.gets("/mig").text)
    return found


def test_the_secret_is_shown_once_when_somebody_makes_a_token(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    made = karen.posts("/mig/noegler", **NEW)
    secret = secret_in(made.text)
    assert site.program_with(secret).get("/me").json()["staff"] == VIBY
    shown = karen.gets("/mig").text
    assert "Kladdebogen" in shown
    assert "sosu_" not in shown
    again = karen.posts("/mig/noegler", **NEW)
    assert (again.status_code, "Der er allerede en adgangsnøgle med det navn" in again.text) == (422, True)
    assert "sosu_" not in again.text, "a page that is loaded again shows no secret and makes no second token"


def test_a_token_is_dead_at_once_when_its_owner_revokes_it(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    program = site.program_with(secret_in(karen.posts("/mig/noegler", **NEW).text))
    assert program.get("/me").status_code == 200
    assert "aldrig" not in karen.gets("/mig").text, "it says when it was last used"
    answer = karen.posts(f"/mig/noegler/{number_in(karen)}/tilbagekald")
    assert answer.headers["location"] == "/mig?gjort=tilbagekaldt"
    assert program.get("/me").status_code == 401
    assert "Du har ingen endnu" in karen.gets("/mig?gjort=tilbagekaldt").text


def test_nobody_revokes_a_token_when_it_is_somebody_elses(site: Site) -> None:
    karen, mette = site.remembered(Role.COORDINATOR), site.remembered(Role.MANAGER)
    program = site.program_with(secret_in(karen.posts("/mig/noegler", **NEW).text))
    answer = mette.posts(f"/mig/noegler/{number_in(karen)}/tilbagekald")
    assert (answer.status_code, "findes ikke længere" in answer.text) == (422, True)
    assert program.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Giv adgangsnøglen et navn"),
        ({"name": "x" * 81}, "højst 80 tegn"),
        ({"name": "Olena 010190-1234"}, "ikke ligne et CPR-nummer"),
        ({"days": "366"}, "mellem 1 og 365 dage"),
        ({"days": "-1"}, "mellem 1 og 365 dage"),
        ({"days": "²"}, "mellem 1 og 365 dage"),
        ({"scope": "metrics"}, "Den kan give: read, act, enrol."),
        ({"scope": ""}, "Rollen kan ikke give"),
    ],
)
def test_it_is_said_and_no_token_made_when_the_form_is_wrong(site: Site, wrong: dict[str, str], said: str) -> None:
    karen = site.remembered(Role.COORDINATOR)
    answer = karen.posts("/mig/noegler", **NEW | wrong)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "sosu_" not in answer.text
    assert "Du har ingen endnu" in answer.text


def test_what_is_missing_is_asked_for_when_nothing_is_chosen(site: Site) -> None:
    answer = site.remembered(Role.COORDINATOR).posts("/mig/noegler", name="Kladdebogen", days="30")
    assert "Vælg mindst én ting" in answer.text
    assert 'value="Kladdebogen"' in answer.text
    assert 'value="30"' in answer.text


def test_every_browser_is_shown_and_signed_out_when_somebody_asks(site: Site) -> None:
    here, there = site.remembered(Role.COORDINATOR), site.remembered(Role.COORDINATOR)
    site.town.clock.passes(minutes=5)
    shown = here.gets("/mig").text
    assert (shown.count("Denne browser"), shown.count("En anden browser")) == (1, 1)
    here.posts("/logout", everywhere="true")
    assert (here.is_in(), there.is_in()) == (False, False)


def marks_in(visitor: Visitor) -> list[str]:
    return re.findall(r'name="browser" value="(\w+)"', visitor.gets("/mig").text)


def test_only_that_browser_is_signed_out_when_one_is_chosen(site: Site) -> None:
    old = site.remembered(Role.COORDINATOR)
    site.town.clock.passes(minutes=5)
    here, there = site.remembered(Role.COORDINATOR), site.remembered(Role.COORDINATOR)
    assert there.is_in()
    marks = marks_in(here)
    assert len(marks) == 2
    answer = here.posts("/mig/browsere/log-af", browser=marks[1])  # the one used last stands first
    assert answer.headers["location"] == "/mig?gjort=browser"
    assert (here.is_in(), there.is_in(), old.is_in()) == (True, True, False)
    again = here.posts("/mig/browsere/log-af", browser=marks[1])
    assert (again.status_code, "logget af i forvejen" in again.text) == (422, True)


def test_this_browser_stays_signed_in_when_all_others_are_signed_out(site: Site) -> None:
    here, there, other = (site.remembered(Role.COORDINATOR) for _ in range(3))
    mette = site.remembered(Role.MANAGER)
    assert here.posts("/mig/browsere/andre").headers["location"] == "/mig?gjort=andre"
    assert [one.is_in() for one in (here, there, other, mette)] == [True, False, False, True]
    assert "Log af alle andre steder" not in here.gets("/mig").text, "there are no others"


def test_nobody_signs_somebody_else_out_when_they_know_the_mark(site: Site) -> None:
    here, there = site.remembered(Role.COORDINATOR), site.remembered(Role.COORDINATOR)
    [mark] = marks_in(here)
    assert site.remembered(Role.MANAGER).posts("/mig/browsere/log-af", browser=mark).status_code == 422
    assert there.is_in()


def test_it_says_when_each_browser_began_and_was_used_when_there_are_two(site: Site) -> None:
    there = site.remembered(Role.COORDINATOR)
    site.town.clock.passes(minutes=30)
    assert there.is_in()
    site.town.clock.passes(minutes=15)
    shown = site.remembered(Role.COORDINATOR).gets("/mig").text
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", shown, re.DOTALL)
    times = [re.findall(r"kl\. (\d+\.\d\d)</td>", row) for row in rows]
    assert rows[0].startswith("Denne browser")
    assert len(times[0]) == 2  # it was used now
    began, used, ends = (int(hour) * 60 + int(minute) for hour, minute in (time.split(".") for time in times[1]))
    assert (used - began, ends - used) == (30, 60)


def test_a_browser_is_not_shown_any_more_when_it_was_left_alone_for_an_hour(site: Site) -> None:
    site.remembered(Role.COORDINATOR)
    site.town.clock.passes(minutes=59)
    here = site.remembered(Role.COORDINATOR)
    site.town.clock.passes(minutes=1)
    assert "En anden browser" not in here.gets("/mig").text


def test_a_role_that_can_give_nothing_is_told_so_when_it_looks(site: Site) -> None:
    officer = site.remembered(Role.DATA_PROTECTION_OFFICER)
    assert "ingen adgangsnøgler at lave" in officer.gets("/mig").text
    assert "Den kan give: ingen" in officer.posts("/mig/noegler", **NEW).text


def test_an_administrator_sees_and_revokes_the_tokens_of_somebody(site: Site) -> None:
    program, other = site.program(), site.program(email=VIBY_MANAGER)
    administrator = site.remembered(Role.ADMINISTRATOR)
    assert "Tilbagekald nøgler" in administrator.gets("/administration").text
    answer = administrator.posts("/administration/noegler", email=VIBY)
    assert answer.headers["location"] == "/administration?gjort=noegler"
    assert (program.get("/me").status_code, other.get("/me").status_code) == (401, 200)


def test_making_and_revoking_can_be_found_when_the_audit_log_is_searched(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    karen.posts("/mig/noegler", **NEW)
    karen.posts(f"/mig/noegler/{number_in(karen)}/tilbagekald")
    found = site.remembered(Role.DATA_PROTECTION_OFFICER).gets(f"/revision?soeg={VIBY}").text
    assert "lavede en adgangsnøgle" in found
    assert "tilbagekaldte adgangsnøgler" in found
    assert "Kladdebogen" not in found, "what somebody calls a token is theirs, and no word of the log's"


def test_the_page_is_plain_to_everybody_when_a_token_is_made_on_it(
    site: Site, page: Page, complaints: list[str]
) -> None:
    site.signs_in(page, path="/mig")
    assert complaints == []
    plain(page)
    page.get_by_label("Navn").fill("Kladdebogen")
    page.get_by_label("Se sager, tal og beskeder").check()
    page.get_by_role("button", name="Lav adgangsnøgle").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"sosu_[\w-]{43}"))
    assert complaints == []
    plain(page)
    page.get_by_role("link", name="Min adgang: Karen Viby").click()
    expect(page.get_by_role("row", name="Kladdebogen")).to_contain_text("aldrig")


def test_the_administrators_page_is_plain_when_somebody_has_a_token(site: Site, page: Page) -> None:
    site.program()
    site.signs_in(page, Role.ADMINISTRATOR, "/administration")
    plain(page)
