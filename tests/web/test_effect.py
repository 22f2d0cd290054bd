"""»Virker beskederne?«: how often a reminder was followed by an action, as a manager opens it."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from onboarding.preferences import choose_topic
from tests.municipality import SYD, VIBY
from tests.web.looking import axe, fits
from tests.web.site import Site
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]

PAGE = "/beskeder/virkning/immigrant_track"


def reminded(site: Site, people: int, heard: int) -> None:
    """So many were late, and of so many somebody recorded something two days after the reminder; all a while ago."""
    town = site.town
    everybody = [town.enrols() for _ in range(people)]
    town.clock.moves_to(date(2026, 9, 22))
    town.sweeps()
    town.delivers()
    town.clock.passes(days=2)
    for olena in everybody[:heard]:
        olena.records("interest_confirmed")
    town.clock.passes(days=30)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each row of the table, by its heading."""
    text = html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', text)
    return {heading: re.findall(r"<td[^>]*>(.*?)</td>", cells) for heading, cells in found}


def test_a_manager_sees_how_often_somebody_acted_when_reminders_were_sent(site: Site, page: Page) -> None:
    reminded(site, people=3, heard=2)
    site.enters(page, Role.MANAGER, "/beskeder")
    page.get_by_role("link", name="Virker beskederne?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Virker beskederne?")
    late = page.get_by_role("row", name="Fristen er overskredet")
    expect(late.get_by_role("cell")).to_have_text(["3", "2 (67 %)", "2", "0"])
    expect(page.get_by_text("er ikke det samme som, at beskeden var grunden til den")).to_be_visible()
    page.get_by_label("Periode fra").fill("2026-09-23")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("Ingen rykkere er sendt i perioden")).to_be_visible()
    page.get_by_role("link", name="se hele tiden").click()
    expect(late).to_be_visible()
    axe(page)
    fits(page)


def test_every_kind_that_asks_for_something_has_a_row_when_one_of_them_was_sent(site: Site) -> None:
    reminded(site, people=1, heard=0)
    found = rows(site.remembered(Role.COORDINATOR).gets(PAGE).text)
    assert found["Fristen er overskredet"] == ["1", "0 (0 %)", "–", "0"]
    assert found["Fristen nærmer sig"] == ["0", "0", "–", "0"]
    assert {"Eskalering til lederen", "Pausen skal følges op", "Pausen er ikke fulgt op"} < set(found)
    assert "Indskrevet" not in found


def test_what_went_in_a_digest_within_the_week_is_counted_and_not_said_to_be_unsent(site: Site) -> None:
    with site.town.database.write() as session:
        choose_topic(session, VIBY, Topic.DEADLINES, Pace.DIGEST)
    for _ in range(3):
        site.town.enrols()
    site.town.clock.moves_to(date(2026, 9, 22))
    site.town.sweeps()
    site.town.clock.passes(days=1)
    site.town.delivers()
    assert "gathered" in {row["state"] for row in site.town.messages(kind="reminder_after")}
    text = site.remembered(Role.COORDINATOR).gets(PAGE).text
    assert rows(text)["Fristen er overskredet"] == ["0", "0", "–", "3"]
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)
    assert headings[1::3] == ["Sendt for over en uge siden", "Sendt den seneste uge"]


def test_those_of_another_area_are_not_counted_when_a_coordinator_looks(site: Site) -> None:
    reminded(site, people=1, heard=0)
    assert "Ingen rykkere er sendt endnu" in site.remembered(Role.COORDINATOR, SYD).gets(PAGE).text


def test_no_small_count_is_on_paper_when_the_page_is_printed(site: Site, page: Page) -> None:
    reminded(site, people=12, heard=4)
    found = rows(site.remembered(Role.MANAGER).gets(f"{PAGE}?udskrift=ja").text)
    assert found["Fristen er overskredet"] == ["12", "under 5", "skjult", "0"]
    site.enters(page, Role.MANAGER, PAGE)
    page.emulate_media(media="print")
    expect(page.get_by_text("Vælg »Udskriv« på siden")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Udskriv").click()
    expect(page.get_by_role("button", name="Udskriv")).to_be_visible()
    axe(page)
    fits(page)


def test_an_administrator_sees_no_figures_of_cases_when_they_look_at_messages(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    assert "Virker beskederne?" not in administrator.gets("/beskeder").text
    assert administrator.gets(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fra=2026-12-31&til=2026-01-01", "Perioden slutter, før den begynder"),
        ("fra=i+dag", "Fra-datoen kan ikke læses"),
    ],
)
def test_no_figure_is_shown_when_a_period_cannot_be_understood(site: Site, query: str, said: str) -> None:
    reminded(site, people=1, heard=0)
    manager = site.remembered(Role.MANAGER)
    answer = manager.gets(f"{PAGE}?{query}")
    assert (answer.status_code, said in answer.text, "<table" in answer.text) == (422, True, False)
    assert manager.gets(f"/beskeder/virkning/no_such_track?{query}").status_code == 404


def test_all_of_it_can_be_read_when_the_screen_is_narrow(site: Site, page: Page) -> None:
    reminded(site, people=3, heard=2)
    page.set_viewport_size({"width": 320, "height": 640})
    site.enters(page, Role.MANAGER, PAGE)
    table = page.get_by_role("region", name="Tabel: Virker beskederne?")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    late = table.get_by_role("row", name="Fristen er overskredet")
    assert late.evaluate("row => [...row.cells].map(cell => cell.innerText.trim()).join(' | ')").startswith(
        "Fristen er overskredet | 3"
    )
    days = late.get_by_role("cell").nth(2)
    assert days.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Dage til den: "'
    drawn = page.get_by_role("img", name="Hvor stor en del")
    label = drawn.get_by_text("Fristen er overskredet", exact=True)
    assert (box := label.bounding_box())
    assert box["height"] >= 20, "it is not drawn smaller"
