"""What was decided: the answer of `engine.decide`, and the days on which the case has to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.case import Case, Status
from engine.conditions import stage_end
from engine.history import Transition, Verb
from engine.moves import due_from
from engine.pathway import Pathway
from engine.reminders import Reminder, Waiting, waiting_rungs


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens. With `refusal` nothing does, and the rest is empty.

    `due_on` is the day on which the stage should be left (None: open-ended or ended); `look_again_on` the day on
    which time alone could next move or remind (None: only a person can). `recorded` names the milestones whose fact
    is new, `withdrawn` those that no longer hold. `undone` are the moves that an undo takes back, oldest first.
    """

    case: Case
    transitions: tuple[Transition, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    recorded: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    undone: tuple[Transition, ...] = ()
    refusal: tuple[str, ...] = ()
    due_on: date | None = None
    look_again_on: date | None = None

    @property
    def moves(self) -> tuple[Transition, ...]:
        """The transitions that lead into a stage or an ending: none that leaves the candidate where they are."""
        return tuple(t for t in self.transitions if t.action not in _STAYS and not t.takes_back_a_prolonging)


_STAYS = frozenset({Verb.ENROL, Verb.ASSIGN, Verb.PAUSE, Verb.RESUME, Verb.SNOOZE, Verb.ELSEWHERE, Verb.REMIND})


def settled(
    pathway: Pathway,
    case: Case,
    transitions: tuple[Transition, ...],
    *,
    reminders: tuple[Reminder, ...] = (),
    recorded: tuple[str, ...] = (),
    withdrawn: tuple[str, ...] = (),
    waiting: list[Waiting] | None = None,
) -> Decision:
    """What happens: with `case` as it is afterwards, and the days on which it has to be looked at."""
    ended = case.place.status is Status.ENDED
    return Decision(
        case=case,
        transitions=transitions,
        reminders=reminders,
        recorded=recorded,
        withdrawn=withdrawn,
        due_on=None if ended else stage_end(case, pathway.open_stages[case.place.stage]),
        look_again_on=None if ended else look_again_on(pathway, case, waiting),
    )


def look_again_on(pathway: Pathway, case: Case, waiting: list[Waiting] | None = None) -> date | None:
    """The first day on which time alone could move the candidate or remind somebody; None when it cannot.

    `waiting` are the reminders that have not been used, when they are at hand.
    """
    rungs = waiting_rungs(pathway, case) if waiting is None else waiting
    days = [rung.due_on for rung in rungs]
    if case.place.status is Status.OPEN:
        steps = pathway.steps_from[case.place.stage]
        days += [day for step in steps if (day := due_from(pathway, case, step)) is not None]
    return min(days, default=None)


def refused(case: Case, *reasons: str) -> Decision:
    """Nothing happens, for these reasons."""
    return Decision(case=case, refusal=reasons)
