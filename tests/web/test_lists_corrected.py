"""Indlæs liste: its faults are corrected in the page, and it says who is new, updated and unchanged."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.candidate import Candidate
from models.list_import import ListImport
from models.staff import Role
from models.types import table
from onboarding.store import CANDIDATE, ENROLMENT
from tests.municipality import SYD, SYD_AREA, VIBY_AREA
from tests.onboarding.lists.made import cells, csv_bytes
from tests.web.looking import plain
from tests.web.site import Site, Visitor
from tests.web.test_lists import OLENA, SOEREN, facts, hidden, sends
from tests.web.test_lists_beyond import has_areas

_OFFICER, _OTHER_OFFICER = Role.JOBCENTER_OFFICER, "anden@jobcenter.example.org"
NUMBER = "010160-0001"
#: Three faults in two rows: a number, a date and an area.
FAULTY = csv_bytes(
    cells(cpr="010160-000", navn="Olena Kovalenko", startdato="aldrig"),
    SOEREN,
    cells(cpr="110360-0001", navn="Bogdan Popescu", værtsområde="Nord"),
)
CORRECTED = {"CPR-nr., række 2": NUMBER, "Startdato, række 2": "07-09-2026", "Værtsområde, række 4": VIBY_AREA}


def fields(answer: httpx.Response) -> dict[str, tuple[str, str]]:
    """Each field of the page: what it is called, which cell it is, and what stands in it."""
    found = re.findall(
        r'<label[^>]* for="celle-[^>]*>([^<]*)<span class="sr-only">([^<]*)</span></label>.*?name="at" value="([^"]*)">'
        r'\s*(?:<input class="form-input"[^>]*? name="value"|<select.*?<option)(?: value="([^"]*)"(?: selected)?)',
        html.unescape(answer.text),
        re.DOTALL,
    )
    return {label + row: (at, value) for label, row, at, value in found}


def corrects(
    visitor: Visitor, shown: httpx.Response, typed: dict[str, str], omit: Sequence[int] = ()
) -> httpx.Response:
    """Types into the fields that are shown, leaves rows out, and checks again; the others are sent as they stand."""
    there = fields(shown)
    texts = {at: typed.get(label, value) for label, (at, value) in there.items()}
    rows = re.findall(r'type="hidden" name="row" value="(\d+)"', shown.text)
    form = {**hidden(shown, "/lister/ret"), "at": list(texts), "value": list(texts.values()), "row": rows}
    return visitor.client.post("/lister/ret", data=form | {"omit": [str(row) for row in omit]})


def test_a_list_is_read_in_when_its_faults_were_corrected_in_the_page(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, FAULTY)
    assert {label: value for label, (_, value) in fields(shown).items()} == {
        "CPR-nr., række 2": "",
        "Startdato, række 2": "aldrig",
        "Værtsområde, række 4": "Nord",
    }
    tried = corrects(officer, shown, CORRECTED)
    assert "3 celler er rettet her" in tried.text
    assert (facts(tried)["Nye, som indskrives"], site.town.count(Candidate)) == ("3", 0)
    assert officer.posts("/lister/bekraeft", **hidden(tried)).status_code == 303
    assert [row["starts_on"].isoformat() for row in site.town.rows(ENROLMENT)][:1] == ["2026-09-07"]
    assert [(run["rows"], run["corrected"]) for run in site.town.rows(table(ListImport))] == [(3, 3)]
    assert "3 celler rettet" in officer.gets("/lister").text


def test_what_was_corrected_stays_when_other_faults_are_left(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    some = corrects(officer, sends(officer, FAULTY), {"CPR-nr., række 2": NUMBER, "Værtsområde, række 4": "Vest"})
    left = {label: value for label, (_, value) in fields(some).items()}
    assert left == {"Startdato, række 2": "aldrig", "Værtsområde, række 4": "Vest"}
    assert "Listen har 2 fejl i 2 rækker" in some.text
    rest = {label: CORRECTED[label] for label in left}
    tried = corrects(officer, some, rest)
    assert facts(tried)["Nye, som indskrives"] == "3"
    officer.posts("/lister/bekraeft", **hidden(tried))
    assert len(site.town.rows(CANDIDATE)) == 3


def test_no_number_is_in_the_page_when_rows_with_faults_are_shown(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, csv_bytes(cells(cpr=NUMBER, startdato="aldrig"), cells(navn=f"Olena {NUMBER}")))
    again = corrects(officer, shown, {"Navn, række 3": NUMBER})
    for answer in (shown, again, corrects(officer, again, {"Navn, række 3": "Olena"})):
        assert answer.status_code == 200
        assert not re.search(r"010160\W?0001", answer.text)


def test_the_file_is_to_be_corrected_when_a_fault_is_not_one_of_a_cell(site: Site) -> None:
    shown = sends(site.remembered(_OFFICER), csv_bytes(cells(startdato="aldrig")[1:], headings=["Navn", "CPR-nr."]))
    assert "Ret fejlene i filen" in shown.text
    assert "/lister/ret" not in shown.text


@pytest.mark.parametrize("at", ["2-99", "99-1", "x", "-1-2", ""])
def test_a_correction_is_refused_when_it_is_of_no_cell(site: Site, at: str) -> None:
    officer = site.remembered(_OFFICER)
    form = hidden(sends(officer, FAULTY), "/lister/ret") | {"at": at, "value": "x"}
    answer = officer.posts("/lister/ret", **form)
    assert (answer.status_code, "hører ikke til listen" in answer.text) == (422, True)


def test_some_of_the_faulty_rows_are_shown_when_there_are_very_many(site: Site) -> None:
    many = csv_bytes(*(cells(cpr="x", startdato="aldrig") for _ in range(201)))
    shown = sends(site.remembered(_OFFICER), many)
    assert shown.text.count("<fieldset") == 200
    assert "De første 200 af 201 rækker med fejl" in shown.text


def test_it_is_said_who_is_new_and_what_changes_when_a_list_is_shown(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    officer.posts("/lister/bekraeft", **hidden(sends(officer, csv_bytes(OLENA, SOEREN))))
    other = cells(cpr="110360-0001", navn="Bogdan Popescu")
    handed_over = cells(cpr=NUMBER, navn="Olena Nowak", koordinator=SYD, værtsområde=SYD_AREA, telefon="20 11 39 21")
    shown = html.unescape(sends(officer, csv_bytes(handed_over, SOEREN, other)).text)
    told = [re.sub(r"<[^>]*>", "", line) for line in re.findall(r"<li>(.*?)</li>", shown) if "Række" in line]
    assert told == [
        "Række 4 Bogdan Popescu",
        "Række 2 Olena Nowak (IM-0001): navn, telefon, værtsområde, koordinator",
        "Række 3 Søren Ågård (IM-0002)",
    ]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (_OTHER_OFFICER, ": kendt i forvejen"),
        ("cli:test", " (IM-0001): telefon, e-mail, modersmål"),  # whom no officer has, those of the area see
    ],
)
def test_only_that_they_are_known_is_said_when_somebody_is_anothers(site: Site, by: str, said: str) -> None:
    has_areas(site, _OTHER_OFFICER, "jobcenter_officer")
    site.town.enrols("Olena Kovalenko", cpr=NUMBER.replace("-", ""), by=by)
    officer = site.remembered(_OFFICER)
    shown = html.unescape(sends(officer, csv_bytes(cells(cpr=NUMBER, navn="Olena Nowak"))).text)
    (told,) = [re.sub(r"<[^>]*>", "", line) for line in re.findall(r"<li>(.*?)</li>", shown) if "Række" in line]
    assert told == f"Række 2 Olena Nowak{said}"


def test_an_officer_corrects_three_faults_with_a_browser(site: Site, page: Page, tmp_path: Path) -> None:
    site.signs_in(page, _OFFICER, "/lister")
    path = tmp_path / "hold.csv"
    path.write_bytes(FAULTY)
    page.get_by_label("Forløb", exact=True).select_option("ped_assistant_track")
    page.get_by_label("Liste", exact=True).set_input_files(path)
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_role("alert")).to_be_focused()
    plain(page)
    page.keyboard.press("Tab")
    page.keyboard.type(NUMBER)
    page.keyboard.press("Tab")
    page.keyboard.type("07-09-2026")
    expect(page.get_by_label("Startdato, række 2")).to_have_accessible_description(re.compile("Datoen kan ikke læses"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Listen har 1 fejl i 1 række")
    plain(page)
    page.get_by_label("Værtsområde, række 4").select_option(VIBY_AREA)
    page.get_by_role("button", name="Kontrollér igen").click()
    expect(page.get_by_role("heading", name="Det vil ske")).to_be_focused()
    page.get_by_text("Nye, som indskrives").click()
    expect(page.get_by_text("Bogdan Popescu")).to_be_visible()
    plain(page)
    page.get_by_role("button", name="Indlæs listen").click()
    expect(page.get_by_role("status")).to_contain_text("3 indskrevet")


def test_every_fault_is_read_when_a_page_full_of_them_is_sent_back(site: Site) -> None:
    """More fields than a form may usually have."""
    visitor = site.remembered(Role.JOBCENTER_OFFICER)
    rows = "".join(f"0000000000;Navn{i};31-31-2026;Intetsteds;ingen@example.org\n" for i in range(200))
    data = f"CPR-nummer;Navn;Startdato;Værtsområde;Koordinator\n{rows}".encode()
    chosen = {"csrf": visitor.csrf, "pathway": "immigrant_track"}
    shown = visitor.client.post("/lister", data=chosen, files={"file": ("liste.csv", data)}).text
    places = re.findall(r'name="at" value="([^"]+)"', shown)
    sent = {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("command_id", "sealed")}
    form = [*(chosen | sent).items(), *(pair for at in places for pair in (("at", at), ("value", "x")))]
    content, kind = urlencode(form), "application/x-www-form-urlencoded"
    answer = visitor.client.post("/lister/ret", content=content, headers={"content-type": kind})
    assert len(form) > 1_000
    assert (answer.status_code, "Listen har" in answer.text) == (200, True)
