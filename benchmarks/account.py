"""A plain account of a national year: who is where, reckoned from stages, days and dice alone.

It is what the figures of the program are compared with, so it asks nothing of the engine: it reads of a pathway how
long stages last and which way goes where, and that a step that is automatic is taken on the day on which the stage has
lasted, when all that it asks for was recorded before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from enum import IntEnum
from random import Random
from typing import Any

from engine.conditions import Holds, Lasted
from engine.pathway import Outcome, Pathway, Step

DROPS, PAUSES, FIRST_STEP, USUAL_DAYS = 0.04, 0.55, 0.92, 60
_DROPPED_OUT = "dropped_out"


class Deed(IntEnum):
    """What somebody clicks, in the order in which they do on one day."""

    RESUME = 0
    RECORD = 1
    PAUSE = 2
    MOVE = 3
    DROP = 4


#: An enrolment's id, what is done to it, to what (a milestone, a step, a reason) and with which value.
Planned = tuple[int, Deed, str, str | None]


class Account:
    def __init__(self, pathways: Mapping[str, Pathway], random: Random) -> None:
        self.pathways, self.random = pathways, random
        self.happened: Counter[str] = Counter()
        self._deeds: dict[date, list[Planned]] = defaultdict(list)
        self._automatic: dict[date, list[tuple[int, str]]] = defaultdict(list)
        self._place: dict[int, tuple[str, str, str]] = {}  # the pathway's key, the stage, the status

    @property
    def transitions(self) -> int:
        return self.happened.total()

    def place(self, enrolment_id: int) -> tuple[str, str]:
        _, stage, status = self._place[enrolment_id]
        return stage, status

    def deeds(self, day: date) -> list[Planned]:
        """What people click on this day."""
        return sorted(self._deeds.pop(day, ()))

    def enrols(self, enrolment_id: int, key: str, day: date) -> None:
        self.happened["enrol"] += 1
        self._enters(enrolment_id, key, self.pathways[key].starts_in, day)

    def sweeps(self, day: date) -> None:
        """Whoever's stage has lasted and who was given all that the next one asks for goes on."""
        for enrolment_id, target in self._automatic.pop(day, ()):
            self.happened["advance"] += 1
            self._enters(enrolment_id, self._place[enrolment_id][0], target, day)

    def did(self, planned: Planned, day: date) -> None:
        enrolment_id, deed, what, _value = planned
        key, stage, _status = self._place[enrolment_id]
        if deed is Deed.RECORD:
            return
        self.happened[deed.name.lower()] += 1
        if deed is Deed.MOVE:
            (step,) = (step for step in self.pathways[key].steps if step.key == what)
            self._enters(enrolment_id, key, step.target, day)
        elif deed is Deed.DROP:
            self._place[enrolment_id] = (key, _DROPPED_OUT, "ended")
        else:
            self._place[enrolment_id] = (key, stage, "paused" if deed is Deed.PAUSE else "open")

    def figures(self, key: str) -> dict[str, Any]:
        """What the board and the report of a pathway should say."""
        here = [(stage, status) for of, stage, status in self._place.values() if of == key]
        counted, endings = Counter(here), Counter(stage for stage, status in here if status == "ended")
        going = {stage for stage, status in counted if status != "ended"}
        known = self.pathways[key].endings
        outcomes = Counter(dict.fromkeys(Outcome, 0))
        for ending, many in endings.items():
            outcomes[known[ending].counts_as] += many
        return {
            "stages": {stage: (counted[stage, "open"], counted[stage, "paused"]) for stage in going},
            "endings": dict(endings),
            "status": {
                "active": sum(many for (_, status), many in counted.items() if status != "ended"),
                "completed": sum(many for outcome, many in outcomes.items() if outcome.completed),
                "employed": outcomes[Outcome.EMPLOYED],
                "dropped_out": outcomes[Outcome.DROPPED_OUT],
            },
        }

    def _enters(self, enrolment_id: int, key: str, stage: str, day: date) -> None:
        pathway = self.pathways[key]
        ends = stage in pathway.endings
        self._place[enrolment_id] = (key, stage, "ended" if ends else "open")
        if ends:
            return
        lasts = pathway.open_stages[stage].lasts
        over = lasts.after(day) if lasts else day + timedelta(days=USUAL_DAYS)
        step = self._chosen(pathway.steps_from[stage])
        if self.random.random() < DROPS:
            when = day + (over - day) * (0.2 + 0.6 * self.random.random())
            self._deeds[_whole(when, day)].append((enrolment_id, Deed.DROP, next(iter(pathway.dropout_reasons)), None))
        elif step is not None:
            self._plans(enrolment_id, step, day, over)

    def _chosen(self, steps: tuple[Step, ...]) -> Step | None:
        """None: nobody comes on from here within a year."""
        by_hand = [step for step in steps if not step.automatic]
        if by_hand:
            return by_hand[0] if self.random.random() < FIRST_STEP else by_hand[-1]
        lasting = [step for step in steps if any(isinstance(condition, Lasted) for condition in step.when)]
        return self.random.choice(lasting) if lasting else None

    def _plans(self, enrolment_id: int, step: Step, day: date, over: date) -> None:
        days = (over - day).days
        for asked in (condition for condition in step.when if isinstance(condition, Holds)):
            when = day + timedelta(days=1 + int((days * 0.6 - 1) * self.random.random()))
            self._deeds[when].append((enrolment_id, Deed.RECORD, asked.milestone, asked.value))
        if step.automatic:
            self._automatic[over].append((enrolment_id, step.target))
            return
        moves = day + timedelta(days=int(days * (0.8 + 0.2 * self.random.random())))
        self._deeds[moves].append((enrolment_id, Deed.MOVE, step.key, None))
        if self.random.random() < PAUSES and days >= 10:
            begins = day + timedelta(days=int(days * 0.6) + 1)
            self._deeds[begins].append((enrolment_id, Deed.PAUSE, "illness", None))
            self._deeds[begins + timedelta(days=1)].append((enrolment_id, Deed.RESUME, "", None))


def _whole(when: date, after: date) -> date:
    return max(when, after + timedelta(days=1))
