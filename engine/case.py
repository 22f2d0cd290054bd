"""One candidate's place in a pathway and the facts about them that a decision may ask for.

`Place` is what the transitions fold to; `Case` adds what is recorded beside them. Both are values: a decision
returns a new case and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


class Rung(StrEnum):
    """The reminders of a stage and then those of a pause, both in the order of their weight."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"
    ESCALATION = "escalation"
    REVIEW = "review"
    FORGOTTEN = "forgotten"  # the review has passed, and nobody has looked at the pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a candidate is.

    `visit` is the number (seq) of the transition that entered the stage: the same stage entered twice is two
    visits. `held` names the automatic steps that a person has undone during this visit, with a space between the
    keys; they are taken by hand only.
    """

    stage: str
    status: Status
    entered_on: date
    visit: int
    held: str | None = None

    @property
    def held_steps(self) -> tuple[str, ...]:
        """The keys of the automatic steps that wait for a person, in the order in which they were undone."""
        return tuple(self.held.split()) if self.held else ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A milestone that is reached: since when, with which value, and by which command it was recorded."""

    on: date
    value: str | None = None
    command_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop from `from_on`; `until_on` is the day of resuming (exclusive), None while it lasts.

    `seq` is the number of the transition that began it, `reason` a key of the pathway's list. A pause that was
    prolonged is two, of which the second begins on the day on which the first is over.
    """

    seq: int
    from_on: date
    review_on: date
    until_on: date | None = None
    reason: str = ""

    def days_since(self, day: date) -> int:
        """Days of this pause on or after `day`; a pause that still lasts counts to its review date."""
        until = self.until_on if self.until_on is not None else self.review_on
        return max(0, (until - max(self.from_on, day)).days)


@dataclass(frozen=True, slots=True)
class Snooze:
    """Nobody is reminded of an occurrence before `until`; without that day, it is handled elsewhere while it lasts.

    `reason` is a key of `engine.reasons`.
    """

    occurrence: int
    reason: str
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.until is None or on < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a decision may look at.

    `last_on` is the day of the latest transition: nothing that happens later may be dated earlier.
    `reminded` holds (occurrence, rung) of every reminder that was told, with the day that it was meant for; an
    occurrence is the seq of the transition that opened the stage or the pause. `snoozes` has what was said last of
    each occurrence.
    """

    place: Place
    seq: int
    starts_on: date
    last_on: date
    birth_date: date | None = None
    milestones: Mapping[str, Fact] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    reminded: Mapping[tuple[int, Rung], date] = field(default_factory=dict)

    @property
    def occurrence(self) -> int | None:
        """What can be reminded of: the pause if there is one, otherwise the visit; None when the case has ended."""
        return None if self.place.status is Status.ENDED else occurrence(self.place, self.pauses)

    @property
    def snooze(self) -> Snooze | None:
        """What was said last of the present occurrence, whether or not its day has passed."""
        return next((snooze for snooze in self.snoozes if snooze.occurrence == self.occurrence), None)

    @property
    def open_pause(self) -> Pause | None:
        return next((pause for pause in self.pauses if pause.until_on is None), None)

    def paused_since(self) -> date | None:
        """Since when the case has been paused without a break, however often that was prolonged."""
        since: date | None = None
        for pause in reversed(self.pauses):
            if pause.until_on != since:
                break
            since = pause.from_on
        return since

    def paused_days(self) -> int:
        """Days of pause since the candidate entered the stage."""
        return sum(pause.days_since(self.place.entered_on) for pause in self.pauses)


def occurrence(place: Place, pauses: tuple[Pause, ...]) -> int:
    """The number (seq) of the transition that began what a candidate is in: the pause that lasts, or the visit."""
    return next((pause.seq for pause in pauses if pause.until_on is None), place.visit)
