"""Sagen: what people see of one case, what they can do to it, and what is kept of their looking at it."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.audit import AuditRow
from models.staff import Role
from models.types import table
from onboarding import staffing
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate
from tests.web.looking import PHONE, WIDE, axe
from tests.web.site import Site, Visitor

AUDIT = table(AuditRow)
every_size = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


def fields(shown: httpx.Response, form: str) -> dict[str, str]:
    """What the page's own form for this action brings along."""
    found = re.search(rf'action="/sag/[^"]*/{form}".*?</form>', shown.text, re.DOTALL)
    assert found is not None, form
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))


def does(visitor: Visitor, candidate: Candidate, form: str, **typed: str) -> httpx.Response:
    shown = visitor.gets(f"/sag/{candidate.reference}")
    return visitor.posts(f"/sag/{candidate.reference}/{form}", **fields(shown, form) | typed)


def looked(site: Site) -> list[tuple[str, str, str]]:
    return [(row["by"], row["subject"], row["purpose"]) for row in site.town.rows(AUDIT) if row["action"] == "look"]


def test_everything_is_done_by_plain_forms_when_a_coordinator_works_with_a_case(site: Site) -> None:
    olena, karen = site.town.enrols(consent=False), site.signed_in()
    assert does(karen, olena, "milepael", milestone="consent_given").status_code == 303
    assert does(karen, olena, "milepael", milestone="interest_confirmed", on="2026-09-01").status_code == 303
    assert does(karen, olena, "flyt", step="admit").headers["location"].startswith(f"/sag/{olena.reference}?gjort=")
    assert olena.stage == "danish_course"
    assert does(karen, olena, "pause", reason="illness", review_on="2026-10-05").status_code == 303
    assert olena.status == "paused"
    assert does(karen, olena, "genoptag").status_code == 303
    assert does(karen, olena, "overdrag", coordinator=SYD, area=SYD_AREA).status_code == 303
    assert olena.told("assigned") == [("assigned", SYD)]
    shown = olena.shown()
    assert {t["by"] for t in shown["transitions"][1:]} == {VIBY}
    assert shown["area"] == SYD_AREA


def test_every_unmet_condition_is_said_where_the_person_looks_when_a_move_is_refused(site: Site) -> None:
    olena, karen = site.town.enrols(consent=False), site.signed_in()
    answer = does(karen, olena, "flyt", step="admit")
    assert answer.status_code == 422
    assert "Milepælen »Interesse for SOSU-området bekræftet« er ikke registreret." in answer.text
    assert answer.text.count("Milepælen »Samtykke givet« er ikke registreret.") == 1
    assert olena.stage == "intake"


def test_a_case_of_another_area_is_not_there_when_asked_for(site: Site) -> None:
    elsewhere = site.town.enrols(area=SYD_AREA, coordinator=SYD)
    for role in Role:
        answer = site.remembered(role).gets(f"/sag/{elsewhere.reference}")
        assert answer.status_code == (200 if role is Role.JOBCENTER_OFFICER else 403 if role in _NO_CASES else 404)
    assert site.remembered(Role.COORDINATOR).gets("/sag/IM-9999").status_code == 404


_NO_CASES = (Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR)


def test_a_look_is_kept_and_needs_no_purpose_when_the_case_is_ones_own(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    assert "Olena Kovalenko" in karen.gets(f"/sag/{olena.reference.lower()}").text
    assert looked(site) == [(VIBY, olena.reference, "own_case")]


def test_a_purpose_is_asked_for_once_a_day_when_somebody_has_no_part_in_the_case(site: Site) -> None:
    olena, manager = site.town.enrols(), site.signed_in(Role.MANAGER)
    asked = manager.gets(f"/sag/{olena.reference}")
    assert "Olena" not in asked.text
    assert manager.posts(f"/sag/{olena.reference}/formaal", purpose="curiosity").status_code == 422
    assert manager.posts(f"/sag/{olena.reference}/formaal", purpose="supervision").status_code == 303
    assert looked(site) == [], "to say why is no look yet"
    assert "Olena Kovalenko" in manager.gets(f"/sag/{olena.reference}").text
    assert [purpose for _, _, purpose in looked(site)] == ["supervision"]
    site.town.clock.passes(days=1)
    assert "Olena" not in site.signed_in(Role.MANAGER).gets(f"/sag/{olena.reference}").text


def test_the_cpr_number_is_masked_until_it_is_asked_for_which_is_kept(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    number = f"{olena.applicant.cpr[:6]}-{olena.applicant.cpr[6:]}"
    assert number not in karen.gets(f"/sag/{olena.reference}").text
    assert number in karen.posts(f"/sag/{olena.reference}/cpr").text
    assert ("cpr_shown", VIBY) in {(row["action"], row["by"]) for row in site.town.rows(AUDIT)}


def test_focus_is_on_what_was_said_when_a_move_was_refused_and_when_one_was_made(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.signs_in(page, path=f"/sag/{olena.reference}")
    page.get_by_role("button", name="Flyt: Optag på danskforløb").click()
    expect(page.locator(".alert-error")).to_be_focused()
    axe(page)
    page.get_by_role("button", name="Registrér: Interesse for SOSU-området bekræftet").click()
    expect(page.locator(".alert-success")).to_be_focused()
    page.get_by_role("button", name="Flyt: Optag på danskforløb").click()
    expect(page.locator(".alert-success")).to_have_text("Forløbet er flyttet til »Intensivt danskforløb«.")
    assert olena.stage == "danish_course"


def test_the_stage_is_said_to_be_broken_off_when_somebody_dropped_out_of_it(site: Site) -> None:
    olena = in_danish_course(site)
    olena.drops_out()
    shown = site.remembered(Role.COORDINATOR).gets(f"/sag/{olena.reference}").text
    assert re.findall(r'class="sosu-mark">\s*<svg[^>]*aria-label="(\w+)"', shown) == ["Gennemført", "Afbrudt"]
    assert ", afbrudt</span>" in shown
    olena.undoes()
    again = site.remembered(Role.COORDINATOR).gets(f"/sag/{olena.reference}").text
    assert "Afbrudt" not in again


def test_nothing_of_a_case_is_shown_when_nobody_said_what_for(site: Site) -> None:
    olena, manager = site.town.enrols(), site.signed_in(Role.MANAGER)
    for said in (manager.gets(f"/sag/{olena.reference}"), manager.posts(f"/sag/{olena.reference}/cpr")):
        assert "Hvad skal du bruge sagen til?" in said.text
        assert "Olena" not in said.text
    assert manager.posts(f"/sag/{olena.reference}/formaal", purpose="own_case").status_code == 422
    assert looked(site) == []


def test_a_former_coordinator_is_asked_what_for_when_the_case_is_handed_over(site: Site) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    assert "Olena" in karen.gets(f"/sag/{olena.reference}").text
    with site.town.database.write() as session:
        staffing.add_staff(session, SYD, "Lars Syd", "coordinator", [VIBY_AREA, SYD_AREA])
    olena.is_assigned(SYD)
    refused = {"revision": "0", "command_id": "f-1", "step": "admit"}
    for said in (karen.gets(f"/sag/{olena.reference}"), karen.posts(f"/sag/{olena.reference}/flyt", **refused)):
        assert "Hvad skal du bruge sagen til?" in said.text
    assert looked(site) == [(VIBY, olena.reference, "own_case")]


def in_danish_course(site: Site) -> Candidate:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    return olena


def told(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_the_next_action_is_near_the_top_and_the_rest_is_folded_when_the_screen_is_a_phone(
    site: Site, page: Page
) -> None:
    olena = in_danish_course(site)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    site.enters(page, path=f"/sag/{olena.reference}")
    expect(page.get_by_role("button", name="Flyt: Begynd AMU-forløb")).to_be_in_viewport()
    cpr, drop = (
        page.get_by_role("button", name="Vis CPR-nummeret"),
        page.get_by_role("button", name="Registrér frafald"),
    )
    for folded, line in ((cpr, "Kandidaten"), (drop, "Registrér frafald"), (page.locator(".sosu-now"), None)):
        expect(folded).to_be_hidden()
        if line:
            page.locator("summary", has_text=line).click()
            expect(folded).to_be_visible()
    page.get_by_label("Årsag").and_(page.locator("#frafald-aarsag")).evaluate("field => field.required = false")
    drop.click()  # without a reason, which is refused
    expect(page.locator("#frafald .alert-error")).to_be_focused()
    page.locator("summary", has_text="Kandidaten").click()
    cpr.click()
    expect(page.locator("dd[autofocus]")).to_be_visible()  # what was asked for is not folded again
    axe(page)


def test_the_path_is_open_beside_what_there_is_to_do_when_there_is_room(site: Site, page: Page) -> None:
    olena = in_danish_course(site)
    site.enters(page, path=f"/sag/{olena.reference}")
    expect(page.locator(".sosu-now")).to_be_visible()
    for (width, height), shows in ((PHONE, False), (WIDE, True)):  # somebody turns their tablet, or zooms
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".sosu-now")).to_be_visible(visible=shows)


def test_the_older_part_of_the_history_is_folded_and_looks_of_a_day_are_one_line_when_it_is_long(site: Site) -> None:
    olena, karen = in_danish_course(site), site.remembered(Role.COORDINATOR)
    for _ in range(3):
        karen.gets(f"/sag/{olena.reference}")
    karen.posts(f"/sag/{olena.reference}/cpr")
    newest, older = told(karen.gets(f"/sag/{olena.reference}")).split("Historik")[1].split("Ældre")
    assert "Så CPR-nummeret" in newest
    assert "Så sagen 3 gange" in newest
    assert "Indskrevet: Visitation" in older


def test_what_only_matters_to_whoever_acts_is_not_there_when_an_officer_looks(site: Site) -> None:
    olena = in_danish_course(site)
    shown = told(site.remembered(Role.JOBCENTER_OFFICER).gets(f"/sag/{olena.reference}"))
    assert [word in shown for word in ("Videre", "Andre handlinger", "Fortryd", "Milepæle")] == [False] * 3 + [True]


def test_it_is_said_that_it_is_done_when_a_case_is_handed_over_beyond_reach(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    given = {"coordinator": SYD, "area": SYD_AREA, "revision": "1", "command_id": "en-side"}
    answer = karen.posts(f"/sag/{olena.reference}/overdrag", **given)
    receipt = karen.gets(answer.headers["location"])
    assert (receipt.status_code, "Forløbet er overdraget" in receipt.text) == (200, True)
    assert karen.gets(f"/sag/{olena.reference}").status_code == 404


def test_why_not_is_said_when_nobody_said_what_the_case_is_looked_at_for(site: Site) -> None:
    olena = site.town.enrols()
    with site.town.database.write() as session:
        staffing.add_staff(session, "anden@example.org", "Anna Anden", "coordinator", [VIBY_AREA])
    anna = site.remembered(Role.COORDINATOR, "anden@example.org")
    given = {"reason": "illness", "review_on": "ikke en dag", "revision": "1", "command_id": "en-side"}
    answer = anna.posts(f"/sag/{olena.reference}/pause", **given)
    assert (answer.status_code, "Det blev ikke gennemført. Datoen kan ikke læses" in answer.text) == (422, True)


def test_the_new_case_is_shown_with_a_way_back_when_a_candidate_was_transferred(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    answer = does(karen, olena, "overfoer", to="ped_assistant_track")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sag/PA-0001")
    shown = karen.gets(answer.headers["location"]).text
    assert "Kandidaten er overført hertil." in shown
    assert f'<dt>Kom fra</dt><dd><a href="/sag/{olena.reference}">' in shown
    assert f'Overførslen hertil fortrydes på <a href="/sag/{olena.reference}">' in shown
    assert "ingen overgang at fortryde" not in shown
    assert "Fortryd afslutningen" in told(karen.gets(f"/sag/{olena.reference}"))
