"""Sagen: two people, or two clicks, on the same case. The later one is told, and loses nothing typed."""

from __future__ import annotations

import re

from models.staff import Role
from reports.words import HAPPENED
from tests.municipality import SYD, SYD_AREA
from tests.web.site import Site
from tests.web.test_case import fields, in_danish_course, told
from web.deeds import did


def test_what_was_typed_is_there_still_when_somebody_else_was_quicker(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    opened = karen.gets(f"/sag/{olena.reference}")
    olena.records("interest_confirmed", by=SYD)
    form = fields(opened, "pause") | {"reason": "family", "review_on": "2026-11-02"}
    answer = karen.posts(f"/sag/{olena.reference}/pause", **form)
    assert answer.status_code == 409
    assert "Lars Syd har" in answer.text
    assert "Interesse for SOSU-området bekræftet" in answer.text
    assert '<option value="family" selected>' in answer.text
    assert 'value="2026-11-02"' in answer.text
    assert olena.status == "open"


def test_two_clicks_are_one_when_a_form_is_sent_twice(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    form = fields(karen.gets(f"/sag/{olena.reference}"), "overdrag") | {"coordinator": SYD, "area": SYD_AREA}
    karen.posts(f"/sag/{olena.reference}/overdrag", **form)
    karen.posts(f"/sag/{olena.reference}/overdrag", **form)
    assert [t["action"] for t in olena.shown()["transitions"]] == ["enrol", "assign"]


def test_what_was_typed_is_told_when_somebody_else_was_first_and_its_form_is_gone(site: Site) -> None:
    olena = site.town.enrols()
    site.town.clock.passes(days=1)
    karen = site.signed_in()
    olena.pauses()
    form = {"revision": "1", "command_id": "p-1", "reason": "illness", "review_on": "2026-11-11"}
    answer = karen.posts(f"/sag/{olena.reference}/pause", **form)
    assert answer.status_code == 409
    said = re.sub(r"\s+", " ", answer.text)
    assert "Du har 8. september 2026 kl. 10.00 sat forløbet på pause. Det, du sendte, er ikke gemt." in said
    assert "Du skrev: årsag Sygdom, skal følges op 11. november 2026." in answer.text


def test_what_was_chosen_is_told_by_its_name_when_somebody_else_was_first(site: Site) -> None:
    olena = site.town.enrols()
    site.town.clock.passes(days=1)
    karen = site.remembered(Role.COORDINATOR)
    olena.pauses()
    for form, chosen, said in (
        (
            "milepael",
            {"milestone": "programme", "value": "helper"},
            "milepælen Uddannelse, valgt Social- og sundhedshjælper",
        ),
        ("overdrag", {"coordinator": SYD, "area": SYD_AREA}, "koordinator Lars Syd, værtsområde Syd"),
        ("overfoer", {"to": "ped_assistant_track"}, "overføres til Opkvalificering af ledige pædagogiske assistenter"),
        ("frafald", {"reason": "moved"}, "årsag Flyttet fra kommunen"),
    ):
        answer = karen.posts(f"/sag/{olena.reference}/{form}", revision="1", command_id=f"c-{form}", **chosen)
        assert (answer.status_code, f"Du skrev: {said}." in answer.text) == (409, True), form


def test_every_deed_has_its_words_when_two_people_meet_on_a_case() -> None:
    entry = {"kind": "transition", "to": "Dansk", "coordinator": "Åse"}
    assert all(did([entry | {"action": deed}]) for deed in HAPPENED)


def test_one_notice_says_who_changed_what_and_when_when_somebody_else_was_quicker(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=12)
    karen = site.remembered(Role.COORDINATOR)
    form = fields(karen.gets(f"/sag/{olena.reference}"), "frafald") | {"reason": "illness"}
    olena.records("danish_course_passed", by=SYD)
    answer = karen.posts(f"/sag/{olena.reference}/frafald", **form)
    said = told(answer)
    assert answer.text.count('role="alert"') == 1
    assert "Se på det igen" not in said
    assert (
        "Lars Syd har 30. november 2026 kl. 9.00 registreret »Danskforløb bestået« og fået forløbet flyttet til "
        "»AMU-forløb, skole«."
    ) in said
    assert "Det, du sendte, er ikke gemt" in said
    assert 'href="#historik"' in answer.text
    assert 'href="#frafald"' in answer.text
    assert '<details class="sosu-details" id="frafald" open>' in answer.text
    assert '<option value="illness" selected>' in answer.text


def test_it_is_a_conflict_when_another_form_of_the_same_page_was_sent_before(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    shown = {"revision": "1", "command_id": "en-side"}
    assert karen.posts(f"/sag/{olena.reference}/milepael", milestone="interest_confirmed", **shown).status_code == 303
    answer = karen.posts(f"/sag/{olena.reference}/pause", reason="illness", **shown)
    assert (answer.status_code, "command-id" in answer.text) == (409, False)
