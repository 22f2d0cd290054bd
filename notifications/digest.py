"""What a digest tells: what its messages say, by topic, what is most urgent first, and the like of it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.topic import Topic

#: What is added to what happened and was taken back before it was told.
UNDONE = "fortrudt igen"
#: In Danish, what a digest calls those who are late now; and where it has told of others who are.
OVERDUE, OVERDUE_TOO = "Over tid lige nu", "Også over tid"
#: Those who are late now of whom it is looked up who they are; the others are counted.
MOST_OVERDUE = 30
#: Lines of one topic that are told, and cases of one line; the others are counted, and are behind the link.
MOST_LINES, MOST_CASES = 15, 20

#: In Danish, what a digest calls the messages of each topic.
TITLES: Mapping[Topic, str] = {
    Topic.ESCALATIONS: "Haster",
    Topic.DEADLINES: "Frister",
    Topic.ENDINGS: "Afsluttet",
    Topic.HANDOVERS: "Til dig",
    Topic.MOVES: "Flyttet og ændret",
}
#: In Danish, one of each and several of them.
COUNTED: Mapping[Topic, tuple[str, str]] = {
    Topic.ESCALATIONS: ("haster", "haster"),
    Topic.DEADLINES: ("frist", "frister"),
    Topic.ENDINGS: ("afsluttet", "afsluttede"),
    Topic.HANDOVERS: ("til dig", "til dig"),
    Topic.MOVES: ("flyttet eller ændret", "flyttede eller ændrede"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says of a case: where or when is its `note`. One that is of no case has no reference. `times`:
    so many messages say it.
    """

    reference: str
    text: str
    note: str
    link: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """The `count` messages that say the same, or so many who are as late, each of their cases once; `more` cases are
    counted and not told.
    """

    text: str
    note: str
    count: int
    cases: tuple[Said, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one topic. `count` is of all its messages, in words `counted`; `more` are those in no line, and
    `more_at` is the address of a page with all of them, what is counted in a line and not told there included.
    """

    title: str
    count: int
    counted: str
    lines: tuple[Line, ...]
    more: int
    more_at: str


def sections_of(said: Iterable[tuple[Topic, Said]], more_at: str) -> tuple[Section, ...]:
    """What the messages say, in their order, below their topics; a topic without any is left out."""
    by_topic: dict[Topic, list[Said]] = {topic: [] for topic in Topic}
    for topic, one in said:
        by_topic[topic].append(one)
    return tuple(_section(topic, found, more_at) for topic, found in by_topic.items() if found)


def overdue_of(
    said: Iterable[Said], count: int, more_at: str, *, too: bool, alike: Mapping[tuple[str, str], int] | None = None
) -> Section | None:
    """Those who are late now, the latest first: `count` in all. `too`: besides those of whom the messages say it.
    `alike`: by text and note, of how many it is so, where that is of more than are `said`.
    """
    lines = [_counting(line, alike or {}) for line in _lines(list(said))[:MOST_LINES]]
    more = count - sum(line.count for line in lines)
    title = OVERDUE_TOO if too else OVERDUE
    return Section(title, count, f"{count} over tid", tuple(lines), more, more_at) if count else None


def _counting(line: Line, alike: Mapping[tuple[str, str], int]) -> Line:
    count = alike.get((line.text, line.note), line.count)
    return replace(line, count=count, more=count - len(line.cases))


def _section(topic: Topic, found: list[Said], more_at: str) -> Section:
    told = tuple(_lines(found)[:MOST_LINES])
    counted = f"{len(found)} {COUNTED[topic][len(found) > 1]}"
    return Section(TITLES[topic], len(found), counted, told, len(found) - sum(line.count for line in told), more_at)


def _lines(found: list[Said]) -> list[Line]:
    alike: dict[tuple[str, str], list[Said]] = {}
    for one in found:
        alike.setdefault((one.text, one.note), []).append(one)
    return [_line(text, note, messages) for (text, note), messages in alike.items()]


def _line(text: str, note: str, messages: list[Said]) -> Line:
    often = Counter(messages)
    cases = [replace(one, times=times) for one, times in often.items()]
    return Line(text, note, len(messages), tuple(cases[:MOST_CASES]), max(0, len(cases) - MOST_CASES))
