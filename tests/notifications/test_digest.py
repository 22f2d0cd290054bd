"""A digest in words: what is most urgent first, short enough to be read in half a minute, nothing left uncounted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.topic import Topic
from notifications.because import because_gathered
from notifications.digest import MOST_LINES, TITLES, Line, sections_of
from notifications.render import MessageContext, Rendered
from tests.notifications.messages import FULL, renderer

FOOT = because_gathered("digest")


def line(number: int) -> Line:
    return Line(
        f"IM-{number:04}: Praktikken er begyndt", "12. august 2027", f"https://sosu.example.org/sag/IM-{number:04}"
    )


def rendered(*lines: tuple[Topic, Line], why: str = "digest") -> Rendered:
    context: MessageContext = replace(FULL, sections=sections_of(lines), count=len(lines), why=why, stage_title="")
    return renderer().render("", "digest", context, FOOT)


def test_what_is_most_urgent_comes_first_when_there_are_several_topics() -> None:
    said = rendered(*((topic, line(number)) for number, topic in enumerate(reversed(Topic))))
    places = [said.text.index(f"{TITLES[topic]} (1)") for topic in Topic]
    assert places == sorted(places)
    assert said.subject == "1 haster, 1 frister, 1 afsluttet, 1 til dig, 1 flyttet og ændret"


def test_every_line_has_its_link_when_rendered() -> None:
    said = rendered((Topic.MOVES, line(1)), (Topic.ENDINGS, line(2)))
    for number in (1, 2):
        assert line(number).subject in said.text
        assert line(number).link in said.text
        assert f'<a href="{line(number).link}">{line(number).subject}</a>' in said.html


def test_the_rest_is_counted_when_there_are_more_than_somebody_reads() -> None:
    said = rendered(*((Topic.MOVES, line(number)) for number in range(MOST_LINES + 7)))
    assert said.text.count("/sag/") == MOST_LINES
    for part in (said.text, said.html):
        assert f"{TITLES[Topic.MOVES]} ({MOST_LINES + 7})" in part
        assert "og 7 til" in part


@pytest.mark.parametrize(("why", "begins"), [("catch_up", "Siden sidst: 1 "), ("storm", "1 beskeder på én gang: ")])
def test_the_subject_says_why_it_is_gathered_when_nobody_chose_it(why: str, begins: str) -> None:
    assert rendered((Topic.DEADLINES, line(1)), why=why).subject.startswith(begins)


def test_what_comes_from_outside_is_escaped_when_it_is_html() -> None:
    said = rendered((Topic.MOVES, Line("<b>IM</b>", "a & b", "https://sosu.example.org/?a=1&b=2")))
    assert "<b>IM</b>" not in said.html
    assert "&lt;b&gt;IM&lt;/b&gt;" in said.html
    assert "a &amp; b" in said.html
