"""Overblik: what needs somebody's attention, and only what is theirs."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import event

from models.staff import Role
from notifications.queue import MESSAGE
from onboarding.outages import begin
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.web.site import Site, goes_wrong, lived_in
from tests.web.test_case import told


def test_everything_that_needs_attention_is_shown_when_there_is_some(site: Site) -> None:
    made = lived_in(site.town)
    goes_wrong(site.town, made["late"])
    shown = site.signed_in().gets("/").text
    for heading in ("Over tid", "Frist inden for 14 dage", "Beskeder, der ikke nåede frem", "ikke kunne behandle"):
        assert heading in shown
    assert "Olena Kovalenko" in shown
    assert "dage over tid" in shown


def test_each_has_its_next_action_beside_it_for_whoever_may_take_it(site: Site) -> None:
    made = lived_in(site.town)
    site.town.clock.passes(weeks=5)
    goes_wrong(site.town, made["near"])
    karen, manager = (site.remembered(role).gets("/").text for role in (Role.COORDINATOR, Role.MANAGER))
    late, paused, near = (made[name].reference for name in ("late", "paused", "near"))
    ways = (f"/sag/{late}#videre", f"/sag/{paused}#videre", f"/sag/{near}#videre", "/send-igen")
    assert [way in karen for way in ways] == [True] * 4
    assert [way in manager for way in ways] == [False] * 4
    assert "på pause, skulle følges op" in karen
    assert "Karen Viby" in manager


def test_what_is_offered_takes_the_case_on_when_its_deadline_is_near_or_past(site: Site) -> None:
    """By hand out of the first stage, which asks for milestones; out of the second by itself as soon as they are there;
    and out of the first of the other pathway by hand, without any.
    """
    olena, iryna, ulla = (
        site.town.enrols(name, pathway)
        for name, pathway in (
            ("Olena Kovalenko", "immigrant_track"),
            ("Iryna Bondar", "immigrant_track"),
            ("Ulla Berg", "ped_assistant_track"),
        )
    )
    iryna.records("interest_confirmed")
    iryna.moves("admit")

    def offered() -> set[str]:
        return set(re.findall(r"/sag/([A-Z]+-\d+#\w+)", site.remembered(Role.COORDINATOR).gets("/").text))

    site.town.clock.passes(weeks=1)
    assert offered() == {f"{olena.reference}#milepaele", f"{ulla.reference}#videre"}
    site.town.clock.passes(weeks=13)
    assert offered() == {f"{olena.reference}#videre", f"{iryna.reference}#milepaele", f"{ulla.reference}#videre"}


def test_the_list_behind_a_number_has_as_many_when_it_is_opened(site: Site) -> None:
    lived_in(site.town)
    karen = site.remembered(Role.COORDINATOR)
    shown = karen.gets("/").text
    links = re.findall(r'<a href="(/forloeb/[^"]+)" aria-label="(\d+) [^"]+, vis listen"', shown)
    assert len(links) > 3
    for address, count in links:
        assert f">{count} forløb<" in karen.gets(unescape(address)).text, address
    assert shown.index("32-ugers AMU-forløb") < shown.index("AMU-forløb, skole") < shown.index("AMU-forløb, praktik")


def test_nothing_of_another_area_is_shown_when_something_is_wrong_there(site: Site) -> None:
    elsewhere = site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    site.town.clock.passes(weeks=5)
    goes_wrong(site.town, elsewhere)
    shown = site.signed_in().gets("/").text
    assert "Alt er i orden" in shown
    assert elsewhere.reference not in shown


def test_as_many_questions_are_asked_of_the_database_when_there_are_many_cases(site: Site) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(site.town.database.engine, "before_cursor_execute", note)
    counts = []
    for _ in range(2):
        lived_in(site.town)
        karen = site.signed_in()
        for path in ("/", "/forloeb/immigrant_track", "/forloeb/alle"):
            asked.clear()
            assert karen.gets(path).status_code == 200
            counts.append((path, len(asked)))
    assert counts[:3] == counts[3:]


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (Role.COORDINATOR, ["Overblik", "Forløb", "Indskriv", "Indlæs liste", "Rapporter", "Beskeder"]),
        (Role.JOBCENTER_OFFICER, ["Overblik", "Forløb", "Indskriv", "Indlæs liste", "Beskeder"]),
        (Role.MANAGER, ["Overblik", "Forløb", "Rapporter", "Beskeder"]),
        (Role.DATA_PROTECTION_OFFICER, ["Revision"]),
        (Role.ADMINISTRATOR, ["Administration", "Beskeder"]),
    ],
)
def test_the_menu_has_what_somebody_may_and_every_entry_opens(site: Site, role: Role, there: list[str]) -> None:
    visitor = site.signed_in(role)
    first = visitor.client.get("/", follow_redirects=True)
    menu = first.text.partition('aria-label="Hovedmenu"')[2].partition("</nav>")[0]
    entries = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', menu)
    assert [title for _, title in entries] == [*there, "Forløbsdefinitioner"]
    for address, _ in entries:
        assert visitor.client.get(address, follow_redirects=True).status_code == 200, address


def test_a_message_about_a_list_is_told_of_when_it_was_given_up(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "hold.csv"
    head = "CPR-nummer;Navn;Startdato;Værtsområde;Koordinator"
    path.write_text(f"{head}\n010190-1234;Olena Kovalenko;07-09-2026;{VIBY_AREA};{VIBY}\n", encoding="utf-8")
    site.town.imports(path)
    site.town.changes(MESSAGE, {"kind": "list_imported"}, {"state": "dead", "reason": "too_many_attempts"})
    karen = site.signed_in()
    assert "Alt er i orden" not in karen.gets("/").text
    assert f"En liste er læst ind til {VIBY} om en liste" in told(karen.gets("/"))
    assert "Besked til Karen Viby: en liste er læst ind (opgivet" in told(karen.gets("/sag/IM-0001"))


def test_not_all_is_well_when_a_channel_reaches_nobody(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    assert "Alt er i orden" in karen.gets("/").text
    with site.town.database.write() as session:
        begin(session, "mail", "Connection refused", site.town.clock.now)
    shown = karen.gets("/").text
    assert "Mail når ingen siden" in shown
    assert "Alt er i orden" not in shown
