"""Somebody's way through a pathway so far, made up, and everything that follows from it.

What is made up is what happened and when; where that leads, and when somebody has to look at it again, the engine says.
So `sosu doctor --deep` finds nothing wrong with a town of such people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.seed import TODAY
from engine.case import Case, Fact
from engine.conditions import Holds
from engine.decision import Decision, settled
from engine.history import Transition, Verb, fold
from engine.pathway import Pathway, Step

_ELDEST, _BORN_WITHIN, _SERIALS = date(1966, 1, 1), 33 * 365, 4000
_A_STAGE, _OPEN_ENDED = timedelta(days=30), timedelta(days=100)
_PAUSED_FOR = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Life:
    """`cpr` is a number that nobody else has. `decision` is how the case stands, and when it is looked at again."""

    number: int
    pathway: Pathway
    name: str = field(repr=False)
    cpr: str = field(repr=False)
    born: date = field(repr=False)
    transitions: tuple[Transition, ...]
    decision: Decision

    @property
    def case(self) -> Case:
        return self.decision.case


def lived(
    number: int,
    pathway: Pathway,
    steps: tuple[Step, ...],
    name: str,
    due_in: int,
    review_in: int | None,
    random: Random,
) -> Life:
    """Somebody who took these steps and is to leave their stage in some `due_in` days, where it is as long as that.
    They are on a pause that is looked at in `review_in` days, but after its first day, or on none.
    """
    serial, days = divmod(number, _BORN_WITHIN)
    if serial >= _SERIALS:
        raise ValueError("more people than there are numbers")
    born = _ELDEST + timedelta(days=days)
    transitions = tuple(_happened(pathway, steps, _entered(pathway, steps, due_in, random), review_in))
    history, last = fold(transitions), transitions[-1]
    case = Case(
        place=history.place,
        seq=last.seq,
        starts_on=transitions[0].on,
        last_on=last.on,
        birth_date=born,
        milestones=_milestones(steps, transitions),
        pauses=history.pauses,
    )
    cpr = f"{born:%d%m%y}{serial:04d}"
    return Life(number, pathway, name, cpr, born, transitions, settled(pathway, case, ()))


def _entered(pathway: Pathway, steps: tuple[Step, ...], due_in: int, random: Random) -> date:
    stage = pathway.open_stages.get(steps[-1].target if steps else pathway.starts_in)
    if stage is None or stage.lasts is None:
        return TODAY - _OPEN_ENDED
    days = (stage.lasts.after(TODAY) - TODAY).days
    # Nobody comes into a stage tomorrow: who should leave it later than it lasts is somewhere in it.
    return TODAY + timedelta(days=due_in - days) if due_in < days else TODAY - timedelta(days=random.randrange(days))


def _happened(pathway: Pathway, steps: tuple[Step, ...], entered: date, review_in: int | None) -> Iterator[Transition]:
    began = entered - _A_STAGE * len(steps)
    yield Transition(seq=1, action=Verb.ENROL, source=None, target=pathway.starts_in, on=began)
    for number, step in enumerate(steps, start=1):
        verb, on = Verb.ADVANCE if step.automatic else Verb.MOVE, began + number * _A_STAGE
        ends = step.target in pathway.endings
        yield Transition(
            seq=number + 1, action=verb, source=step.source, target=step.target, on=on, step=step.key, ends=ends
        )
    if review_in is not None:
        here, on = steps[-1].target if steps else pathway.starts_in, max(entered, TODAY - _PAUSED_FOR)
        review_on = max(TODAY + timedelta(days=review_in), on + timedelta(days=1))
        yield Transition(
            seq=len(steps) + 2,
            action=Verb.PAUSE,
            source=here,
            target=here,
            on=on,
            reason="illness",
            review_on=review_on,
        )


def _milestones(steps: tuple[Step, ...], transitions: tuple[Transition, ...]) -> dict[str, Fact]:
    """Whatever the steps asked for, reached on the day on which each was taken."""
    asked: dict[str, Any] = {}
    for step, transition in zip(steps, transitions[1:], strict=False):
        for condition in step.when:
            if isinstance(condition, Holds):
                asked[condition.milestone] = Fact(transition.on, condition.value)
    return asked
