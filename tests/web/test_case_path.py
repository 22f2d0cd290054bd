"""Sagen: the stages of the way, and whether somebody is early or late in them."""

from __future__ import annotations

import re

from models.staff import Role
from tests.municipality import Candidate
from tests.web.site import Site
from tests.web.test_case import in_danish_course


def path(site: Site, candidate: Candidate) -> dict[str, list[str]]:
    """The lines that stand with each stage, by its title."""
    shown = site.remembered(Role.COORDINATOR).gets(f"/sag/{candidate.reference}").text
    steps = re.findall(r'<li class="sosu-step.*?</li>', shown, re.DOTALL)
    title, line = re.compile(r"<strong>(.*?)</strong>"), re.compile(r'<span class="sosu-quiet">(.*?)</span>')
    return {title.findall(step)[0]: line.findall(step) for step in steps}


def test_a_start_stands_beside_a_start_and_an_end_beside_an_end_when_somebody_is_late(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=20)
    way = path(site, olena)
    assert way["Visitation"] == ["7. september 2026 til 7. september 2026", "planlagt til 21. september 2026"]
    assert way["Intensivt danskforløb"] == [
        "siden 7. september 2026, ventes færdig 25. januar 2027",
        "planlagt færdig 14. december 2026",
    ]
    assert way["AMU-forløb, skole"] == ["ventes 25. januar 2027", "planlagt 14. december 2026"]


def test_it_is_said_that_it_goes_as_planned_when_it_does(site: Site) -> None:
    way = path(site, site.town.enrols())
    assert way["Visitation"] == ["siden 7. september 2026, ventes færdig 21. september 2026, som planlagt"]
    assert way["Intensivt danskforløb"] == ["ventes 21. september 2026, som planlagt"]


def test_the_whole_time_that_was_planned_is_said_when_a_stage_both_began_and_ended_on_other_days(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=13)
    olena.records("danish_course_passed")
    assert path(site, olena)["Intensivt danskforløb"] == [
        "7. september 2026 til 7. december 2026",
        "planlagt 21. september 2026 til 14. december 2026",
    ]


def test_no_stage_that_never_comes_is_shown_when_the_case_has_ended(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(days=2)
    olena.drops_out()
    assert list(path(site, olena)) == ["Visitation", "Intensivt danskforløb"]


def test_no_stage_is_shown_when_somebody_left_before_the_first_day(site: Site) -> None:
    olena = site.town.enrols(starts_on=site.town.clock.today.replace(month=11))
    assert path(site, olena)["Visitation"] == ["ventes 7. november 2026, som planlagt"]
    olena.drops_out()
    assert path(site, olena) == {}
