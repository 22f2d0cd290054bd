"""The forms of Mine beskeder: what somebody typed, what is wrong with it by the field, and what the verbs are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from engine.refusal import Refused
from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.digest import TITLES
from notifications.pace import ALWAYS, CHOICES, Choices, Hours, Slots, hours_of, slots_of
from onboarding.preferences import Chosen
from reports.words import TOLD
from web.asked import day

#: Which hours: those that everybody has, or chosen ones. `ALWAYS` is the third.
USUAL, OWN = "usual", "own"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as the page shows it: how it comes, how it could, and whether it may be done without."""

    topic: Topic
    title: str
    told: str
    pace: str
    can_be: tuple[Pace, ...]
    ways: frozenset[str]

    @property
    def is_mandatory(self) -> bool:
        return Pace.NEVER not in self.can_be


class TypedTopics(BaseModel):
    """`pace` are texts such as `moves:digest`, `way` such as `moves:sms`."""

    model_config = ConfigDict(hide_input_in_errors=True)

    pace: Sequence[str] = ()
    way: Sequence[str] = ()

    def changes(self, made: Choices) -> list[tuple[Topic, Pace, list[str]]]:
        """What is chosen otherwise than it is: what nobody touched is not chosen. Raises `Refused` for no choice."""
        paces = _by_topic(self.pace)
        if len(paces) < len(set(self.pace)) or not set(paces.values()) <= set(Pace):
            raise Refused("Valget findes ikke. Åbn siden igen, og prøv igen.")
        typed = [(topic, Pace(pace), self.ways(topic)) for topic, pace in paces.items()]
        return [one for one in typed if (one[1], set(one[2])) != (made.pace(one[0]), set(made.ways(one[0])))]

    def ways(self, topic: Topic) -> list[str]:
        """Mail where none is chosen."""
        chosen = (text.partition(":") for text in self.way)
        return [way for name, _, way in chosen if name == topic] or [MAIL]

    def rows(self, made: Choices) -> list[TopicRow]:
        """What was typed, or how it is where nothing was."""
        paces = _by_topic(self.pace)
        return [
            _row(topic, paces[topic], self.ways(topic))
            if topic in paces
            else _row(topic, made.pace(topic), made.ways(topic))
            for topic in Topic
        ]


def _row(topic: Topic, pace: str, ways: Sequence[str]) -> TopicRow:
    return TopicRow(topic, TITLES[topic], TOLD[topic], pace, CHOICES[topic], frozenset(ways))


def _by_topic(texts: Sequence[str]) -> dict[Topic, str]:
    """What was said of each topic that there is."""
    said = (text.partition(":") for text in texts)
    return {Topic(name): pace for name, _, pace in said if name in set(Topic)}


class TypedTimes(BaseModel):
    """`hours` is `USUAL`, `OWN` or `ALWAYS`; `day` are ISO weekdays."""

    model_config = ConfigDict(hide_input_in_errors=True)

    hours: str = ""
    opens: str = ""
    closes: str = ""
    day: Sequence[str] = ()
    at: str = ""

    @classmethod
    def of(cls, chosen: Chosen) -> Self:
        """How it is."""
        shown = chosen.choices.hours or Hours()
        which = USUAL if chosen.hours is None else ALWAYS if chosen.hours == ALWAYS else OWN
        opens, closes = f"{shown.opens:%H:%M}", f"{shown.closes:%H:%M}"
        return cls(hours=which, opens=opens, closes=closes, day=list(chosen.digest_days), at=chosen.digest_at)

    @property
    def said(self) -> dict[str, str | None]:
        """What `choose_times` is asked. What everybody has is not chosen."""
        usual, days, at = Slots(), "".join(sorted(self.day)), self.at.strip()
        own = {USUAL: None, ALWAYS: ALWAYS}.get(self.hours, f"{self.opens.strip()}-{self.closes.strip()}")
        return {
            "hours": own,
            "digest_days": None if days == usual.days_as_said else days,
            "digest_at": None if at == usual.at_as_said else at,
        }

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by the field: `hours`, `day` or `at`."""
        said = self.said
        tries: dict[str, Any] = {
            "hours": lambda: hours_of(said["hours"]),
            "day": lambda: slots_of(said["digest_days"], None),
            "at": lambda: slots_of(None, said["digest_at"]),
        }
        return _wrong(tries)


class TypedAbsence(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    from_on: str = ""
    until_on: str = ""
    stand_in: str = ""

    @property
    def problems(self) -> dict[str, str]:
        """What cannot be read, by the field."""
        fields = {"from_on": self.from_on, "until_on": self.until_on}
        return {name: "Vælg en dato." for name, text in fields.items() if day(text.strip()) is None}

    @property
    def days(self) -> tuple[date, date]:
        """Of an absence without `problems`."""
        first, last = day(self.from_on.strip()), day(self.until_on.strip())
        if first is None or last is None:
            raise Refused("Vælg en dato.")
        return first, last


def _wrong(tries: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for field, attempt in tries.items():
        try:
            attempt()
        except Refused as refused:
            found[field] = " ".join(refused.reasons)
    return found
