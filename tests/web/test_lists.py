"""Indlæs liste: a list is shown, tried and read in."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from docs.draw import ROOT
from models.candidate import Candidate
from models.enrolment import Enrolment
from models.list_import import ListImport
from models.staff import Role
from onboarding.lists.columns import TEMPLATE
from onboarding.lists.limits import FILE_BYTES
from onboarding.lists.workbook import read_workbook
from tests.municipality import SYD, SYD_AREA
from tests.onboarding.lists.made import cells, csv_bytes
from tests.web.looking import plain
from tests.web.site import Site, Visitor

_OFFICER = Role.JOBCENTER_OFFICER
OLENA = cells(cpr="010160-0001", navn="Olena Kovalenko")
SOEREN = cells(cpr="070260-0001", navn="Søren Ågård")
SAMPLES = ROOT / "samples"


def sends(visitor: Visitor, data: bytes, name: str = "liste.csv", pathway: str = "immigrant_track") -> httpx.Response:
    """Chooses a file, and asks to see what would happen."""
    form = {"csrf": visitor.csrf, "pathway": pathway}
    return visitor.client.post("/lister", data=form, files={"file": (name, data)})


def hidden(answer: httpx.Response, action: str = "/lister/bekraeft") -> dict[str, str]:
    """The fields that nobody sees, of the form that confirms or corrects."""
    (form,) = re.findall(rf'action="{action}"[^>]*>(.*?)</form>', answer.text, re.DOTALL)
    return dict(re.findall(r'type="hidden" name="(csrf|command_id|sealed)" value="([^"]*)"', form))


def facts(answer: httpx.Response) -> dict[str, str]:
    """How many people each of the three things would happen to."""
    return dict(re.findall(r'(?:<summary>|class="sosu-nobody">)([^<]*): (\d+)<', answer.text))


def test_everybody_is_enrolled_when_the_list_that_was_shown_is_confirmed(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = sends(officer, csv_bytes(OLENA, SOEREN))
    assert (shown.status_code, facts(shown)["Nye, som indskrives"]) == (200, "2")
    assert site.town.count(Candidate) == site.town.count(ListImport) == 0
    done = officer.posts("/lister/bekraeft", **hidden(shown))
    assert (done.status_code, done.headers["location"]) == (303, "/lister?gjort=1")
    assert "2 indskrevet, 0 opdateret, 0 uændret" in officer.gets(done.headers["location"]).text
    assert site.town.count(Enrolment) == 2


def test_new_updated_and_unchanged_are_told_apart_when_the_list_has_all_three(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    officer.posts("/lister/bekraeft", **hidden(sends(officer, csv_bytes(OLENA, SOEREN))))
    other = cells(cpr="110360-0001", navn="Bogdan Popescu")
    renamed = cells(cpr="010160-0001", navn="Olena Nowak")
    shown = facts(sends(officer, csv_bytes(renamed, SOEREN, other)))
    counted = [shown[f"{which}"] for which in ("Nye, som indskrives", "Kendte, som opdateres", "Kendte, uændret")]
    assert counted == ["1", "1", "1"]


def test_a_list_is_read_once_when_the_button_is_pressed_twice(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    confirmed = hidden(sends(officer, csv_bytes(OLENA)))
    answers = [officer.posts("/lister/bekraeft", **confirmed) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {"/lister?gjort=1"}
    assert (site.town.count(ListImport), site.town.count(Enrolment)) == (1, 1)


@pytest.mark.parametrize("spelt", ["{}", "urn:uuid:{}", "{{{}}}"])
def test_a_list_is_not_read_again_when_its_command_is_spelt_in_another_way(site: Site, spelt: str) -> None:
    officer = site.remembered(_OFFICER)
    confirmed = hidden(sends(officer, csv_bytes(OLENA)))
    command = confirmed["command_id"]
    others = {spelt.format(command.upper()), spelt.format(command.replace("-", ""))}
    for other in others:
        answer = officer.posts("/lister/bekraeft", **(confirmed | {"command_id": other}))
        assert (answer.status_code, "Begynd forfra" in answer.text) == (422, True)
    assert site.town.count(ListImport) == 0


def test_every_fault_is_named_by_row_and_column_when_the_list_has_some(site: Site) -> None:
    bad = csv_bytes(cells(cpr="123", startdato="aldrig"), SOEREN, cells(cpr="010160-0001", samtykke="måske"))
    shown = sends(site.remembered(_OFFICER), bad)
    told = html.unescape(shown.text)
    assert (shown.status_code, "Listen har 3 fejl" in told) == (200, True)
    found = re.findall(r'form-error">\s*<label[^>]*>(.*?)<span class="sr-only">, række (\d+)<', told)
    assert found == [("CPR-nr.", "2"), ("Startdato", "2"), ("Samtykke", "4")]
    assert "/lister/bekraeft" not in shown.text
    assert site.town.count(Candidate) == 0


def test_no_number_is_in_the_page_when_a_list_waits_in_it(site: Site) -> None:
    shown = sends(site.remembered(_OFFICER), csv_bytes(OLENA))
    assert not re.search(r"010160\W?0001", shown.text)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("liste.pdf", b"%PDF", "hverken .xlsx eller .csv"),
        ("liste.xlsx", b"CPR;Navn", "ikke et regneark"),
        ("liste.csv", b"", "Filen er tom"),
        ("liste.csv", b"x" * (FILE_BYTES + 1), "over 20 MB"),
        ("", b"", "Vælg en fil"),
    ],
)
def test_it_is_said_in_the_page_when_the_file_cannot_be_read(site: Site, name: str, data: bytes, said: str) -> None:
    answer = sends(site.remembered(_OFFICER), data, name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert '<option value="immigrant_track" selected>' in answer.text


def test_nobody_has_to_be_signed_in_to_be_refused_when_they_send_far_too_much(site: Site) -> None:
    answer = sends(site.visitor(), b"x" * (2 * FILE_BYTES))
    assert (answer.status_code, "for stort" in answer.text) == (413, True)


@pytest.mark.parametrize("how", ["another person", "too late"])
def test_nothing_is_read_in_when_what_was_confirmed_is_not_what_was_shown(site: Site, how: str) -> None:
    officer = site.remembered(_OFFICER)
    fields = hidden(sends(officer, csv_bytes(OLENA)))
    del fields["csrf"]
    if how == "too late":
        site.town.clock.now += timedelta(minutes=61)
    sender = site.remembered(_OFFICER if how == "too late" else Role.COORDINATOR)
    answer = sender.posts("/lister/bekraeft", **fields)
    assert (answer.status_code, "Begynd forfra" in answer.text) == (422, True)
    assert site.town.count(Candidate) == 0


def test_the_template_can_be_filled_in_when_it_is_downloaded(site: Site) -> None:
    answer = site.remembered(_OFFICER).gets("/lister/skabelon.xlsx")
    assert answer.headers["content-disposition"].endswith('filename="kandidatliste.xlsx"')
    (headings,) = read_workbook(answer.content)
    assert headings.cells == TEMPLATE


def test_a_list_is_in_the_history_of_whoever_got_somebody_from_it(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    syd = csv_bytes(cells(cpr="010160-0001", værtsområde=SYD_AREA, koordinator=SYD))
    officer.posts("/lister/bekraeft", **hidden(sends(officer, syd)))
    theirs, others = (site.remembered(Role.COORDINATOR, email).gets("/lister").text for email in (SYD, ""))
    assert ("Pia Jobcenter" in theirs, "Pia Jobcenter" in others) == (True, False)
    assert "Ingen lister er læst ind endnu" in others


def test_an_officer_reads_a_list_in_with_a_browser(site: Site, page: Page, tmp_path: Path) -> None:
    site.signs_in(page, _OFFICER, "/lister")
    plain(page)
    page.get_by_label("Forløb", exact=True).select_option("ped_assistant_track")
    page.get_by_label("Liste", exact=True).set_input_files(SAMPLES / "med-fejl.csv")
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_role("alert")).to_contain_text("Intet er gemt")
    plain(page)
    good = tmp_path / "hold.csv"
    good.write_bytes(csv_bytes(OLENA, SOEREN))
    page.get_by_label("Liste", exact=True).set_input_files(good)
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_role("heading", name="Det vil ske")).to_be_focused()
    plain(page)
    page.get_by_role("button", name="Indlæs listen").click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("2 indskrevet")
    plain(page)


def test_an_officer_reads_a_list_in_when_script_is_turned_off(site: Site, new_context: object) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]  # the plugin names no type
    site.signs_in(page, _OFFICER, "/lister")
    page.get_by_label("Forløb", exact=True).select_option("immigrant_track")
    page.get_by_label("Liste", exact=True).set_input_files(SAMPLES / "immigrantprojekt-hold-1.xlsx")
    page.get_by_role("button", name="Se, hvad der sker").click()
    page.get_by_role("button", name="Indlæs listen").click()
    expect(page.get_by_role("status")).to_contain_text("indskrevet")
