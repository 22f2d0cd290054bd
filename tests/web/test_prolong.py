"""Sagen and Overblik: a pause that lasts longer than was thought is prolonged where somebody sees it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from models.staff import Role
from tests.municipality import SYD, Candidate
from tests.support import MONDAY
from tests.web.looking import plain
from tests.web.site import Site
from tests.web.test_case import does, fields, told


def paused(site: Site) -> Candidate:
    """Until 5 October; that was a week ago."""
    olena = site.town.enrols()
    olena.pauses("illness", MONDAY + timedelta(weeks=4))
    site.town.clock.passes(weeks=5)
    return olena


def test_the_new_date_stands_in_receipt_and_history_when_a_pause_is_prolonged(site: Site) -> None:
    olena, karen = paused(site), site.remembered(Role.COORDINATOR)
    done = does(karen, olena, "forlaeng", reason="illness", review_on="2026-11-02")
    shown = told(karen.gets(done.headers["location"]))
    assert "Pausen er forlænget til den 2. november 2026." in shown
    assert "Pausen er forlænget til den 2. november 2026 (sygdom)" in shown
    assert "på pause, følges op 2. november 2026" in shown
    assert "Besked til Karen Viby: pausen er forlænget (i kø)" in shown
    assert olena.shown()["review_on"] == "2026-11-02"


def test_the_reason_and_four_weeks_more_are_there_already_when_the_form_opens(site: Site) -> None:
    olena, karen = paused(site), site.remembered(Role.COORDINATOR)
    shown = karen.gets(f"/sag/{olena.reference}").text
    assert '<details class="sosu-details" id="forlaeng" open>' in shown, "the pause is to be looked at"
    assert '<option value="illness" selected>' in shown
    assert 'name="review_on" value="2026-11-09"' in shown
    olena.prolongs(MONDAY + timedelta(weeks=10))
    shown = karen.gets(f"/sag/{olena.reference}").text
    assert '<details class="sosu-details" id="forlaeng">' in shown
    assert 'name="review_on" value="2026-12-14"' in shown, "later than the date that stands"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-10-12", "Pausens opfølgningsdato skal ligge efter 12. oktober 2026 og senest 12. oktober 2031."),
        ("", "Der mangler en dato. Vælg den dag, pausen skal følges op."),
        ("i morgen", "Datoen kan ikke læses."),
        ("0001-01-01", "Datoen kan ikke læses."),
    ],
)
def test_what_was_typed_is_there_still_when_prolonging_is_refused(site: Site, typed: str, said: str) -> None:
    olena, karen = paused(site), site.remembered(Role.COORDINATOR)
    answer = does(karen, olena, "forlaeng", reason="leave", review_on=typed)
    assert (answer.status_code, said in answer.text) == (422, True)
    form = answer.text.partition('id="forlaeng" open>')[2].partition("</form>")[0]
    assert said in form, "where the person looks"
    assert '<option value="leave" selected>' in form
    assert f'name="review_on" value="{typed}"' in form
    assert len(olena.happened()) == 2


def test_what_was_typed_is_there_still_when_somebody_else_was_quicker(site: Site) -> None:
    olena, karen = paused(site), site.remembered(Role.COORDINATOR)
    form = fields(karen.gets(f"/sag/{olena.reference}"), "forlaeng") | {"reason": "leave", "review_on": "2026-12-01"}
    olena.prolongs(MONDAY + timedelta(weeks=8), by=SYD)
    answer = karen.posts(f"/sag/{olena.reference}/forlaeng", **form)
    said = told(answer)
    assert (answer.status_code, answer.text.count('role="alert"')) == (409, 1)
    assert "Lars Syd har 12. oktober 2026 kl. 10.00 forlænget pausen til den 2. november 2026." in said
    assert "Du skrev: årsag Orlov, skal følges op 1. december 2026. Det står stadig i formularen." in said
    assert 'href="#forlaeng"' in answer.text
    assert 'name="review_on" value="2026-12-01"' in answer.text
    again = karen.posts(f"/sag/{olena.reference}/forlaeng", **form | fields(answer, "forlaeng"))
    assert again.status_code == 303
    olena.resumes()
    answer = karen.posts(f"/sag/{olena.reference}/forlaeng", **form | {"command_id": "later"})
    assert "Du skrev: årsag Orlov, skal følges op 1. december 2026." in told(answer), "the form is gone, the words not"


def test_it_is_said_what_is_taken_back_when_a_prolonging_is_undone(site: Site) -> None:
    olena, karen = paused(site), site.remembered(Role.COORDINATOR)
    olena.prolongs(MONDAY + timedelta(weeks=8))
    before = karen.gets(f"/sag/{olena.reference}")
    what = "forlængelsen af pausen til den 2. november 2026. Pausens opfølgningsdato er igen den 5. oktober 2026."
    assert f"Fortryd, at pausen blev forlænget Du fortryder {what}" in told(before)
    done = karen.posts(f"/sag/{olena.reference}/fortryd", **fields(before, "fortryd"))
    after = told(karen.gets(done.headers["location"]))
    assert f"Fortrudt: {what}" in after
    assert "Forlængelsen af pausen er fortrudt: følges igen op den 5. oktober 2026" in after
    assert "Forløbet er på pause igen" not in after
    assert "på pause, skulle følges op 5. oktober 2026" in after


def test_it_is_the_next_action_in_reach_when_a_pause_is_past_its_review(site: Site) -> None:
    olena = paused(site)
    section = r'aria-labelledby="pauser".*?</section>'
    found = re.search(section, site.remembered(Role.COORDINATOR).gets("/").text, re.DOTALL)
    assert found is not None
    assert re.findall(r'href="([^"]+)" aria-label="([^"]+)"', found[0]) == [
        (f"/sag/{olena.reference}#videre", "Genoptag: Olena Kovalenko"),
        (f"/sag/{olena.reference}#forlaeng", "Forlæng: Olena Kovalenko"),
    ]
    olena.prolongs(MONDAY + timedelta(weeks=8))
    assert re.search(section, site.remembered(Role.COORDINATOR).gets("/").text, re.DOTALL) is None


def test_a_forgotten_pause_is_prolonged_from_the_overview_in_a_browser(site: Site, page: Page) -> None:
    paused(site)
    site.signs_in(page)
    plain(page)
    page.get_by_role("link", name="Forlæng: Olena Kovalenko").click()
    expect(page.get_by_label("Skal nu følges op den")).to_be_in_viewport()
    plain(page)
    page.get_by_role("button", name="Forlæng pausen").click()
    expect(page.locator(".alert-success")).to_be_focused()
    expect(page.locator(".alert-success")).to_have_text("Pausen er forlænget til den 9. november 2026.")
