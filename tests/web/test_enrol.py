"""Indskriv: one candidate is typed in, shown back, and enrolled."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.candidate import Candidate
from models.enrolment import Enrolment
from models.staff import Role
from onboarding import audit
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.support import made_up_cpr, made_up_people
from tests.web.looking import plain
from tests.web.site import Site, Visitor

_OFFICER = Role.JOBCENTER_OFFICER
NAME, CPR, BORN = next(made_up_people(1))
REPLACEMENT = f"{int(CPR[0]) + 6}{CPR[1:]}"


def typed(**changed: str) -> dict[str, str]:
    """A form that is filled in as it should be."""
    good = {
        "pathway": "immigrant_track",
        "name": NAME,
        "cpr": f"{CPR[:6]}-{CPR[6:]}",
        "area": VIBY_AREA,
        "coordinator": VIBY,
        "starts_on": "2026-09-14",
        "phone": "20 11 39 20",
        "email": "olena@example.org",
        "mother_tongue": "Ukrainsk",
        "consent": "ja",
    }
    return good | changed


def hidden(answer: httpx.Response) -> dict[str, str]:
    """The fields of the last form that nobody sees."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))


def holds_number(answer: httpx.Response) -> bool:
    return bool(re.search(rf"{CPR[:6]}\W?{CPR[6:]}", answer.text))


def test_a_candidate_is_enrolled_when_what_was_typed_is_confirmed(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = officer.posts("/indskriv", **typed())
    assert shown.status_code == 200
    assert [text in shown.text for text in (NAME, "1. januar 1960", "Karen Viby", "14. september 2026")] == [True] * 4
    assert not holds_number(shown)
    assert site.town.count(Enrolment) == site.town.count(Candidate) == 0
    done = officer.posts("/indskriv/bekraeft", **hidden(shown))
    assert (done.status_code, done.headers["location"]) == (303, "/indskriv?gjort=IM-0001")
    assert "Kandidaten er indskrevet som" in officer.gets(done.headers["location"]).text
    assert "Ukrainsk" in officer.gets("/sag/IM-0001").text


def test_a_candidate_is_enrolled_once_when_the_button_is_pressed_twice(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    confirmed = hidden(officer.posts("/indskriv", **typed()))
    answers = [officer.posts("/indskriv/bekraeft", **confirmed) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {"/indskriv?gjort=IM-0001"}
    assert site.town.count(Enrolment) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cpr": "123"}, "har 3 cifre"),
        ({"cpr": "3102901234"}, "ikke med en dato"),
        ({"name": "  "}, "skal have et navn"),
        ({"starts_on": "i morgen"}, "Startdatoen mangler"),
        ({"starts_on": "0001-01-01"}, "Startdatoen mangler"),
        ({"coordinator": "ingen@example.org"}, "oordinator"),
        ({"area": "Nord"}, "Værtsområdet findes ikke"),
        ({"pathway": "noget_andet"}, "Forløbet findes ikke"),
        ({"mother_tongue": CPR}, "ligner et CPR-nummer"),
    ],
)
def test_it_is_said_in_the_page_when_something_cannot_be(site: Site, changed: dict[str, str], said: str) -> None:
    answer = site.remembered(_OFFICER).posts("/indskriv", **typed(**changed))
    assert (answer.status_code, site.town.count(Candidate)) == (422, 0)
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert 'value="20 11 39 20"' in answer.text


def test_everything_is_said_at_once_when_several_fields_cannot_be(site: Site) -> None:
    wrong = {"cpr": "123", "name": " ", "starts_on": "i morgen", "area": "Nord", "coordinator": "ingen@example.org"}
    answer = site.remembered(_OFFICER).posts("/indskriv", **typed(**wrong))
    said = ("har 3 cifre", "skal have et navn", "Startdatoen mangler", "Værtsområdet findes", "Koordinatoren findes")
    assert [text in answer.text for text in said] == [True] * len(said)


@pytest.mark.parametrize("email", [VIBY, SYD])
def test_whoever_enrols_into_another_area_is_told_before_it_is_saved_that_they_will_not_see_it(
    site: Site, email: str
) -> None:
    shown = site.remembered(Role.COORDINATOR, email).posts("/indskriv", **typed())
    assert ("du kan ikke se forløbet" in shown.text) is (email == SYD)


def test_the_number_is_in_no_page_when_it_was_typed(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    shown = officer.posts("/indskriv", **typed())
    pages = [
        shown,
        officer.posts("/indskriv", **typed(name="")),
        officer.posts("/indskriv/cpr", cpr=CPR),
        officer.posts("/indskriv/ret", **hidden(shown)),
    ]
    assert not any(holds_number(answer) for answer in pages)


def test_what_was_typed_is_still_there_when_it_is_to_be_changed(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    again = officer.posts("/indskriv/ret", **hidden(officer.posts("/indskriv", **typed())))
    assert again.status_code == 200
    assert [f'value="{text}"' in again.text for text in (NAME, "20 11 39 20", "2026-09-14")] == [True] * 3
    assert "Skriv det igen" in again.text
    assert "Skriv det igen" not in officer.gets("/indskriv").text


def test_no_command_is_told_in_a_page_when_a_number_is_one_of_replacement(site: Site) -> None:
    officer = site.remembered(_OFFICER)
    for answer in (
        officer.posts("/indskriv/cpr", cpr=REPLACEMENT),
        officer.posts("/indskriv", **typed(cpr=REPLACEMENT)),
    ):
        assert "sig det til driften, når kandidaten får et CPR-nummer" in answer.text
        assert "sosu renumber" not in answer.text


@pytest.mark.parametrize("email", [VIBY, SYD])
def test_a_known_person_is_shown_as_far_as_the_scope_goes_when_the_number_is_typed(site: Site, email: str) -> None:
    site.town.enrols(NAME, cpr=CPR, area=SYD_AREA, coordinator=SYD)
    coordinator = site.remembered(Role.COORDINATOR, email)
    for answer in (
        coordinator.posts("/indskriv/cpr", cpr=CPR),
        coordinator.posts("/indskriv", **typed(pathway="ped_assistant_track", name="Somebody Else")),
    ):
        assert answer.status_code == 200
        assert ("Personen er kendt i forvejen, men" in answer.text) is (email == VIBY)
        assert (NAME in answer.text, "IM-0001" in answer.text) == (email == SYD, email == SYD)


@pytest.mark.parametrize("email", [VIBY, SYD])
def test_it_is_in_the_audit_log_once_a_day_when_a_number_tells_who_somebody_is(site: Site, email: str) -> None:
    for pathway in ("immigrant_track", "ped_assistant_track"):
        site.town.enrols(NAME, pathway, cpr=CPR, area=SYD_AREA, coordinator=SYD)
    coordinator = site.remembered(Role.COORDINATOR, email)
    for day in (1, 2):
        for path, form in (("/indskriv/cpr", {"cpr": CPR}), ("/indskriv", typed()), ("/indskriv/cpr", {"cpr": CPR})):
            coordinator.posts(path, **form)
        assert found(site) == [(email, "PA-0001")] * day
        site.town.clock.passes(days=1)
        coordinator = site.remembered(Role.COORDINATOR, email)


def test_nothing_is_in_the_audit_log_when_a_number_is_nobodys(site: Site) -> None:
    site.remembered(_OFFICER).posts("/indskriv/cpr", cpr=CPR)
    assert found(site) == []


def found(site: Site) -> list[tuple[str, str]]:
    """Who found somebody by their number, and whom."""
    with site.town.database.read() as session:
        rows, _ = audit.search(session, audit.Wanted("person_found"), limit=10)
    return [(row.by, row.subject) for row in rows]


def test_nobody_is_enrolled_twice_when_they_are_on_the_way_already(site: Site) -> None:
    site.town.enrols(NAME, cpr=CPR)
    answer = site.remembered(_OFFICER).posts("/indskriv", **typed())
    assert (answer.status_code, "allerede i gang i forløbet IM-0001" in answer.text) == (422, True)
    assert 'href="/sag/IM-0001"' in answer.text


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (CPR, "ikke kendt i forvejen"),
        (REPLACEMENT, "erstatningspersonnummer"),
        ("12345", "har 5 cifre"),
        ("", ""),
    ],
)
def test_a_number_is_looked_at_while_it_is_typed(site: Site, number: str, said: str) -> None:
    answer = site.remembered(_OFFICER).posts("/indskriv/cpr", cpr=number)
    assert answer.status_code == 200
    assert said in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("how", ["another person", "another command", "too late", "changed"])
def test_nobody_is_enrolled_when_what_was_confirmed_is_not_what_was_shown(site: Site, how: str) -> None:
    officer, other = site.remembered(_OFFICER), site.remembered(Role.COORDINATOR)
    fields = hidden(officer.posts("/indskriv", **typed()))
    del fields["csrf"]
    sender: Visitor = officer
    if how == "another person":
        sender = other
    elif how == "another command":
        fields["command_id"] = hidden(officer.posts("/indskriv", **typed()))["command_id"]
    elif how == "too late":
        site.town.clock.now += timedelta(minutes=61)
        sender = site.remembered(_OFFICER)
    else:
        fields["sealed"] = fields["sealed"][:-8] + "AAAAAAAA"
    answer = sender.posts("/indskriv/bekraeft", **fields)
    assert (answer.status_code, "Begynd forfra" in answer.text) == (422, True)
    assert site.town.count(Candidate) == 0


def _fill(page: Page) -> None:
    page.get_by_label("Navn").fill(NAME)
    page.get_by_label("Forløb", exact=True).select_option("immigrant_track")
    page.get_by_label("Værtsområde").select_option(VIBY_AREA)
    page.get_by_label("Beskæftigelseskoordinator").select_option(VIBY)


def test_an_officer_enrols_somebody_in_a_browser(site: Site, page: Page) -> None:
    site.town.enrols(NAME, "ped_assistant_track", cpr=CPR)
    site.signs_in(page, _OFFICER, "/indskriv")
    plain(page)
    number = page.get_by_label("CPR-nummer")
    number.press_sequentially("3102")
    page.wait_for_timeout(1000)  # longer than anything took to be said while somebody was typing
    expect(page.locator("#cpr-svar")).to_be_empty()
    number.press("Tab")
    expect(page.get_by_text("har 4 cifre")).to_be_visible()
    plain(page)
    number.fill(CPR)
    expect(page.get_by_text(f"Personen er kendt: {NAME}")).to_be_visible()
    plain(page)
    _fill(page)
    page.get_by_role("button", name="Kontrollér").click()
    expect(page.get_by_role("heading", name="Kontrollér, og indskriv")).to_be_visible()
    plain(page)
    page.get_by_role("button", name="Indskriv").click()
    expect(page.get_by_role("status")).to_be_focused()
    plain(page)
    page.get_by_role("link", name="IM-0001").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    assert CPR not in page.url


def test_an_officer_enrols_somebody_when_script_is_turned_off(site: Site, new_context: object) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]  # the plugin names no type
    site.signs_in(page, _OFFICER, "/indskriv")
    _fill(page)
    page.get_by_label("CPR-nummer").fill(made_up_cpr(BORN, 2))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Indskriv").click()
    expect(page.get_by_role("status")).to_contain_text("IM-0001")
