"""Rapporter: the figures, as a manager opens them."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from models.staff import Role
from reports.figures import figures
from reports.scope import Scope
from reports.status import status_report
from tests.municipality import SYD, SYD_AREA, Municipality
from tests.reports.lives import live
from tests.web.looking import axe, fits
from tests.web.site import Site, lived_in
from tests.web.test_cases import references
from tests.web.test_in_a_browser import complaints, kept_as_paper
from web.words import as_date

__all__ = ["complaints"]


def _stage(town: Municipality, key: str) -> dict[str, object]:
    with town.database.read() as session:
        return next(stage for stage in figures(session, "immigrant_track") if stage["stage"] == key)


def test_the_list_behind_a_figure_is_opened_when_it_is_clicked(site: Site, page: Page) -> None:
    lived_in(site.town)
    site.signs_in(page, Role.MANAGER, "/rapporter/immigrant_track")
    page.get_by_role("link", name="1 i Intensivt danskforløb, vis listen").click()
    expect(page.get_by_text("1 forløb", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Mikołaj Østergaard")).to_be_visible()


def test_it_is_said_what_to_do_when_nobody_is_enrolled(site: Site) -> None:
    text = site.remembered(Role.MANAGER).gets("/rapporter/immigrant_track").text
    assert "Bed en koordinator eller jobcenteret" in text
    assert "<table" not in text


def test_only_ones_own_are_counted_when_another_area_has_cases(site: Site) -> None:
    site.town.enrols().drops_out("illness")
    site.town.enrols("Bogdan Popescu", area=SYD_AREA, coordinator=SYD)
    with site.town.database.read() as session:
        scope = Scope(0, Role.MANAGER, frozenset({2}))
        report = status_report(session, "immigrant_track", scope)
        assert [report[name] for name in ("enrolled", "active", "dropped_out")] == [1, 1, 0]
        assert report["by_reason"] == {}
        assert figures(session, "immigrant_track", scope)[0]["reached"] == 1
        assert figures(session, "immigrant_track")[0]["reached"] == 2
    assert site.remembered(Role.MANAGER).gets("/rapporter/no_such_track").status_code == 404


def test_a_move_counts_for_nothing_when_it_was_taken_back(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    town.clock.passes(days=10)
    olena.moves("admit")
    assert _stage(town, "danish_course")["reached"] == 1
    intake = _stage(town, "intake")
    assert [intake[name] for name in ("reached", "left", "days", "planned_days")] == [1, 1, 10, 14]
    olena.undoes()
    assert _stage(town, "danish_course")["reached"] == 0
    assert _stage(town, "intake")["left"] == 0
    town.clock.passes(days=5)
    olena.moves("admit")
    assert _stage(town, "intake")["days"] == 15
    assert _stage(town, "danish_course")["days"] is None


def test_the_file_says_what_the_page_says_when_it_is_taken_along(site: Site) -> None:
    lived_in(site.town)
    answer = site.remembered(Role.MANAGER).gets("/rapporter/immigrant_track/eksport.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Tabel", "Række", "Mål", "Tal"]
    assert [(row[1], row[3]) for row in rows if row[0] == "Rapporten"] == [
        ("Forløb", "Projekt målrettet immigranter"),
        ("Periode", "alle, der er indskrevet"),
        ("Opgjort", as_date(site.town.clock.today)),
        ("Omfatter", "de forløb, som Mette Leder kan se"),
    ]
    assert ["Status", "Aktive", "antal", "under 5"] in rows
    assert ["Trin", "Intensivt danskforløb", "nåede trinnet", "under 5"] in rows
    assert ["Tid i trinnet", "Visitation", "dage, plan", 14] in rows


def _links(text: str) -> list[tuple[int, str]]:
    """Each figure that is a link: what it says, and where it leads."""
    found = re.findall(r'<a href="(/forloeb/[^"]+)" aria-label="[^"]+, vis listen">(\d+)</a>', text)
    return [(int(count), html.unescape(href)) for href, count in found]


def test_exactly_those_are_listed_when_any_figure_of_a_report_is_opened(site: Site) -> None:
    live(site.town, Random(3), people=14, months=5)
    manager, seen = site.remembered(Role.MANAGER), 0
    middle = site.town.clock.today - timedelta(weeks=9)
    for query in ("", f"?fra={middle}&til={middle + timedelta(weeks=6)}"):
        for count, href in _links(manager.gets(f"/rapporter/immigrant_track{query}").text):
            listed = manager.gets(href).text
            assert "Fra rapporten: <strong>" in listed
            assert f">{count} forløb</p>" in listed, href
            assert len(re.findall(r'<a href="/sag/', listed)) == count, href
            seen += count > 0
    assert seen > 8


def test_the_list_says_what_it_is_of_and_is_let_go_when_a_figure_is_opened(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    olena.drops_out("illness")
    year = site.town.clock.today.year
    site.signs_in(page, Role.MANAGER)
    page.goto(f"{site.address}/rapporter/immigrant_track?fra={year}-01-01&til={year}-12-31")
    page.get_by_role("link", name="1 frafaldet: Sygdom, vis listen").click()
    expect(page.get_by_text(f"Fra rapporten: Frafald i {year}, årsag: Sygdom")).to_be_visible()
    expect(page.get_by_text("1 forløb", exact=True)).to_be_visible()
    page.get_by_label("Navn eller reference").fill("ingen")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("0 forløb", exact=True)).to_be_visible()
    expect(page.get_by_text("årsag: Sygdom")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="Fjern, og vis alle i gang").click()
    expect(page.get_by_text("årsag: Sygdom")).to_have_count(0)


def test_a_coordinator_chooses_among_them_when_a_figures_list_is_open(site: Site) -> None:
    olena, bogdan = site.town.enrols(), site.town.enrols("Bogdan Popescu")
    karen = site.remembered(Role.COORDINATOR)
    bogdan.drops_out()
    text = karen.gets("/forloeb/immigrant_track?tal=aktive").text
    assert references(text) == [olena.reference]
    assert "Aktive nu" in text
    csv = karen.gets("/forloeb/immigrant_track/eksport.csv?tal=afsluttet&tal_udfald=dropped_out").content.decode()
    assert bogdan.reference in csv
    assert olena.reference not in csv
    unread = ("tal=intet", "tal=tilbage&tal_maaneder=x", "tal=afsluttet&tal_udfald=x")
    for nonsense in (*(f"immigrant_track?{query}" for query in unread), "alle?tal=afsluttet"):
        answer = karen.gets(f"/forloeb/{nonsense}")
        assert (answer.status_code, "Rapportens tal kan ikke læses." in answer.text) == (422, True), nonsense


def test_no_small_count_is_on_paper_or_in_the_file_when_a_report_leaves(site: Site) -> None:
    live(site.town, Random(5), people=30, months=4)
    manager = site.remembered(Role.MANAGER)
    text = manager.gets("/rapporter/immigrant_track?udskrift=ja").text
    drawn = r'<svg class.*?</svg>|<div class="sosu-bars".*?</div>'
    tables, drawings = re.findall(r"<table.*?</table>", text, re.S), re.findall(drawn, text, re.S)
    of_people = [*tables[:4], tables[5], drawings[0]]  # all but the days
    shown = re.findall(r">([^<>]+)</(?:td|text|strong)>", "".join(of_people))
    assert {"under 5", "skjult"} <= set(shown)
    assert {"1", "2", "3", "4"} & set(shown) == set()
    assert "/forloeb/" not in text[text.index("<h2") :]
    answer = manager.gets("/rapporter/immigrant_track/eksport.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert any(row[3] == "under 5" for row in rows)
    assert [row for row in rows[1:] if not row[2].startswith("dage") and row[3] in (1, 2, 3, 4)] == []


def test_paper_shows_no_figure_when_the_screens_own_page_is_printed(site: Site, page: Page) -> None:
    live(site.town, Random(5), people=30, months=4)
    site.signs_in(page, Role.MANAGER, "/rapporter/immigrant_track")
    page.emulate_media(media="print")
    expect(page.get_by_text("Vælg »Udskriv« på siden")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.locator(".sosu-bars").first).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.get_by_text("Vælg »Udskriv« på siden")).to_be_hidden()
    page.get_by_role("link", name="Udskriv").click()
    expect(page.get_by_role("button", name="Udskriv")).to_be_visible()
    expect(page.get_by_role("cell", name="under 5").first).to_be_visible()
    axe(page)
    fits(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Udskriv")).to_be_hidden()
    kept_as_paper(page, "rapport-udskrift")


def test_it_is_said_when_a_period_is_empty(site: Site) -> None:
    site.town.enrols()
    manager = site.remembered(Role.MANAGER)
    assert "Ingen er begyndt, i gang eller afsluttet" in manager.gets("/rapporter/immigrant_track?til=2020-01-01").text


@pytest.mark.parametrize(
    ("query", "said", "kept"),
    [
        ("fra=2026-12-31&til=2026-01-01", "Perioden slutter, før den begynder", ["2026-12-31", "2026-01-01"]),
        ("fra=i+dag&til=2026-12-31", "Fra-datoen kan ikke læses", ["i dag", "2026-12-31"]),
        ("fra=2026-02-30&til=x", "Til-datoen kan ikke læses", ["2026-02-30", "x"]),
    ],
)
def test_no_figure_is_shown_when_a_period_cannot_be_understood(
    site: Site, query: str, said: str, kept: list[str]
) -> None:
    site.town.enrols()
    manager = site.remembered(Role.MANAGER)
    for path in ("immigrant_track?", "immigrant_track?udskrift=ja&", "immigrant_track/eksport.xlsx?"):
        answer = manager.gets(f"/rapporter/{path}{query}")
        assert answer.status_code == 422, path
        assert said in answer.text
        assert "<table" not in answer.text
        assert [part for part in kept if f'value="{part}"' not in answer.text] == []
    assert manager.gets(f"/rapporter/no_such_track?{query}").status_code == 404


def test_no_list_is_shown_when_a_figures_period_cannot_be_understood(site: Site) -> None:
    olena, manager = site.town.enrols(), site.remembered(Role.MANAGER)
    for wrong in ("tal_fra=i%20dag", "tal_fra=2026-12-31&tal_til=2026-01-01"):
        for path in ("immigrant_track", "immigrant_track/eksport.csv", "immigrant_track/eksport.xlsx"):
            answer = manager.gets(f"/forloeb/{path}?tal=begyndt&{wrong}")
            assert answer.status_code == 422, path
            assert "Åbn rapporten, og vælg tallet dér" in answer.text
            assert olena.reference not in answer.text


def test_it_is_said_beside_the_typed_days_when_a_period_is_turned_round(site: Site, page: Page) -> None:
    site.town.enrols()
    site.enters(page, Role.MANAGER, "/rapporter/immigrant_track")
    page.get_by_label("Periode fra").fill("2026-12-31")
    page.get_by_label("Periode til").fill("2026-01-01")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Perioden slutter, før den begynder")
    expect(page.get_by_label("Periode fra")).to_have_value("2026-12-31")
    expect(page.get_by_label("Periode til")).to_have_accessible_description(re.compile("Perioden slutter"))
    axe(page)
    fits(page)
