"""How a case goes on: one transition at a time, and the automatic steps that follow of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.case import Case, Status
from engine.history import Transition, Verb, apply, as_history
from engine.pathway import Pathway, Step


def automatic_moves(pathway: Pathway, case: Case, on: date) -> tuple[Case, tuple[Transition, ...]]:
    """Takes automatic steps until none is due. It ends, because a pathway has no circle of them."""
    taken: list[Transition] = []
    while case.place.status is Status.OPEN:
        step = next((s for s in pathway.steps_from[case.place.stage] if _is_due(pathway, case, s, on)), None)
        if step is None:
            break
        case, transition = take(pathway, case, step, Verb.ADVANCE, on)
        taken.append(transition)
    return case, tuple(taken)


def _is_due(pathway: Pathway, case: Case, step: Step, on: date) -> bool:
    since = due_from(pathway, case, step)
    return since is not None and since <= on


def due_from(pathway: Pathway, case: Case, step: Step) -> date | None:
    """The day from which an automatic step can be taken if nothing more is recorded; None: not by time."""
    if not step.automatic or step.key in case.place.held_steps:
        return None
    stage = pathway.open_stages[step.source]
    latest = max(case.last_on, case.place.entered_on)
    for condition in step.when:
        since = condition.holds_from(case, stage)
        if since is None:
            return None
        latest = max(latest, since)
    return latest


def take(pathway: Pathway, case: Case, step: Step, verb: Verb, on: date) -> tuple[Case, Transition]:
    """The case after this step, whatever its conditions say."""
    ends = step.target in pathway.endings
    return happen(case, next_transition(case, verb, step.target, on, step=step.key, ends=ends))


def next_transition(
    case: Case,
    verb: Verb,
    target: str,
    on: date,
    *,
    step: str | None = None,
    reason: str | None = None,
    review_on: date | None = None,
    undoes: int | None = None,
    ends: bool = False,
) -> Transition:
    """The transition that would follow the latest one."""
    return Transition(
        seq=case.seq + 1,
        action=verb,
        source=case.place.stage,
        target=target,
        on=on,
        step=step,
        reason=reason,
        review_on=review_on,
        undoes=undoes,
        ends=ends,
    )


def happen(case: Case, transition: Transition) -> tuple[Case, Transition]:
    """The case after this transition, which may be any but an undo: that one needs the whole history."""
    after = apply(as_history(case.place, case.pauses, case.last_on, case.snoozes), transition)
    seq, on = transition.seq, transition.on
    now = replace(case, place=after.place, pauses=after.pauses, snoozes=after.snoozes, seq=seq, last_on=on)
    return now, transition
