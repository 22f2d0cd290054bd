"""Forløbsdefinitioner: what a pathway says, for whoever wants to know why somebody is where they are."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page

from models.staff import Role
from tests.municipality import PATHWAYS
from tests.web.site import Site, lived_in
from tests.web.test_in_a_browser import every_size

#: Texts that reach out of the smallest box that they begin in, or out of the drawing.
_OUTSIDE = """() => {
  const svg = document.querySelector('.sosu-diagram');
  const holds = (box, text) => text.x >= box.x && text.x <= box.x + box.width
    && text.y >= box.y && text.y <= box.y + box.height;
  const boxes = [svg.viewBox.baseVal, ...[...svg.querySelectorAll('rect')].map(rect => rect.getBBox())];
  return [...svg.querySelectorAll('text')].filter(drawn => {
    const text = drawn.getBBox();
    const box = boxes.filter(box => holds(box, text)).sort((one, other) => one.width - other.width)[0];
    return text.x + text.width > box.x + box.width || text.y + text.height > box.y + box.height;
  }).map(drawn => drawn.textContent);
}"""
_PATHWAY = PATHWAYS["immigrant_track"]


@every_size
def test_what_the_drawing_says_is_inside_it_when_it_is_shown(site: Site, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    site.signs_in(page)
    for key in PATHWAYS:
        page.goto(f"{site.address}/definitioner/{key}/2")
        assert page.evaluate(_OUTSIDE) == []


def test_each_version_says_its_own_when_a_pathway_has_two(site: Site) -> None:
    site.town.publishes(replace(_PATHWAY, version=3, title="Det nye projekt"))
    visitor = site.remembered(Role.COORDINATOR)
    assert "Det nye projekt" in visitor.gets("/definitioner/immigrant_track/3").text
    first = visitor.gets("/definitioner/immigrant_track/2").text
    assert "Det nye projekt" not in first
    assert "gælder nye indskrivninger" not in first
    assert visitor.gets("/definitioner/immigrant_track/4").status_code == 404
    assert visitor.gets("/definitioner/no_such_track/2").status_code == 404


def test_conditions_stand_in_words_and_assumptions_are_marked_when_it_is_read(site: Site) -> None:
    text = site.remembered(Role.COORDINATOR).gets("/definitioner/immigrant_track/2").text
    assert "fyldt 25 år" in text
    assert "AMU-bevis" in text
    assert '12 uger <span class="sosu-quiet">(antaget)</span>' in text
    assert "<td>9 uger</td>" in text
    assert "rykker 14 dage før, rykker på dagen, rykker 1 arbejdsdag efter, eskalering 5 arbejdsdage efter" in text
    assert "32-ugers AMU-forløb" in text


def test_the_counts_are_the_persons_own_when_there_are_cases_elsewhere(site: Site) -> None:
    lived_in(site.town)
    path = "/definitioner/immigrant_track/2"
    assert "2 i gang, 0 på pause" in site.remembered(Role.COORDINATOR).gets(path).text
    elsewhere = site.remembered(Role.COORDINATOR, "koordinator.syd@example.org").gets(path).text
    assert "2 i gang" not in elsewhere
    assert "0 i gang, 0 på pause" in elsewhere


def test_nothing_is_counted_when_somebody_sees_no_cases(site: Site) -> None:
    lived_in(site.town)
    text = site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/definitioner/immigrant_track/2").text
    assert "Visitation" in text
    assert "på pause" not in text
    assert "/forloeb/" not in text


def test_every_pathway_is_listed_with_its_newest_version_when_there_are_several(site: Site) -> None:
    shown = site.remembered(Role.COORDINATOR).gets("/definitioner").text
    for pathway in PATHWAYS.values():
        assert f'<a href="/definitioner/{pathway.key}/{pathway.version}">{pathway.title}</a>' in shown
