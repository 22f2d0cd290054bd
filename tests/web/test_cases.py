"""Forløb: the cases on a board and in a table, filtered, moved, changed together and taken along as a file."""

from __future__ import annotations

import html
import io
import re

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from models.staff import Role
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.web.looking import PHONE, axe, fits, plain
from tests.web.site import Site, lived_in
from tests.web.test_in_a_browser import complaints
from web.listing import CARDS

__all__ = ["complaints"]

TABLE = "/forloeb/alle?vis=tabel"


def references(text: str) -> list[str]:
    """Those that the table lists, in its order."""
    return re.findall(r'id="vaelg-([A-Z]+-[0-9]+)"', text)


def test_only_those_who_fulfil_the_filter_are_shown_when_one_is_chosen(site: Site) -> None:
    made, karen = lived_in(site.town), site.signed_in()
    late, paused, near, moved = (made[name].reference for name in ("late", "paused", "near", "moved"))
    assert set(references(karen.gets(TABLE).text)) == {late, paused, near, moved}
    for query, found in (
        ("over_tid=ja", {late}),
        ("frist=ja", {near}),
        ("status=paused", {paused}),
        ("status=open", {late, near, moved}),
        ("soeg=østerg", {moved}),
        ("soeg=Osterg", {moved}),
        ("soeg=oesterg", {moved}),
        (f"soeg={paused.lower()}", {paused}),
        ("soeg=%25", set()),
        ("fra=2026-09-08", {near, moved}),
        ("til=2026-09-07", {late, paused}),
    ):
        assert set(references(karen.gets(f"{TABLE}&{query}").text)) == found, query
    assert references(karen.gets("/forloeb/immigrant_track?vis=tabel&trin=danish_course").text) == [moved]


def test_no_case_is_shown_and_it_is_said_when_a_day_of_the_filter_cannot_be_understood(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    for query, said in (
        ("fra=i+g%C3%A5r", "Fra-datoen kan ikke læses"),
        ("til=2026-13-01", "Til-datoen kan ikke læses"),
        ("fra=2026-12-31&til=2026-01-01", "Perioden slutter, før den begynder"),
    ):
        for path in ("immigrant_track?", "alle?vis=tabel&", "alle/eksport.csv?", "alle/eksport.xlsx?"):
            answer = karen.gets(f"/forloeb/{path}{query}")
            assert (answer.status_code, said in answer.text) == (422, True), path + query
            assert olena.reference not in answer.text
    assert 'value="i går"' in karen.gets("/forloeb/immigrant_track?fra=i+g%C3%A5r").text


def test_it_is_said_above_the_board_when_a_day_is_typed_that_turns_the_period_round(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.enters(page, path="/forloeb/immigrant_track?fra=2026-09-01")
    page.get_by_label("Startet til").fill("2026-01-01")
    expect(page.get_by_role("alert")).to_contain_text("Perioden slutter, før den begynder")
    expect(page.locator(f"#kort-{olena.reference}")).to_have_count(0)
    axe(page)
    fits(page)
    page.get_by_role("link", name="Vis dem uden datoer").click()
    expect(page.locator(f"#kort-{olena.reference}")).to_be_visible()


def test_the_last_page_is_shown_when_the_address_asks_for_one_behind_it(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    shown = karen.gets("/forloeb/alle?side=9").text
    assert references(shown) == [olena.reference]
    assert "Ingen forløb passer" not in shown


def test_it_is_said_when_a_stage_is_asked_for_that_there_is_not(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    for path in ("immigrant_track?", "alle?", "alle/eksport.csv?", "immigrant_track?vis=tabel&"):
        answer = karen.gets(f"/forloeb/{path}trin=bogus")
        assert (answer.status_code, "Trinnet findes ikke i forløbet" in answer.text) == (422, True), path
        assert "Vis dem uden trin" in answer.text
        assert olena.reference not in answer.text
    assert karen.gets("/forloeb/alle?trin=dropped_out").status_code == 200


def test_no_receipt_is_shown_when_nobody_moved_what_the_address_names(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    for said in ("IM-0001-hacket", olena.reference):
        assert "er flyttet" not in karen.gets(f"/forloeb/immigrant_track?gjort={said}").text
    for said in ("IM-0001-hacket", olena.reference):
        assert "er indskrevet som" not in karen.gets(f"/indskriv?gjort={said}").text


def test_nobody_of_another_area_is_on_the_board_the_table_or_in_the_file_when_it_is_not_ones_own(site: Site) -> None:
    site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    site.town.enrols("Olena Kovalenko", area=VIBY_AREA)
    karen = site.signed_in()
    for path in ("/forloeb/immigrant_track", TABLE, "/forloeb/alle/eksport.csv?soeg="):
        text = karen.gets(path).text
        assert "Olena" in text
        assert "Iryna" not in text
    assert "1 i gang" in karen.gets("/forloeb/immigrant_track").text


def test_the_file_holds_exactly_the_rows_that_are_shown_when_it_is_fetched(site: Site) -> None:
    made, karen = lived_in(site.town), site.signed_in()
    csv = karen.gets("/forloeb/alle/eksport.csv?over_tid=ja")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Reference;Navn;Forløb;Trin")
    assert [line.split(";")[0] for line in lines[1:]] == [made["late"].reference]
    xlsx = karen.gets("/forloeb/immigrant_track/eksport.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 4
    assert str(rows[1][6]) == "2026-09-21"  # a day is a day
    assert karen.gets("/forloeb/alle/eksport.exe").status_code == 404


def test_a_row_of_the_file_says_what_the_page_does_when_somebody_is_on_pause_or_has_time_left(site: Site) -> None:
    made, karen = lived_in(site.town), site.remembered(Role.COORDINATOR)
    lines = karen.gets("/forloeb/alle/eksport.csv").content.decode("utf-8-sig").splitlines()
    headings, *rows = (line.split(";") for line in lines)
    told = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}
    near, paused = told[made["near"].reference], told[made["paused"].reference]
    assert "Over tid" not in headings
    assert (near["Frist i ord"], near["Pausen følges op"]) == ("11 dage til frist", "")
    assert paused["Frist i ord"].startswith("på pause, følges op ")
    assert re.fullmatch(r"\d\d-\d\d-\d{4}", paused["Pausen følges op"])
    assert {row["Koordinator"] for row in told.values()} == {"Karen Viby"}


def test_nothing_in_a_file_runs_when_a_name_is_a_formula(site: Site) -> None:
    site.town.enrols("=HYPERLINK(1) Nowak")
    karen = site.signed_in()
    assert ";=HYPERLINK" not in karen.gets("/forloeb/alle/eksport.csv").text


def test_a_card_is_moved_and_a_refusal_is_said_on_it_when_a_step_is_chosen(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.signs_in(page, path="/forloeb/immigrant_track")
    card = page.locator(f"#kort-{olena.reference}")
    card.locator("summary").click()
    card.get_by_role("button", name="Intensivt danskforløb").click()
    expect(page.locator("#resultat .alert-error")).to_be_focused()
    expect(card).to_contain_text("»Interesse for SOSU-området bekræftet« er ikke registreret")
    axe(page)
    olena.records("interest_confirmed")
    page.reload()
    card.locator("summary").click()
    card.get_by_role("button", name="Intensivt danskforløb").click()
    expect(page.locator("#resultat .alert-success")).to_contain_text(f"{olena.reference} er flyttet")
    assert olena.stage == "danish_course"


def test_a_card_is_moved_when_it_is_dragged_to_the_next_stage(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    site.signs_in(page, path="/forloeb/immigrant_track")
    page.set_viewport_size({"width": 1760, "height": 1000})
    quiet = page.locator(f"#kort-{olena.reference}").get_by_text("dage i trinnet")
    quiet.drag_to(page.locator('[data-stage="danish_course"] h2'))
    expect(page.locator("#resultat .alert-success")).to_contain_text(f"{olena.reference} er flyttet")
    assert olena.stage == "danish_course"


def test_the_filter_stays_in_the_address_when_it_is_changed(site: Site, page: Page) -> None:
    made = lived_in(site.town)
    site.signs_in(page, path="/forloeb/immigrant_track")
    page.get_by_label("Over tid").check(force=True)
    expect(page.locator(f"#kort-{made['near'].reference}")).to_have_count(0)
    expect(page.locator(f"#kort-{made['late'].reference}")).to_be_visible()
    assert "over_tid=ja" in page.url
    page.reload()
    expect(page.locator(f"#kort-{made['near'].reference}")).to_have_count(0)


def test_a_manager_sees_and_does_not_move_when_on_the_board(site: Site) -> None:
    olena = site.town.enrols()
    manager = site.signed_in(Role.MANAGER)
    shown = manager.gets("/forloeb/immigrant_track").text
    assert "Olena Kovalenko" in shown
    assert "Flyt til" not in shown
    form = {"kort": f"{olena.reference} 1 admit", "command_id": "m-1"}
    assert manager.posts("/forloeb/immigrant_track/flyt", **form).status_code == 403


def columns(shown: str) -> dict[str, str]:
    """What each column of a board says of those in it, by its title; no line of it where there is nobody."""
    found = re.findall(r'<h2 class="h5" id="trin-\w+">(.*?)</h2>\s*(?:<p class="sosu-counts">(.*?)</p>)?', shown)
    return {title: re.sub("<[^>]*>", "", counts) for title, counts in found}


def test_a_column_counts_those_whom_its_link_lists_when_a_filter_is_set(site: Site) -> None:
    many = [site.town.enrols("Olena Melnyk") for _ in range(CARDS + 2)]
    others = [site.town.enrols("Bogdan Popescu") for _ in range(3)]
    many[0].pauses()
    others[0].drops_out()
    site.town.clock.passes(weeks=4)
    karen = site.remembered(Role.COORDINATOR)
    everybody, olenas = (karen.gets(f"/forloeb/immigrant_track{query}").text for query in ("", "?soeg=melnyk"))
    assert columns(everybody)["Visitation"] == f"{CARDS + 3} i gang · 1 på pause · {CARDS + 3} over tid"
    assert columns(olenas)["Visitation"] == f"{CARDS + 1} i gang · 1 på pause · {CARDS + 1} over tid"
    assert f'<p role="status">{CARDS + 2} forløb</p>' in olenas
    [(address, number)] = re.findall(r'href="([^"]*)"[^>]*>Vis alle (\d+)<', olenas)
    assert int(number) == len(references(karen.gets(html.unescape(address)).text)) == CARDS + 2
    late = karen.gets("/forloeb/immigrant_track?over_tid=ja").text
    assert columns(late)["Visitation"] == f"{CARDS + 3} i gang · 0 på pause · {CARDS + 3} over tid"
    nobody = karen.gets("/forloeb/immigrant_track?soeg=xyzzy").text
    assert (columns(nobody)["Visitation"], nobody.count("Ingen, der passer til filteret.")) == ("", 1)
    assert '<p role="status">0 forløb</p>' in nobody


def test_the_board_says_so_when_the_card_that_is_moved_is_of_a_case_out_of_reach_or_of_none(site: Site) -> None:
    theirs = site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    answers = {}
    for reference in (theirs.reference, "IM-9999"):
        form = {"kort": f"{reference} 1 admit", "command_id": "m-1"}
        answer = karen.posts("/forloeb/immigrant_track/flyt", **form)
        assert (answer.status_code, "Iryna" in answer.text, olena.reference in answer.text) == (422, False, True)
        assert f"{reference} blev ikke flyttet" in answer.text
        assert "Forløbet er der ikke mere, eller du har ikke adgang til det." in answer.text
        answers[reference] = re.sub('name="command_id" value="[^"]*"', "", answer.text.replace(reference, ""))
    assert answers[theirs.reference] == answers["IM-9999"]
    answer = karen.posts("/forloeb/immigrant_track/flyt", kort="xyzzy andet", command_id="m-2")
    assert (answer.status_code, "xyzzy" in answer.text) == (422, False)


def test_a_board_says_that_the_case_has_changed_when_it_was_changed_after_the_board_was_shown(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    olena.records("interest_confirmed", by="web:" + VIBY)
    form = {"kort": f"{olena.reference} 1 admit", "command_id": "m-1"}
    answer = karen.posts("/forloeb/immigrant_track/flyt", **form)
    assert (answer.status_code, "af en anden" in answer.text) == (422, False)
    assert "Forløbet er ændret, siden siden blev vist." in answer.text


def test_all_rows_of_the_page_are_chosen_and_counted_when_the_box_above_them_is_ticked(
    site: Site, page: Page, complaints: list[str]
) -> None:
    lived_in(site.town)
    site.enters(page, path="/forloeb/immigrant_track?vis=tabel")
    everybody, said = page.get_by_label("Vælg alle på denne side"), page.locator("[data-chosen]")
    expect(said).to_have_text("Ingen forløb er valgt.")
    everybody.focus()
    page.keyboard.press("Space")
    expect(said).to_have_text("3 forløb er valgt.")
    expect(said).to_have_role("status")
    rows = page.get_by_role("checkbox", name=re.compile("Vælg (?!alle)"))
    assert [row.is_checked() for row in rows.all()] == [True, True, True]
    rows.first.press("Space")
    expect(said).to_have_text("2 forløb er valgt.")
    assert everybody.evaluate("box => box.indeterminate && !box.checked")
    assert complaints == []
    plain(page)
    page.get_by_label("Over tid").check(force=True)
    expect(rows).to_have_count(1)
    expect(said).to_have_text("Ingen forløb er valgt.")
    everybody.press("Space")
    expect(said).to_have_text("1 forløb er valgt.")


def test_the_filter_waits_below_its_name_when_the_screen_is_narrow(site: Site, page: Page) -> None:
    lived_in(site.town)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    site.enters(page, path="/forloeb/immigrant_track?vis=tabel")
    expect(page.get_by_label("Over tid")).to_be_hidden()
    page.get_by_text("Filtrér").click()
    page.get_by_label("Over tid").check(force=True)
    expect(page.get_by_role("checkbox", name=re.compile("Vælg (?!alle)"))).to_have_count(1)


def test_there_is_no_box_for_all_when_script_is_turned_off(site: Site, new_context: object) -> None:
    site.town.enrols()
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]  # the plugin names no type
    site.enters(page, path="/forloeb/immigrant_track?vis=tabel")
    expect(page.get_by_label("Vælg Olena Kovalenko")).to_have_count(1)
    expect(page.locator("#vaelg-alle")).to_be_hidden()
