"""Which reminders a stage or a pause calls for, and on which days.

Each rung is told once for each occurrence: a visit to a stage, or a pause. When several have become due at once
(nothing ran for a week), the weightiest speaks, also for those that become due after it. What was told of nobody then
is told when the deadline is moved later, and it comes to be due by that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.case import Case, Rung, Status
from engine.conditions import stage_end
from engine.pathway import Deadline, Pathway
from engine.workdays import working_day_until

_WEIGHT = tuple(Rung)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One rung that is told. `due_on` is its own day; `meant_on` the first on which anything of what it says should
    have been told: after a stop, that of the lightest one that it speaks for.
    """

    occurrence: int
    rung: Rung
    due_on: date
    meant_on: date


class Waiting(NamedTuple):
    """A rung of the present occurrence, and the day on which it becomes due."""

    occurrence: int
    rung: Rung
    due_on: date

    @property
    def key(self) -> tuple[int, Rung]:
        return self.occurrence, self.rung


def waiting_rungs(pathway: Pathway, case: Case) -> list[Waiting]:
    """What the present visit or pause may still remind of, in the order of weight."""
    rungs = rungs_of(pathway, case)
    untold = ((w, rungs[place:]) for place, w in enumerate(rungs) if w.key not in case.reminded)
    waiting = [w for w, from_here in untold if not _spoken_for(case, from_here)]
    snooze = case.snooze
    if snooze is None:
        return waiting
    if snooze.until is None:  # handled elsewhere
        return []
    return [w._replace(due_on=max(w.due_on, snooze.until)) for w in waiting]


def may_remind(pathway: Pathway, case: Case) -> bool:
    """Whether there are any. Where nothing was told yet, as with most, no working day has to be counted to say so."""
    if case.reminded or case.snooze is not None:
        return bool(waiting_rungs(pathway, case))
    if case.place.status is Status.ENDED:
        return False
    stage = pathway.open_stages[case.place.stage]
    reminds = stage.deadline not in (None, Deadline()) and stage_end(case, stage) is not None
    return case.open_pause is not None or reminds


def _spoken_for(case: Case, rungs: list[Waiting]) -> bool:
    """Whether a weightier one than the first of these has spoken of the deadline that holds: none that was told of one
    which has been moved later since.
    """
    return any(w.due_on <= case.reminded[w.key] for w in rungs[1:] if w.key in case.reminded)


def rungs_of(pathway: Pathway, case: Case) -> list[Waiting]:
    """Every rung of the present visit or pause on the day that is its own, used or not; in the order of weight."""
    return list(_of_pause(pathway, case) if case.place.status is Status.PAUSED else _of_stage(pathway, case))


def due_reminders(waiting: list[Waiting], on: date) -> tuple[Reminder, ...]:
    """The weightiest of the waiting rungs that are due on this day, if there is one: it speaks for the others."""
    due = [w for w in waiting if w.due_on <= on]
    return tuple(Reminder(*w, meant_on=min(one.due_on for one in due)) for w in due[-1:])


def lighter_than(rung: Rung) -> tuple[Rung, ...]:
    """The rungs for which this one speaks too."""
    return _WEIGHT[: _WEIGHT.index(rung)]


def _of_pause(pathway: Pathway, case: Case) -> Iterator[Waiting]:
    pause = case.open_pause
    if pause is None:
        return
    yield Waiting(pause.seq, Rung.REVIEW, pause.review_on)
    deadline = pathway.open_stages[case.place.stage].deadline
    if deadline is not None and deadline.escalate_after is not None:
        # As patient as with the stage itself: who is forgotten in a pause is as lost as who is forgotten in a stage.
        yield Waiting(pause.seq, Rung.FORGOTTEN, deadline.escalate_after.after(pause.review_on))


def _of_stage(pathway: Pathway, case: Case) -> Iterator[Waiting]:
    if case.place.status is Status.ENDED:
        return
    stage = pathway.open_stages[case.place.stage]
    deadline = stage.deadline
    end = None if deadline is None else stage_end(case, stage)
    if end is None or deadline is None:
        return
    visit = case.place.visit
    if deadline.remind_before is not None:
        # On a Saturday nobody is there to act, and on the Monday it may be too late: the last working day until then.
        # Not before the stage has begun, however late the pause or the import has made it.
        told_on = working_day_until(deadline.remind_before.before(end))
        yield Waiting(visit, Rung.BEFORE, max(told_on, case.place.entered_on))
    if deadline.remind_on:
        yield Waiting(visit, Rung.ON, max(working_day_until(end), case.place.entered_on))
    if deadline.remind_after is not None:
        yield Waiting(visit, Rung.AFTER, deadline.remind_after.after(end))
    if deadline.escalate_after is not None:
        yield Waiting(visit, Rung.ESCALATION, deadline.escalate_after.after(end))
