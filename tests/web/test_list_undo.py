"""Fortryd en indlæsning: what it would do is shown, and done when it is confirmed."""

from __future__ import annotations

import html
import re

import pytest
from playwright.sync_api import Page, expect

from models.list_import import ListImport
from models.staff import Role
from models.types import table
from onboarding.store import ENROLMENT
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, Candidate
from tests.onboarding.lists.made import cells, csv_bytes
from tests.web.looking import plain
from tests.web.site import Site, Visitor
from tests.web.test_lists import OLENA, SOEREN, hidden, sends

_OFFICER = Role.JOBCENTER_OFFICER
IN_SYD = cells(cpr="110360-0001", navn="Bogdan Popescu", værtsområde=SYD_AREA, koordinator=SYD)


def reads_in(visitor: Visitor, *rows: tuple[object, ...]) -> None:
    shown = sends(visitor, csv_bytes(*rows))  # type: ignore[arg-type]
    assert visitor.posts("/lister/bekraeft", **hidden(shown)).status_code == 303


def undoes(visitor: Visitor, number: int = 1) -> str:
    """Looks at what would happen and says yes; where that leads to."""
    asked = visitor.gets(f"/lister/{number}/fortryd").text
    (command_id,) = re.findall(r'name="command_id" value="([^"]*)"', asked)
    return visitor.posts(f"/lister/{number}/fortryd", command_id=command_id).headers["location"]


def test_everybody_is_taken_back_when_an_officer_undoes_their_list(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    reads_in(officer, OLENA, SOEREN)
    asked = html.unescape(officer.gets("/lister/1/fortryd").text)
    assert "2 forløb afsluttes som »Indskrevet ved en fejl«" in asked
    assert "1 besked om forløbene er ikke sendt endnu og bliver ikke sendt" in asked
    assert "ført tilbage" not in asked
    assert {row["status"] for row in site.town.rows(ENROLMENT)} == {"open"}
    after = officer.gets(undoes(officer)).text
    assert "Indlæsningen er fortrudt: 2 forløb" in after
    assert re.search(r"Fortrudt [^<]* af Pia Jobcenter\s*</td>", after)
    assert "/lister/1/fortryd" not in after
    assert [run["undone_by"] for run in site.town.rows(table(ListImport))] == [OFFICER]
    assert officer.gets("/sag/IM-0001").status_code == 200
    assert "Olena" not in officer.gets("/forloeb/immigrant_track?afsluttede=ja").text


def test_what_is_not_taken_back_is_said_when_the_list_updated_somebody(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    reads_in(officer, OLENA)
    reads_in(officer, cells(cpr="010160-0001", navn="Olena Nowak"), SOEREN)
    asked = re.sub(r"<[^>]*>", "", officer.gets("/lister/2/fortryd").text)
    assert "hos 1 person, der var kendt i forvejen (fx telefon eller koordinator), bliver ikke ført tilbage" in asked


def test_it_is_said_what_stands_in_the_way_when_somebody_has_gone_on(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    reads_in(officer, OLENA, SOEREN)
    Candidate(site.town, "IM-0002", site.town.applicant()).pauses()
    history = officer.gets("/lister").text
    why = "Kan ikke fortrydes: der er siden sket noget i nogle af forløbene."
    assert (why in history, "/lister/1/fortryd" in history) == (True, False)
    asked = officer.gets("/lister/1/fortryd").text
    assert "IM-0002: Forløbet er siden indskrivningen sat på pause" in asked
    assert "command_id" not in asked
    refused = officer.posts("/lister/1/fortryd", command_id="one")
    assert (refused.status_code, "IM-0002: " in refused.text) == (422, True)
    assert {row["status"] for row in site.town.rows(ENROLMENT)} == {"open", "paused"}


@pytest.mark.parametrize(("email", "status"), [(VIBY, 404), (SYD, 404)])
def test_a_list_is_not_to_be_undone_when_some_of_it_is_anothers(site: Site, email: str, status: int) -> None:
    reads_in(site.remembered(_OFFICER), OLENA, IN_SYD)
    coordinator = site.remembered(Role.COORDINATOR, email)
    Candidate(site.town, "IM-0002", site.town.applicant()).pauses()  # of what is not theirs they are not told that
    assert "Kan ikke fortrydes: nogle af forløbene er uden for dine områder." in coordinator.gets("/lister").text
    assert coordinator.gets("/lister/1/fortryd").status_code == status
    assert coordinator.posts("/lister/1/fortryd", command_id="one").status_code == status
    assert {row["status"] for row in site.town.rows(ENROLMENT)} == {"open", "paused"}


def test_it_is_said_why_not_when_a_list_enrolled_nobody(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    for _ in range(2):
        reads_in(officer, OLENA)
    history = officer.gets("/lister").text
    assert "Kan ikke fortrydes: listen indskrev ingen." in history
    assert ("/lister/1/fortryd" in history, "/lister/2/fortryd" in history) == (True, False)


def test_an_officer_takes_a_list_back_with_a_browser(site: Site, page: Page) -> None:
    reads_in(site.remembered(_OFFICER), OLENA, SOEREN)
    site.town.delivers()
    site.signs_in(page, _OFFICER, "/lister")
    plain(page)
    page.get_by_role("link", name="Fortryd listen fra").click()
    expect(page.get_by_role("heading", name="Det vil ske")).to_be_visible()
    plain(page)
    page.get_by_role("button", name="Fortryd indlæsningen").click()
    expect(page.get_by_role("status")).to_be_focused()
    plain(page)
    page.goto(site.address + "/sag/IM-0001")
    expect(page.get_by_text("Indskrevet ved en fejl").first).to_be_visible()
    plain(page)
