"""Sagen: two people, or two clicks, on the same case. The later one is told, and loses nothing typed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import httpx

from models.staff import Role
from onboarding import staffing
from reports.words import HAPPENED
from tests.municipality import SYD, SYD_AREA, Candidate
from tests.web.site import Site, Visitor
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


def waiting(asked: httpx.Response) -> list[tuple[str, str]]:
    """What the question's own form brings along."""
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html.unescape(asked.text))


def answers(visitor: Visitor, olena: Candidate, asked: httpx.Response, **form: str) -> httpx.Response:
    pairs = [("csrf", visitor.csrf), *(pair for pair in waiting(asked) if pair[0] != "csrf"), *form.items()]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return visitor.client.post(f"/sag/{olena.reference}/formaal", content=urlencode(pairs), headers=headers)


def test_what_was_typed_is_there_still_when_the_case_was_handed_over_meanwhile(site: Site) -> None:
    olena = site.town.enrols()
    site.town.clock.passes(days=1)
    karen = site.remembered(Role.COORDINATOR)
    with site.town.database.write() as session:
        staffing.add_staff(session, "alle@example.org", "Anna Alle", "coordinator")
    form = fields(karen.gets(f"/sag/{olena.reference}"), "pause") | {"reason": "family", "review_on": "2026-11-02"}
    olena.is_assigned("alle@example.org", by="alle@example.org")
    asked = karen.posts(f"/sag/{olena.reference}/pause", **form)
    assert (asked.status_code, "Olena" in asked.text) == (409, False)
    assert "Det, du skrev, står i sagen, når du har svaret." in asked.text
    again = answers(karen, olena, asked)
    assert (again.status_code, "Vælg, hvad du skal bruge sagen til." in again.text) == (422, True)
    shown = answers(karen, olena, again, purpose="stand_in")
    assert "Anna Alle har 8. september 2026 kl. 10.00 overdraget forløbet til Anna Alle." in shown.text
    assert "Du skrev: årsag Familieforhold eller børnepasning, skal følges op 2. november 2026." in shown.text
    assert '<details class="sosu-details" id="pause" open>' in shown.text
    assert '<option value="family" selected>' in shown.text
    assert 'value="2026-11-02"' in shown.text
    sent = fields(shown, "pause") | {"reason": "family", "review_on": "2026-11-02"}
    assert karen.posts(f"/sag/{olena.reference}/pause", **sent).status_code == 303
    assert olena.status == "paused"


def test_what_was_typed_and_why_not_is_there_still_when_it_is_refused_on_the_next_day(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    with site.town.database.write() as session:
        staffing.add_staff(session, "alle@example.org", "Anna Alle", "coordinator")
    olena.is_assigned("alle@example.org")
    karen.posts(f"/sag/{olena.reference}/formaal", purpose="stand_in")
    form = fields(karen.gets(f"/sag/{olena.reference}"), "pause") | {"reason": "family", "review_on": "i går"}
    site.town.clock.passes(days=1)
    karen = site.remembered(Role.COORDINATOR)
    form["csrf"] = karen.csrf
    asked = karen.posts(f"/sag/{olena.reference}/pause", **form)
    assert (asked.status_code, "Datoen kan ikke læses." in asked.text) == (422, True)
    shown = answers(karen, olena, asked, purpose="stand_in")
    assert "Datoen kan ikke læses." in shown.text
    assert '<option value="family" selected>' in shown.text
    assert 'name="review_on" value="i går"' in shown.text


def test_nothing_waits_when_the_question_names_no_form_of_the_page(site: Site) -> None:
    olena, manager = site.town.enrols(), site.remembered(Role.MANAGER)
    form = {"purpose": "supervision", "refused": "noget andet", "conflict": "true", "why": "Hacket"}
    answer = manager.posts(f"/sag/{olena.reference}/formaal", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sag/{olena.reference}")


def test_nothing_of_a_form_is_shown_when_somebody_who_has_none_sends_what_was_kept(site: Site) -> None:
    olena, manager = site.town.enrols(), site.remembered(Role.MANAGER)
    kept = {"purpose": "supervision", "refused": "pause", "conflict": "true", "why": "Noget"}
    assert manager.posts(f"/sag/{olena.reference}/formaal", **kept).status_code == 303
