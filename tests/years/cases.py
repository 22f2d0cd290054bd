"""Each case a second time, as the transitions tell of it and in the naive model; and what there is to tell of it.

What was done to a case is read from the table of transitions. Deadlines come from the naive model alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.engine import naive
from tests.engine.naive_truths import Definition, Person, all_rungs, end_of_stage, is_ending, occurrence, untold_rungs
from tests.years.reading import OF_ACTION, OF_RUNG, OF_STEP

_GOES_UP = ("escalation", "forgotten")
_SAYS = ("snooze", "elsewhere", "remind")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that somebody is to be told of. `about` is the reminder's occurrence and rung, if it is one; `number`
    the transition's, and `takes_back` are those that it undoes.
    """

    reference: str
    words: str
    topic: str
    audiences: tuple[str, ...]
    made_at: datetime
    about: tuple[int, str] | None = None
    number: int = 0
    takes_back: tuple[int, ...] = ()


@dataclass(slots=True)
class Over:
    """A stage or a pause of which nobody is to be reminded any more, or other people are. `why` is what happened."""

    occurrence: int | None
    why: str


@dataclass(slots=True)
class Case:
    """`coordinator` and `officer` are e-mails. `taken_back`: the numbers of what an undo has just taken back, and
    `prolonging_undone` of the prolonging of a pause among them.
    """

    reference: str
    key: str
    definition: Definition
    area: str
    coordinator: str
    officer: str | None
    person: Person = field(default_factory=dict)
    next_look: date | None = None
    prolonging_undone: int | None = None
    taken_back: tuple[int, ...] = ()

    @property
    def stage(self) -> str:
        return str(self.person["stage"])

    @property
    def status(self) -> str:
        return str(self.person["status"])

    def follows(self, row: dict[str, Any], at: datetime) -> tuple[Fact, Over | None]:
        """One more transition: what is told of it, and what is over with it."""
        self.prolonging_undone, self.taken_back = None, ()
        before = occurrence(self.person) if self.person and self.status != "ended" else None
        kind, audiences, ends = self._apply(row)
        after = occurrence(self.person) if self.status != "ended" else None
        self.look_again()
        topic = "handovers" if kind == "assign" else "endings" if ends else "moves"
        words = OF_STEP.get((self.key, row["step"] or "")) if kind in ("move", "advance") else None
        what = words or OF_ACTION[kind]
        fact = Fact(self.reference, what, topic, audiences, at, None, row["seq"], self.taken_back)
        if kind in ("snooze", "elsewhere", "assign"):  # whoever has it now is reminded of it
            return fact, Over(before, kind)
        return fact, Over(before, kind) if before is not None and before != after else None

    def _apply(self, row: dict[str, Any]) -> tuple[str, tuple[str, ...], bool]:
        """What it was, whom it concerns, and whether it ends the case or takes an ending back."""
        action, on, definition = row["action"], row["occurred_on"], self.definition
        if action == "enrol":
            self.person = naive.newcomer(definition, on, None)
            return action, ("coordinator",), False
        person = self.person
        person["command"] = row["command_id"]
        ends, audiences, kind, goes_on = False, ["coordinator"], action, action in ("move", "advance")
        if action in ("move", "advance", "drop", "transfer"):
            naive.go(definition, person, action, row["to_stage"], on, step=row["step"], reason=row["reason"])
            ends = is_ending(definition, row["to_stage"])
            audiences += _told_of(definition, [row["step"]])
        elif action == "pause":
            kind = "prolong" if self.status == "paused" else "pause"
            (naive.prolong if kind == "prolong" else naive.pause)(
                definition, person, row["reason"], row["review_on"], on
            )
        elif action == "undo":
            kind, ends, steps = self._undo(row)
            audiences, goes_on = audiences + _told_of(definition, steps), any(steps)
        elif action == "snooze":
            naive.snooze(definition, person, row["reason"], row["review_on"], on)
        elif action == "elsewhere":
            naive.elsewhere(definition, person, row["reason"], on)
        else:
            {"resume": naive.resume, "assign": naive.assign, "remind": naive.remind}[action](definition, person, on)
        assert person["seq"] == row["seq"], (self.reference, row)
        assert person["stage"] == row["to_stage"], (self.reference, row)
        up = ["manager"] if ends or goes_on else []
        return kind, tuple(dict.fromkeys([*audiences, *up])), ends

    def _undo(self, row: dict[str, Any]) -> tuple[str, bool, list[str | None]]:
        person, on = self.person, row["occurred_on"]
        if row["to_stage"] == "mistaken":
            person["seq"] += 1
            person |= {"stage": "mistaken", "status": "ended", "entered": on, "visit": person["seq"], "held": []}
            return "annul", False, []
        together = [left for left in person["behind"] if left["command"] == person["behind"][-1]["command"]]
        went_to = {entry["seq"]: entry["target"] for entry in person["log"]}
        kind = "undo_prolong" if together[0]["prolonged"] else "undo"
        if kind == "undo_prolong":
            self.prolonging_undone = together[0]["seq"]
        self.taken_back = tuple(left["seq"] for left in together)
        naive.undo(self.definition, person, on)
        ends = kind == "undo" and any(is_ending(self.definition, went_to[left["seq"]]) for left in together)
        return kind, ends, [left["step"] for left in together]

    def is_swept(self, on: date, at: datetime) -> Iterator[Fact]:
        """What its deadlines remind of on this day."""
        if self.next_look is None or self.next_look > on:
            return
        before = len(self.person["told"])
        naive.sweep(self.definition, self.person, on)
        for told in self.person["told"][before:]:
            up = told["rung"] in _GOES_UP
            audiences = ("coordinator", "manager") if up else ("coordinator",)
            topic = "escalations" if up else "deadlines"
            about = (told["occurrence"], told["rung"])
            yield Fact(self.reference, OF_RUNG[told["rung"]], topic, audiences, at, about)
        self.look_again()

    def is_not_used(self, about: tuple[int, str]) -> None:
        """A reminder that reached nobody, or not everybody."""
        self.person["told"] = [t for t in self.person["told"] if (t["occurrence"], t["rung"]) != about]
        self.look_again()

    def look_again(self) -> None:
        """The first day on which the model has to be asked again."""
        self.next_look = min((day for _, _, day in untold_rungs(self.definition, self.person)), default=None)

    def has_deadlines(self) -> bool:
        return bool(all_rungs(self.definition, self.person))

    def is_late(self, on: date) -> bool:
        end = self.ends_on()
        return end is not None and on >= end

    def ends_on(self) -> date | None:
        """The day on which the stage should be left."""
        return end_of_stage(self.definition, self.person) if self.status != "ended" else None


def _told_of(definition: Definition, steps: list[str | None]) -> list[str]:
    return [audience for step in definition["steps"] if step["key"] in steps for audience in step["tell"]]


def is_quiet(row: dict[str, Any], coordinator: str) -> bool:
    """Whoever says that reminders rest need not be told so."""
    return row["action"] in _SAYS and row["by"] == coordinator
