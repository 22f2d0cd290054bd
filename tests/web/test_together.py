"""Forløb: the same done to several cases, seen first and then confirmed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.staff import Role
from onboarding import staffing
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate
from tests.web.looking import plain
from tests.web.site import Site, Visitor
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]

ADDRESS = "/forloeb/immigrant_track/samlet"
INTEREST = {"what": "milepael", "milestone": "interest_confirmed"}


def sends(visitor: Visitor, *references: str, **form: str) -> httpx.Response:
    pairs = [("csrf", visitor.csrf), *form.items(), *(("reference", one) for one in references)]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return visitor.client.post(f"{ADDRESS}?vis=tabel", content=urlencode(pairs), headers=headers)


def confirms(visitor: Visitor, shown: httpx.Response) -> httpx.Response:
    """Confirms it."""
    _, _, form = html.unescape(shown.text).partition(f'action="{ADDRESS}')
    fields = re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', form)
    references = [value for name, value in fields if name == "reference"]
    rest = {name: value for name, value in fields if name not in ("reference", "csrf")}
    return sends(visitor, *references, **rest)


def lines(shown: httpx.Response) -> dict[str, str]:
    """What the page says of each case, by reference."""
    items = re.findall(r'<li><a href="/sag/[^>]*>([^<]*)</a>(.*?)</li>', html.unescape(shown.text), re.DOTALL)
    return {ref: " ".join(re.sub("<[^>]*>", "", said).split()) for ref, said in items}


def heading(shown: httpx.Response) -> str:
    return html.unescape(re.findall("<h1>(.*?)</h1>", shown.text)[0])


def receipt(visitor: Visitor, answer: httpx.Response) -> str:
    """What the list says, to which the answer leads."""
    assert answer.status_code == 303
    text = html.unescape(visitor.gets(answer.headers["location"]).text)
    alert = text.partition('role="status" tabindex="-1"')[2].partition("</div></div>")[0]
    return " ".join(re.sub("<[^>]*>", "", alert.partition("</svg>")[2]).split())


def unmarked(text: str) -> str:
    return " ".join(re.sub("<[^>]*>", "", html.unescape(text)).split())


def revision(candidate: Candidate) -> int:
    return int(candidate.shown()["revision"])


def reached(candidate: Candidate) -> list[tuple[str, str]]:
    return [(m["milestone"], m["on"]) for m in candidate.shown()["milestones"]]


def test_what_will_happen_is_said_of_each_and_then_done_when_several_are_chosen(site: Site) -> None:
    town = site.town
    olena, iryna, bogdan = town.enrols(), town.enrols("Iryna Bondar"), town.enrols("Bogdan Popescu")
    iryna.drops_out()
    bogdan.records("interest_confirmed")
    town.clock.passes(days=2)
    karen = site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, iryna.reference, bogdan.reference, **INTEREST)
    assert heading(shown) == "Registrér »Interesse for SOSU-området bekræftet« den 9. september 2026 for 3 forløb"
    assert "1 af 3 forløb ændres; 1 er uændret; 1 bliver afvist" in shown.text
    said = lines(shown)
    assert said[olena.reference].startswith("Olena Kovalenko, nu i »Visitation«: ")
    assert said[olena.reference].endswith("milepælen registreres; bliver i trinnet")
    assert said[bogdan.reference].endswith("uændret: har den allerede, siden 7. september 2026")
    assert "afvist: Forløbet er afsluttet" in said[iryna.reference]
    assert ("interest_confirmed", "2026-09-09") not in reached(olena)
    for _ in range(2):
        assert receipt(karen, confirms(karen, shown)) == f"1 af 1 forløb er ændret Ændret: {olena.reference}"
    assert ("interest_confirmed", "2026-09-09") in reached(olena)
    assert ("interest_confirmed", "2026-09-07") in reached(bogdan)


def test_the_day_on_which_it_was_reached_is_kept_when_it_was_an_earlier_one(site: Site) -> None:
    olena = site.town.enrols()
    site.town.clock.passes(days=9)
    karen = site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, **INTEREST, on="2026-09-10")
    assert "den 10. september 2026 for 1 forløb" in heading(shown)
    confirms(karen, shown)
    assert ("interest_confirmed", "2026-09-10") in reached(olena)


def test_a_move_and_its_stage_are_said_when_the_milestone_leads_on(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    olena.records("interest_confirmed")
    olena.moves("admit")
    shown = sends(karen, olena.reference, what="milepael", milestone="danish_course_passed")
    (said,) = lines(shown).values()
    assert said.startswith("Olena Kovalenko, nu i »Intensivt danskforløb«: ")


def test_nobody_is_handed_to_whom_they_would_be_out_of_sight_when_several_are_chosen(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, what="koordinator", coordinator=SYD)
    assert heading(shown) == "Skift koordinator til Lars Syd for 1 forløb"
    assert "afvist: Lars Syd arbejder ikke for Viby-Højbjerg." in lines(shown)[olena.reference]
    assert "button-primary" not in shown.text
    theirs = sends(karen, olena.reference, what="koordinator", coordinator=VIBY)
    assert lines(theirs)[olena.reference].endswith("uændret: har allerede Karen Viby som koordinator")


def offered(visitor: Visitor, field: str) -> dict[str, str]:
    """What the form offers in a field, as a person reads it, by what is sent."""
    text = html.unescape(visitor.gets("/forloeb/immigrant_track?vis=tabel").text)
    _, _, options = text.partition(f'name="{field}">')
    found = re.findall(r"<option([^>]*)>(.*?)</option>", options.partition("</select>")[0])
    return {value[1] if (value := re.search('value="([^"]*)"', how)) else name: name for how, name in found}


def test_only_those_who_work_there_are_offered_with_their_areas_when_a_coordinator_is_to_be_chosen(site: Site) -> None:
    site.town.enrols()
    with site.town.database.write() as session:
        staffing.add_staff(session, "alle@example.org", "Anna Alle", "coordinator")
        staffing.add_staff(session, "begge@example.org", "Bo Begge", "coordinator", [SYD_AREA, VIBY_AREA])
    karen, pia = site.remembered(Role.COORDINATOR), site.remembered(Role.COORDINATOR, "alle@example.org")
    there = {"": "Vælg", "alle@example.org": "Anna Alle", "begge@example.org": f"Bo Begge ({SYD_AREA}, {VIBY_AREA})"}
    viby, syd = {VIBY: f"Karen Viby ({VIBY_AREA})"}, {SYD: f"Lars Syd ({SYD_AREA})"}
    assert offered(karen, "coordinator") == there | viby
    assert offered(pia, "coordinator") == there | viby | syd
    assert offered(karen, "area") == {"": "Uændret", VIBY_AREA: VIBY_AREA}
    assert offered(pia, "area") == {"": "Uændret", SYD_AREA: SYD_AREA, VIBY_AREA: VIBY_AREA}


def test_several_get_a_new_coordinator_and_area_when_both_are_chosen(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    with site.town.database.write() as session:
        staffing.add_staff(session, "alle@example.org", "Anna Alle", "coordinator")
    anna = site.remembered(Role.COORDINATOR, "alle@example.org")
    shown = sends(anna, olena.reference, iryna.reference, what="koordinator", coordinator=SYD, area=SYD_AREA)
    assert heading(shown) == "Skift koordinator til Lars Syd og værtsområde til Syd for 2 forløb"
    said = lines(shown)
    assert said[olena.reference].endswith("overdrages fra Karen Viby i Viby-Højbjerg til Lars Syd i Syd")
    assert said[iryna.reference].endswith("uændret: har allerede Lars Syd som koordinator i Syd")
    assert receipt(anna, confirms(anna, shown)) == f"1 af 1 forløb er ændret Ændret: {olena.reference}"
    csv = anna.gets("/forloeb/alle/eksport.csv").content.decode("utf-8-sig")
    assert f"{SYD_AREA};Lars Syd" in next(line for line in csv.splitlines() if line.startswith(olena.reference))
    theirs = sends(anna, olena.reference, what="koordinator", coordinator="alle@example.org")
    assert lines(theirs)[olena.reference].endswith("overdrages fra Lars Syd")
    unknown = sends(anna, olena.reference, what="koordinator", coordinator=SYD, area="Nord")
    assert (unknown.status_code, "Værtsområdet findes ikke." in unknown.text) == (422, True)
    kept = sends(anna, what="koordinator", coordinator=SYD, area=SYD_AREA)
    assert f"<option selected>{SYD_AREA}</option>" in kept.text


def test_a_case_is_left_alone_when_somebody_changed_it_after_it_was_shown(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar")
    karen = site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, iryna.reference, **INTEREST)
    iryna.pauses()
    for _ in range(2):
        said = receipt(karen, confirms(karen, shown))
        assert "1 af 2 forløb er ændret" in said
        assert f"Ændret siden forhåndsvisningen, og derfor ikke rørt: {iryna.reference}" in said
    assert "interest_confirmed" in dict(reached(olena))
    assert "interest_confirmed" not in dict(reached(iryna))


def test_the_rest_go_on_when_one_of_several_has_left_ones_area(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar")
    theirs = site.town.enrols("Bogdan Popescu", area=SYD_AREA, coordinator=SYD)
    karen = site.remembered(Role.COORDINATOR)
    iryna.is_assigned(SYD, SYD_AREA)
    ticked = (olena.reference, iryna.reference, theirs.reference, "IM-9999")
    shown = sends(karen, *ticked, **INTEREST)
    assert shown.status_code == 200
    assert "1 af 4 forløb ændres; 3 bliver afvist" in shown.text
    assert not {"Iryna", "Bogdan"} & set(re.findall(r"\w+", shown.text))
    for gone in ticked[1:]:
        assert f"{gone}: afvist: forløbet findes ikke længere, eller du har ikke adgang til det" in unmarked(shown.text)
        assert f'href="/sag/{gone}"' not in shown.text
    assert receipt(karen, confirms(karen, shown)) == f"1 af 1 forløb er ændret Ændret: {olena.reference}"
    assert revision(theirs) == 1


def test_it_is_said_apart_from_the_others_when_one_leaves_ones_area_after_it_was_shown(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar")
    karen = site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, iryna.reference, **INTEREST)
    iryna.is_assigned(SYD, SYD_AREA)
    said = receipt(karen, confirms(karen, shown))
    assert "1 af 2 forløb er ændret" in said
    assert f"Findes ikke længere, eller du har ikke adgang til det: {iryna.reference}" in said


def test_nothing_else_than_a_reference_is_said_again_when_it_is_ticked(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    answer = sends(karen, "0101011234", **INTEREST)
    assert (answer.status_code, "0101011234" in answer.text) == (422, False)


@pytest.mark.parametrize(
    ("chosen", "form", "said"),
    [
        (False, INTEREST, "Der er ikke sat kryds ved noget forløb."),
        (True, INTEREST | {"milestone": ""}, "Der er ikke valgt nogen milepæl."),
        (True, INTEREST | {"on": "i går"}, "Datoen kan ikke læses."),
        (True, {"what": "koordinator", "milestone": "interest_confirmed"}, "Der er ikke valgt nogen koordinator."),
        (True, {"what": "koordinator", "coordinator": "ingen@example.org"}, "Koordinatoren findes ikke."),
        (True, {"milestone": "interest_confirmed"}, "Vælg, hvad der skal ske med forløbene."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_kept_when_the_form_is_not_filled_in(
    site: Site, chosen: bool, form: dict[str, str], said: str
) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    answer = sends(karen, *([olena.reference] if chosen else []), **form)
    alert = answer.text.partition('role="alert"')[2].partition("</ul>")[0]
    assert (answer.status_code, alert.count("<li>"), said in alert) == (422, 1, True)
    assert (f'value="{olena.reference}" checked' in answer.text) == chosen
    assert ('value="interest_confirmed" selected' in answer.text) == (form.get("milestone") == "interest_confirmed")


def test_nothing_is_done_when_it_is_confirmed_without_what_was_shown(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    assert "0 af 1 forløb er ændret" in receipt(karen, sends(karen, olena.reference, **INTEREST, confirmed="true"))
    assert "interest_confirmed" not in dict(reached(olena))


def test_several_are_changed_with_a_browser_and_the_receipt_stays_when_reloaded(
    site: Site, page: Page, complaints: list[str]
) -> None:
    olena, iryna, bogdan = (site.town.enrols(name) for name in ("Olena Kovalenko", "Iryna Bondar", "Bogdan Popescu"))
    bogdan.records("interest_confirmed")
    iryna.drops_out()
    site.enters(page, path="/forloeb/immigrant_track?vis=tabel")
    for name in ("Olena Kovalenko", "Bogdan Popescu"):
        page.get_by_label(f"Vælg {name}").check(force=True)
    press = page.get_by_role("button", name="Se, hvad der sker, når milepælen registreres")
    press.click()
    expect(page.get_by_role("alert")).to_contain_text("Der er ikke valgt nogen milepæl")
    expect(page.get_by_label("Vælg Olena Kovalenko")).to_be_checked()
    complaints.clear()  # of the 422
    assert complaints == []
    plain(page)
    page.get_by_label("Registrér milepæl").select_option("interest_confirmed")
    press.click()
    assert complaints == []
    plain(page)
    page.get_by_role("button", name=re.compile(r"for \d+ forløb$")).click()
    done = page.get_by_role("status").filter(has_text="forløb er ændret")
    expect(done).to_contain_text("1 af 1 forløb er ændret")
    page.reload()
    expect(done).to_contain_text(olena.reference)
    assert complaints == []
    plain(page)


def test_no_case_of_another_area_is_named_when_the_address_of_a_receipt_names_it(site: Site) -> None:
    olena, elsewhere = site.town.enrols(), site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    named = f"aendret={olena.reference},{elsewhere.reference},IM-9999"
    shown = site.remembered(Role.COORDINATOR).gets(f"/forloeb/immigrant_track?{named}").text
    assert "1 af 1 forløb er ændret" in shown
    assert elsewhere.reference not in shown
