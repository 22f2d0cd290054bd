"""What a digest tells: a line for each message that it gathers, by topic, what is most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.topic import Topic

#: Lines of one topic that are told; the others are counted, and are behind the link.
MOST_LINES = 15

#: In Danish, what a digest calls the messages of each topic.
TITLES: Mapping[Topic, str] = {
    Topic.ESCALATIONS: "Haster",
    Topic.DEADLINES: "Frister",
    Topic.ENDINGS: "Afsluttet",
    Topic.HANDOVERS: "Til dig",
    Topic.MOVES: "Flyttet og ændret",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message: its subject, where or when, and where to see more."""

    subject: str
    note: str
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one topic. `count` is of all of them, `more` of those that are not told."""

    title: str
    count: int
    lines: tuple[Line, ...]
    more: int


def sections_of(lines: Iterable[tuple[Topic, Line]]) -> tuple[Section, ...]:
    """The lines in their order, below their topics; a topic without any is left out."""
    by_topic: dict[Topic, list[Line]] = {topic: [] for topic in Topic}
    for topic, line in lines:
        by_topic[topic].append(line)
    return tuple(
        Section(TITLES[topic], len(found), tuple(found[:MOST_LINES]), max(0, len(found) - MOST_LINES))
        for topic, found in by_topic.items()
        if found
    )
