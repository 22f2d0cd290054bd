"""Forløb: a filter that the address names and that cannot be understood is told of, and never left out in silence."""

from __future__ import annotations

import html
import re

import pytest
from playwright.sync_api import Page, expect

from models.staff import Role, Staff
from models.types import table
from onboarding import staffing
from tests.municipality import SYD, SYD_AREA, VIBY
from tests.web.looking import axe, fits
from tests.web.site import Site
from tests.web.test_cases import references

BOARD, TABLE = "/forloeb/immigrant_track", "/forloeb/alle?vis=tabel"

MISUNDERSTOOD = {
    "status=noget+andet": ("Statussen findes ikke.", "status"),
    "status=ended": ("Statussen findes ikke.", "status"),
    "omraade=x": ("Værtsområdet findes ikke", "værtsområde"),
    "omraade=999": ("Værtsområdet findes ikke", "værtsområde"),
    "koordinator=abc": ("Koordinatoren findes ikke", "koordinator"),
    "koordinator=999": ("Koordinatoren findes ikke", "koordinator"),
    "over_tid=nej": ("En afkrydsning i adressen kan ikke læses.", "afkrydsning"),
    "tal=bogus": ("Rapportens tal kan ikke læses.", "rapportens tal"),
    "tal=afsluttet&tal_udfald=bogus": ("Rapportens tal kan ikke læses.", "rapportens tal"),
    "status=x&koordinator=abc": ("Statussen findes ikke.", "status og koordinator"),
}


@pytest.mark.parametrize("query", MISUNDERSTOOD)
def test_no_case_is_shown_and_it_is_said_when_a_filter_cannot_be_understood(site: Site, query: str) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    said, left_out = MISUNDERSTOOD[query]
    for path in (
        f"{BOARD}?",
        f"{BOARD}?vis=tabel&",
        f"{TABLE}&",
        f"{BOARD}/eksport.csv?",
        "/forloeb/alle/eksport.xlsx?",
    ):
        answer = karen.gets(path + query)
        assert (answer.status_code, said in answer.text) == (422, True), path
        assert olena.reference not in answer.text
        assert f"Vis dem uden {left_out}</a>" in answer.text
    [address] = re.findall(r'<a href="([^"]*)">Vis dem uden', answer.text)
    assert olena.reference in karen.gets(html.unescape(address)).text


def test_an_area_of_others_is_one_that_there_is_not_when_a_filter_names_it(site: Site) -> None:
    site.town.enrols()
    karen, lars = (site.remembered(Role.COORDINATOR, email) for email in (VIBY, SYD))
    with site.town.database.read() as session:
        syd = staffing.find_area(session, SYD_AREA).id
    assert karen.gets(f"{BOARD}?omraade={syd}").status_code == 422
    assert lars.gets(f"{BOARD}?omraade={syd}").status_code == 200


def test_one_is_told_above_the_board_and_goes_on_without_it_when_a_link_is_wrong(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.enters(page, path=f"{BOARD}?koordinator=abc&soeg=olena")
    expect(page.get_by_role("alert")).to_contain_text("Koordinatoren findes ikke eller har ingen forløb mere.")
    expect(page.get_by_label("Koordinator", exact=True)).to_have_attribute("aria-invalid", "true")
    axe(page)
    fits(page)
    page.get_by_role("link", name="Vis dem uden koordinator").click()
    expect(page.locator(f"#kort-{olena.reference}")).to_be_visible()
    assert page.url.endswith("?soeg=olena")


def test_those_in_an_ending_are_in_the_table_when_a_board_is_asked_for_them(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar")
    iryna.drops_out()
    karen = site.remembered(Role.COORDINATOR)
    for path in (f"{BOARD}?", "/forloeb/alle?"):
        shown = karen.gets(f"{path}trin=dropped_out").text
        assert references(shown) == [iryna.reference]
        assert '<p role="status">1 forløb, afsluttet: Frafald</p>' in shown
        assert '<option value="dropped_out" selected>Frafald</option>' in shown
        assert "Vis som tavle" not in shown
    assert olena.status == "open"


def test_somebody_who_was_taken_out_is_offered_and_marked_when_they_have_cases_still(site: Site) -> None:
    olena = site.town.enrols()
    with site.town.database.write() as session:
        for email, name in (("alle@example.org", "Anna Alle"), ("begge@example.org", "Bo Begge")):
            staffing.add_staff(session, email, name, "coordinator")
    olena.is_assigned("alle@example.org")
    with site.town.database.write() as session:
        for email in ("alle@example.org", "begge@example.org"):
            staffing.remove_staff(session, email)
    site.town.enrols("Iryna Bondar")
    anna = next(row["id"] for row in site.town.rows(table(Staff)) if row["name"] == "Anna Alle")
    karen, lars = (site.remembered(Role.COORDINATOR, email) for email in (VIBY, SYD))
    shown = karen.gets(f"{BOARD}?vis=tabel&koordinator={anna}").text
    assert f'<option value="{anna}" selected>Anna Alle (ikke koordinator længere)</option>' in shown
    assert references(shown) == [olena.reference]
    assert "Bo Begge" not in shown
    assert 'value="alle@example.org"' not in shown, "nobody is handed to them"
    assert "Anna Alle" not in lars.gets(BOARD).text
    olena.drops_out()
    assert karen.gets(f"{BOARD}?koordinator={anna}").status_code == 422


def test_the_way_back_from_a_case_leads_to_the_list_as_it_was_left_also_after_something_was_done(
    site: Site, page: Page
) -> None:
    olena = site.town.enrols()
    listed = f"{BOARD}?vis=tabel&soeg={olena.reference}"
    site.enters(page, path=listed)
    page.locator("#resultat").get_by_role("link", name="Olena Kovalenko").click()
    page.get_by_label(re.compile("^Nået den: ")).first.press("Enter")
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_role("link", name="Tilbage til listen").click()
    expect(page).to_have_url(re.compile(re.escape(listed) + "$"))
    page.get_by_role("button", name="Log af", exact=True).click()
    expect(page).to_have_url(f"{site.address}/login")
    site.enters(page, path=f"/sag/{olena.reference}")
    expect(page.get_by_role("link", name="Tilbage til listen")).to_have_count(0)
