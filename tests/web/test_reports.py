"""Rapporter: the figures, as a manager opens them."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from models.staff import Role
from reports.figures import figures
from reports.scope import Scope
from reports.status import status_report
from tests.municipality import SYD, SYD_AREA, Municipality
from tests.web.site import Site, lived_in
from tests.web.test_in_a_browser import complaints, every_size, look

__all__ = ["complaints"]


def _stage(town: Municipality, key: str) -> dict[str, object]:
    with town.database.read() as session:
        return next(stage for stage in figures(session, "immigrant_track") if stage["stage"] == key)


@every_size
@pytest.mark.parametrize(
    ("pathway", "heading", "name"),
    [
        ("immigrant_track", "Projekt målrettet immigranter", "rapport"),
        ("ped_assistant_track", "Opkvalificering af ledige pædagogiske assistenter", "rapport-ped"),
    ],
)
def test_a_report_is_plain_to_everybody_when_a_manager_opens_it(
    site: Site, page: Page, size: tuple[int, int], complaints: list[str], pathway: str, heading: str, name: str
) -> None:
    lived_in(site.town)["late"].drops_out("illness")
    site.signs_in(page, Role.MANAGER, f"/rapporter/{pathway}")
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    look(page, name, size, complaints)


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
    assert ["Status", "Aktive", "antal", 3] in rows
    assert ["Trin", "Intensivt danskforløb", "har nået trinnet", 1] in rows
    assert ["Tid i trinnet", "Visitation", "dage, plan", 14] in rows
