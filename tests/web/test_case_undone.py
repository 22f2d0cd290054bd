"""Sagen: what »Fortryd« says that it takes back, before it does and afterwards."""

from __future__ import annotations

from models.staff import Role
from tests.municipality import Candidate
from tests.web.site import Site
from tests.web.test_case import does, fields, in_danish_course, told


def takes_back(site: Site, candidate: Candidate) -> tuple[str, str]:
    """What the page says before a coordinator takes something back, and what it says afterwards."""
    karen, address = site.remembered(Role.COORDINATOR), f"/sag/{candidate.reference}"
    before = karen.gets(address)
    done = karen.posts(f"{address}/fortryd", **fields(before, "fortryd"))
    return told(before), told(karen.gets(done.headers["location"]))


def test_what_would_be_undone_stands_beside_the_button_and_in_the_receipt_when_a_milestone_moved(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    before, after = takes_back(site, olena)
    what = (
        "flytningen fra Intensivt danskforløb til AMU-forløb, skole den 30. november 2026 og milepælen »Danskforløb "
        "bestået«, der udløste den"
    )
    assert f"Du fortryder {what}." in before
    assert f"Fortrudt: {what}." in after
    assert olena.stage == "danish_course"


def test_it_is_said_that_an_earlier_fact_holds_again_when_what_corrected_it_is_undone(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=11)
    olena.records("danish_course_passed")
    site.town.clock.passes(weeks=1, days=3)
    olena.records("danish_course_passed", achieved_on=site.town.clock.today)
    before, after = takes_back(site, olena)
    assert "Milepælen »Danskforløb bestået« gælder igen, som den var registreret før." in before
    assert "Milepælen »Danskforløb bestået« gælder igen, som den var registreret før." in after


def test_an_ending_is_told_by_its_name_when_it_can_be_taken_back(site: Site) -> None:
    olena = in_danish_course(site)
    olena.drops_out()
    before, after = takes_back(site, olena)
    assert "Du fortryder frafaldet den 7. september 2026 (Flyttet fra kommunen)." in before
    assert "Fortrudt: frafaldet den 7. september 2026 (Flyttet fra kommunen)." in after
    there = olena.transfers("ped_assistant_track")
    before, after = takes_back(site, olena)
    began = f"overførslen til et andet forløb den 7. september 2026. Forløbet {there.reference}, der begyndte ved"
    ends = "overførslen, afsluttes som »Indskrevet ved en fejl« og tæller ikke med i nogen opgørelse."
    assert f"Du fortryder {began} {ends}" in before
    assert "Fortrudt: overførslen" in after
    shown = told(site.remembered(Role.COORDINATOR).gets(f"/sag/{there.reference}"))
    assert "Indskrevet ved en fejl · afsluttet" in shown
    assert "Forløbet er afsluttet (Indskrevet ved en fejl, 7. september 2026). Indskriv kandidaten igen." in shown
    assert "gået videre" not in shown


def test_both_moves_are_told_when_one_command_made_them(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    site.town.clock.passes(weeks=23)
    olena.records("amu_school_completed")
    site.town.clock.passes(weeks=9)
    olena.records("amu_certificate", "placement_approved", "danish_level_approved", "education_offer_accepted")
    olena.records("contract_signed")
    for said in takes_back(site, olena):
        assert (
            "flytningerne fra AMU-forløb, praktik til Tidsbegrænset uddannelsesstilling den 12. juli 2027 og fra "
            "Tidsbegrænset uddannelsesstilling til SOSU-uddannelse, grundforløb den 12. juli 2027 og milepælen "
            "»Ansættelseskontrakt underskrevet«, der udløste dem."
        ) in said


def test_the_reason_stands_instead_of_a_button_when_nothing_can_be_undone(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    shown = karen.gets(f"/sag/{olena.reference}")
    assert "/fortryd" not in shown.text
    assert "Der er ingen overgang at fortryde: forløbet er i sit første trin." in shown.text
    olena.drops_out()
    site.town.clock.passes(weeks=1)
    site.town.enrols(cpr=olena.applicant.cpr)
    shown = site.remembered(Role.COORDINATOR).gets(f"/sag/{olena.reference}")
    assert "/fortryd" not in shown.text
    assert "Kandidaten er gået videre i et andet forløb." in shown.text


def test_no_more_is_said_to_be_undone_when_something_has_happened_since(site: Site) -> None:
    olena, karen = in_danish_course(site), site.remembered(Role.COORDINATOR)
    done = does(karen, olena, "fortryd")
    olena.moves("admit")
    assert "Fortrudt: flytningen" not in told(karen.gets(done.headers["location"]))
