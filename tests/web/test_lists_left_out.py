"""Indlæs liste: rows that cannot be put right are left out in the page, and what does not exist is not asked for."""

from __future__ import annotations

import html
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.list_import import ListImport
from models.staff import Role
from models.types import table
from onboarding.store import CANDIDATE, ENROLMENT
from tests.municipality import SYD, SYD_AREA
from tests.onboarding.listed import person
from tests.onboarding.lists.made import cells, csv_bytes
from tests.web.looking import plain
from tests.web.site import Site
from tests.web.test_lists import OLENA, SAMPLES, SOEREN, facts, hidden, sends
from tests.web.test_lists_beyond import has_areas, of, taken_over
from tests.web.test_lists_corrected import corrects, fields

_OFFICER = Role.JOBCENTER_OFFICER
AGAIN = cells(cpr="010160-0001", navn="Olena Igen")
#: Row 4 is Olena once more, and row 5 has one cell too many: neither can be put right in the page.
DOUBLED = csv_bytes(OLENA, SOEREN, AGAIN, (*cells(cpr="110360-0001", navn="Bogdan Popescu"), "x"))


def words(answer: httpx.Response) -> str:
    """What the page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", answer.text)).split())


def test_the_others_are_enrolled_when_the_faulty_rows_are_left_out(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, DOUBLED)
    assert "Listen har 2 fejl i 2 rækker" in shown.text
    tried = corrects(officer, shown, {}, omit=[4, 5])
    assert "2 rækker er udeladt: række 4, række 5" in words(tried)
    assert (facts(tried)["Nye, som indskrives"], "Listen har 2 rækker og ingen fejl" in tried.text) == ("2", True)
    done = officer.posts("/lister/bekraeft", **hidden(tried))
    assert "2 indskrevet, 0 opdateret, 0 uændret, 2 udeladt." in officer.gets(done.headers["location"]).text
    assert {row["name"] for row in site.town.rows(CANDIDATE)} == {"Olena Kovalenko", "Søren Ågård"}
    assert [(run["rows"], run["omitted"]) for run in site.town.rows(table(ListImport))] == [(2, 2)]
    assert ">(2 udeladt)</span>" in officer.gets("/lister").text


def test_a_row_is_taken_in_again_when_one_asks_for_it_in_the_preview(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    tried = corrects(officer, sends(officer, DOUBLED), {"CPR-nr., række 4": "020260-0001"}, omit=[4, 5])
    again = officer.posts("/lister/ret", **hidden(tried, "/lister/ret"), row="4")
    assert "1 række er udeladt: række 5" in words(again)
    assert (facts(again)["Nye, som indskrives"], "1 celle er rettet her" in again.text) == ("3", True)


def test_what_is_left_out_stays_so_when_other_faults_are_left(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    bad = csv_bytes(OLENA, AGAIN, cells(cpr="110360-0001", startdato="aldrig"))
    some = corrects(officer, sends(officer, bad), {}, omit=[3])
    assert "Listen har 1 fejl i 1 række" in some.text
    assert "1 række er udeladt: række 3" in words(some)
    tried = corrects(officer, some, {"Startdato, række 4": "07-09-2026"})
    assert ("1 række er udeladt: række 3" in words(tried), facts(tried)["Nye, som indskrives"]) == (True, "2")


def test_nothing_is_lost_when_every_row_is_left_out(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    none = corrects(officer, sends(officer, csv_bytes(cells(startdato="aldrig"))), {}, omit=[2])
    assert (none.status_code, "Alle rækker er udeladt" in none.text) == (422, True)
    assert "/lister/bekraeft" not in none.text
    again = officer.posts("/lister/ret", **hidden(none, "/lister/ret"), row="2")
    assert list(fields(again)) == ["Startdato, række 2"]


@pytest.mark.parametrize("name", ["row", "omit"])
def test_it_is_refused_when_the_row_to_leave_out_is_not_in_the_list(site: Site, name: str) -> None:
    officer = site.remembered(_OFFICER)
    for row in ("99", "x", "-1"):
        answer = officer.posts("/lister/ret", **hidden(sends(officer, DOUBLED), "/lister/ret"), **{name: row})
        assert (answer.status_code, "hører ikke til listen" in answer.text) == (422, True)


def test_the_others_are_enrolled_when_somebody_who_is_under_way_elsewhere_is_left_out(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, SYD, "coordinator", SYD_AREA)
    coordinator = site.remembered(Role.COORDINATOR, SYD)
    shown = sends(coordinator, of([taken_over(olena.applicant.cpr), person(3)]))
    assert "Bed koordinatoren dér om at overdrage forløbet." in shown.text
    assert f'<option value="{SYD}" selected>' in shown.text
    tried = corrects(coordinator, shown, {}, omit=[2])
    assert "1 række er udeladt: række 2" in words(tried)
    assert coordinator.posts("/lister/bekraeft", **hidden(tried)).status_code == 303
    assert len(site.town.rows(ENROLMENT)) == 2


def test_no_number_is_in_the_page_when_rows_are_left_out(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, csv_bytes(OLENA, AGAIN, cells(cpr="010160-0001", navn="Olena 010160-0001")))
    tried = corrects(officer, shown, {}, omit=[3, 4])
    assert not re.search(r"010160\W?0001", shown.text + tried.text)


def test_one_chooses_when_an_area_or_a_coordinator_is_unknown(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, csv_bytes(cells(værtsområde="Nord", koordinator="ingen@example.org")))
    said = html.unescape(shown.text)
    assert "Værtsområdet findes ikke: vælg et, der findes, eller bed en administrator om at oprette det." in said
    assert "Koordinatoren findes ikke: vælg en, der findes, eller bed en administrator" in said
    assert "sosu area" not in said
    assert '<option value="Nord" selected>Nord (findes ikke)</option>' in said
    assert f'<option value="{SYD_AREA}">{SYD_AREA}</option>' in said
    tried = corrects(officer, shown, {"Værtsområde, række 2": SYD_AREA, "Koordinator, række 2": SYD})
    assert officer.posts("/lister/bekraeft", **hidden(tried)).status_code == 303
    assert len(site.town.rows(ENROLMENT)) == 1


def test_an_officer_leaves_rows_out_with_a_browser(site: Site, page: Page) -> None:
    site.signs_in(page, _OFFICER, "/lister")
    page.get_by_label("Forløb", exact=True).select_option("immigrant_track")
    page.get_by_label("Liste", exact=True).set_input_files(SAMPLES / "med-fejl.csv")
    page.get_by_role("button", name="Se, hvad der sker").click()
    plain(page)
    for label in page.get_by_text("Udelad rækken").all()[:2]:
        label.click()
    page.get_by_role("button", name="Kontrollér igen").click()
    expect(page.get_by_text("2 rækker er udeladt")).to_be_visible()
    plain(page)
    for label in page.get_by_text("Udelad rækken").all():
        label.click()
    page.get_by_role("button", name="Kontrollér igen").click()
    expect(page.get_by_role("heading", name="Det vil ske")).to_be_focused()
    page.get_by_text("6 rækker er udeladt: række 4, række 6").click()
    page.get_by_role("button", name="Tag med igen række 4", exact=True).wait_for()
    plain(page)
    page.get_by_role("button", name="Indlæs listen").click()
    expect(page.get_by_role("status")).to_contain_text("udeladt")
    plain(page)
