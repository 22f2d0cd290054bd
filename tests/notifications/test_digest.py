"""A digest in words: what is most urgent first, short enough to be read in half a minute, nothing left uncounted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.topic import Topic
from notifications.because import because_gathered
from notifications.digest import MOST_CASES, MOST_LINES, MOST_OVERDUE, TITLES, Said, Section, overdue_of, sections_of
from notifications.render import MessageContext, Rendered
from tests.notifications.messages import FULL, renderer

FOOT = because_gathered("digest", Topic)
GATHERED, LATE = "https://sosu.example.org/beskeder?samlet=7", "https://sosu.example.org/forloeb/alle?over_tid=ja"


def said(number: int, text: str = "Praktikken er begyndt") -> Said:
    return Said(f"IM-{number:04}", text, "12. august 2027", f"https://sosu.example.org/sag/IM-{number:04}")


def rendered(*messages: tuple[Topic, Said], why: str = "digest", overdue: Section | None = None) -> Rendered:
    context: MessageContext = replace(
        FULL, sections=sections_of(messages, GATHERED), count=len(messages), why=why, stage_title="", overdue=overdue
    )
    return renderer().render("", "digest", context, FOOT)


def test_what_is_most_urgent_comes_first_when_there_are_several_topics() -> None:
    mail = rendered(*((topic, said(number)) for number, topic in enumerate(reversed(Topic))))
    places = [mail.text.index(f"{TITLES[topic]} (1)") for topic in Topic]
    assert places == sorted(places)
    assert mail.subject == "1 haster, 1 frist, 1 afsluttet, 1 til dig, 1 flyttet eller ændret"


def test_every_case_has_its_link_when_rendered() -> None:
    mail = rendered((Topic.MOVES, said(1)), (Topic.ENDINGS, said(2)))
    for number in (1, 2):
        assert f"IM-000{number}: Praktikken er begyndt" in mail.text
        assert said(number).link in mail.text
        assert f'<a href="{said(number).link}">IM-000{number}: Praktikken er begyndt</a>' in mail.html


def test_the_same_is_said_once_when_it_is_true_of_several() -> None:
    mail = rendered(*((Topic.MOVES, said(number)) for number in range(3)), (Topic.MOVES, said(7, "Frafald")))
    for part in (mail.text, mail.html):
        assert part.count("Praktikken er begyndt") == 1
        assert "Praktikken er begyndt (3)" in part
        assert part.count("/sag/") == 4


def test_a_case_is_named_once_with_how_often_when_the_same_happened_again() -> None:
    undone = [said(number, "Overgangen er fortrudt") for number in (2, 1, 2, 3, 2)]
    mail = rendered(*((Topic.MOVES, one) for one in undone))
    assert "- Overgangen er fortrudt (5). 12. august 2027\n" in mail.text
    assert f"\n  IM-0002 (3 gange): {undone[0].link}\n  IM-0001: {undone[1].link}\n" in mail.text
    assert f'<a href="{undone[0].link}" class="whole">IM-0002 (3 gange)</a>' in mail.html
    for part in (mail.text, mail.html):
        assert part.count("/sag/") == 3
        assert f"{TITLES[Topic.MOVES]} (5)" in part


def test_how_often_is_said_behind_what_happened_when_it_is_of_one_case_alone() -> None:
    mail = rendered(*[(Topic.MOVES, said(1, "Overgangen er fortrudt"))] * 2)
    assert f"- IM-0001: Overgangen er fortrudt (2 gange). 12. august 2027\n  {said(1).link}\n" in mail.text
    assert f'<a href="{said(1).link}">IM-0001: Overgangen er fortrudt (2 gange)</a><br>12. august 2027' in mail.html


def test_the_rest_are_the_cases_that_are_not_named_when_some_are_there_twice() -> None:
    mail = rendered(*((Topic.MOVES, said(number)) for number in range(MOST_CASES + 7)), *[(Topic.MOVES, said(1))] * 4)
    assert mail.text.count("/sag/") == MOST_CASES
    assert "IM-0001 (5 gange): " in mail.text
    assert f"  og 7 til: {GATHERED}\n" in mail.text


def test_the_rest_is_counted_when_there_are_more_cases_than_somebody_reads() -> None:
    mail = rendered(*((Topic.MOVES, said(number)) for number in range(MOST_CASES + 7)))
    assert mail.text.count("/sag/") == MOST_CASES
    for part in (mail.text, mail.html):
        assert f"{TITLES[Topic.MOVES]} ({MOST_CASES + 7})" in part
    assert f"  og 7 til: {GATHERED}\n" in mail.text
    assert f'<a href="{GATHERED}" class="whole">7 til</a>' in mail.html


def test_the_rest_is_counted_when_there_are_more_lines_than_somebody_reads() -> None:
    mail = rendered(*((Topic.DEADLINES, said(days, f"{days} dage over tid")) for days in range(MOST_LINES + 7)))
    assert mail.text.count("/sag/") == MOST_LINES
    for part in (mail.text, mail.html):
        assert f"{TITLES[Topic.DEADLINES]} ({MOST_LINES + 7})" in part
        assert "Og 7 til. " in part
    assert f"Og 7 til. Se dem alle: {GATHERED}\n" in mail.text
    assert f'<a href="{GATHERED}">Se dem alle</a>' in mail.html


def test_the_rest_of_those_who_are_late_is_in_the_table_of_them_and_not_among_the_messages() -> None:
    late = [said(number, "5 dage over tid") for number in range(MOST_OVERDUE)]
    mail = rendered((Topic.MOVES, said(99)), overdue=overdue_of(late, MOST_OVERDUE + 4, LATE, too=False))
    for part in (mail.text, mail.html):
        assert part.count(LATE) == 2, "of their line and of the section"
        assert GATHERED not in part
    assert f"og {MOST_OVERDUE - MOST_CASES} til: {LATE}\n" in mail.text
    assert f"Og 4 til. Se dem alle: {LATE}\n" in mail.text


def test_a_line_counts_all_who_are_as_late_when_only_some_of_them_are_named() -> None:
    late = [said(number, "9 dage over tid") for number in range(MOST_OVERDUE - 1)] + [said(98, "5 dage over tid")]
    alike = {(one.text, one.note): count for one, count in ((late[0], MOST_OVERDUE - 1), (late[-1], 17))}
    mail = rendered((Topic.MOVES, said(99)), overdue=overdue_of(late, 50, LATE, too=False, alike=alike))
    for part in (mail.text, mail.html):
        assert "Over tid lige nu (50)" in part
        assert f"9 dage over tid ({MOST_OVERDUE - 1})" in part
        assert "5 dage over tid (17)" in part
    assert f"og {MOST_OVERDUE - 1 - MOST_CASES} til: {LATE}\n" in mail.text
    assert f"og 16 til: {LATE}\n" in mail.text
    assert f"Og {50 - MOST_OVERDUE + 1 - 17} til. Se dem alle: {LATE}\n" in mail.text


@pytest.mark.parametrize(("too", "lead"), [(False, "Over tid lige nu: 46."), (True, "Også over tid: 46.")])
def test_it_begins_with_how_many_are_late_too_and_counts_them_among_no_messages(too: bool, lead: str) -> None:
    late = [said(number, "5 dage over tid") for number in range(MOST_OVERDUE)]
    moved = [(Topic.MOVES, said(number)) for number in (98, 99)]
    mail = rendered(*moved, overdue=overdue_of(late, 46, LATE, too=too))
    for part in (mail.text, mail.html):
        assert f"2 beskeder samlet i én: 2 flyttede eller ændrede. {lead}" in part
    assert mail.subject == "2 flyttede eller ændrede"
    assert lead not in rendered(*moved).text


def test_nothing_leads_to_a_rest_when_there_is_none() -> None:
    mail = rendered((Topic.MOVES, said(1)), overdue=overdue_of([said(2)], 1, LATE, too=False))
    for part in (mail.text, mail.html):
        assert GATHERED not in part
        assert LATE not in part


@pytest.mark.parametrize(
    ("why", "begins"),
    [
        ("catch_up", "Siden sidst: 1 "),
        ("taken_over", "Overtaget: 1 "),
        ("reminded", "Der rykkes igen: 1 "),
        ("backdated", "Nyt i systemet: 1 "),
        ("storm", "2 beskeder på én gang: "),
    ],
)
def test_the_subject_says_why_it_is_gathered_when_nobody_chose_it(why: str, begins: str) -> None:
    mail = rendered((Topic.DEADLINES, said(1)), (Topic.MOVES, said(2)), why=why)
    assert mail.subject.startswith(begins)


def test_what_comes_from_outside_is_escaped_when_it_is_html() -> None:
    mail = rendered((Topic.MOVES, Said("<b>IM</b>", "a < b", "a & b", "https://sosu.example.org/?a=1&b=2")))
    assert "<b>IM</b>" not in mail.html
    assert "&lt;b&gt;IM&lt;/b&gt;" in mail.html
    assert "a &amp; b" in mail.html
