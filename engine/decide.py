"""The one place where it is decided what happens to an enrolment.

`decide(pathway, case, action, on)` looks and answers; it writes nothing, reads no clock and holds no state. The
answer is either a refusal that names everything that stands in the way, or the transitions to write, the reminders
to send, the case as it is afterwards, and the day on which time alone could next change something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from engine import actions, sentences
from engine.case import Case, Fact, Status
from engine.decision import Decision, refused, settled
from engine.history import Transition, Verb, apply
from engine.moves import automatic_moves, happen, next_transition, take
from engine.pathway import DROPPED_OUT, MISTAKEN, TRANSFERRED, Milestone, Pathway, Step
from engine.reasons import choose
from engine.reminders import due_reminders, waiting_rungs
from engine.snoozing import elsewhere, remind, snooze
from engine.spans import months
from engine.undoing import annul, undo

#: A pause is looked at again within this time; a later day is a slip of the keyboard.
LONGEST_PAUSE = months(60)


def begin(
    pathway: Pathway,
    starts_on: date,
    birth_date: date | None,
    facts: Mapping[str, Fact] | None = None,
    on: date | None = None,
) -> Decision:
    """A new enrolment: the first transition leads into the first stage on the day the pathway starts.

    Decided on the day `on`: an automatic step whose conditions hold already is taken at once. Without it none is.
    """
    entry = Transition(seq=1, action=Verb.ENROL, source=None, target=pathway.starts_in, on=starts_on)
    case = Case(
        place=apply(None, entry).place,
        seq=1,
        starts_on=starts_on,
        last_on=starts_on,
        birth_date=birth_date,
        milestones=dict(facts or {}),
    )
    moves: tuple[Transition, ...] = ()
    if on is not None:
        case, moves = automatic_moves(pathway, case, on)
    return settled(pathway, case, (entry, *moves))


def decide(pathway: Pathway, case: Case, action: actions.Action, on: date) -> Decision:
    """What `action` does to `case` on the day `on`. Raises KeyError when the pathway has no such stage."""
    if case.place.status is Status.ENDED:
        if isinstance(action, actions.Advance):
            return Decision(case=case)
        if case.place.stage == MISTAKEN.key or not isinstance(action, actions.Undo):
            return refused(case, sentences.has_ended(pathway, case))
    match action:
        case actions.Advance():
            return _advance(pathway, case, on)
        case actions.Record():
            return _record(pathway, case, action, on)
        case actions.Withdraw():
            return _withdraw(pathway, case, action)
        case actions.Assign():
            return _assign(pathway, case, on)
        case actions.Move():
            return _move(pathway, case, action, on)
        case actions.Undo():
            return undo(pathway, case, action, on)
        case actions.Annul():
            return annul(pathway, case, action, on)
    return _not_dated_back(pathway, case, action, on)


def _not_dated_back(pathway: Pathway, case: Case, action: actions.NotDatedBack, on: date) -> Decision:
    if too_early := _too_early(case, action, on):
        return refused(case, *too_early)
    match action:
        case actions.Pause():
            return _pause(pathway, case, action, on)
        case actions.Prolong():
            return _prolong(pathway, case, action, on)
        case actions.Resume():
            return _resume(pathway, case, on)
        case actions.Snooze():
            return snooze(pathway, case, action, on)
        case actions.Elsewhere():
            return elsewhere(pathway, case, action, on)
        case actions.Remind():
            return remind(pathway, case, on)
        case actions.Drop():
            return _drop(pathway, case, action, on)
        case actions.Transfer():
            return _leave(pathway, case, Verb.TRANSFER, TRANSFERRED.key, action.to_pathway, on)


def _not_yet(case: Case, action: actions.Action, on: date) -> tuple[str, ...]:
    """What stops every move, whatever its conditions: the day, and a pause."""
    paused = (sentences.is_paused(case),) if case.place.status is Status.PAUSED else ()
    return (*_too_early(case, action, on), *paused)


def _too_early(case: Case, action: actions.Action, on: date) -> tuple[str, ...]:
    earliest = _earliest(case, action)
    return (sentences.too_early(case, earliest),) if on < earliest else ()


def _earliest(case: Case, action: actions.Action) -> date:
    """The first day on which a person may do this. Who never begins can leave before the first day."""
    if not isinstance(action, actions.Drop | actions.Transfer):
        return max(case.last_on, case.place.entered_on)
    nothing_yet = case.seq == case.place.visit == 1
    return date.min if nothing_yet else case.last_on


def _advance(pathway: Pathway, case: Case, on: date) -> Decision:
    case, moves = automatic_moves(pathway, case, on)
    waiting = waiting_rungs(pathway, case)
    reminders = due_reminders(waiting, on)
    if reminders:
        told = {(reminder.occurrence, reminder.rung): reminder.due_on for reminder in reminders}
        case = replace(case, reminded={**case.reminded, **told})
        waiting = waiting_rungs(pathway, case)
    return settled(pathway, case, moves, reminders=reminders, waiting=waiting)


def _record(pathway: Pathway, case: Case, action: actions.Record, on: date) -> Decision:
    milestone = pathway.milestones_by_key.get(action.milestone)
    if milestone is None:
        return refused(case, sentences.unknown_milestone(pathway))
    achieved_on = action.achieved_on or on
    problems = _record_problems(milestone, action.value, achieved_on, on, case.birth_date)
    if problems:
        return refused(case, *problems)
    known = case.milestones.get(milestone.key)
    if known is not None and (known.on, known.value) == (achieved_on, action.value):
        case, moves = automatic_moves(pathway, case, _not_before(case, on))
        return settled(pathway, case, moves)
    fact = Fact(achieved_on, action.value, action.command_id)
    case = replace(case, milestones={**case.milestones, milestone.key: fact})
    case, moves = automatic_moves(pathway, case, _not_before(case, on))
    return settled(pathway, case, moves, recorded=(milestone.key,))


def _assign(pathway: Pathway, case: Case, on: date) -> Decision:
    case, transition = happen(case, next_transition(case, Verb.ASSIGN, case.place.stage, _not_before(case, on)))
    return settled(pathway, case, (transition,))


def _not_before(case: Case, on: date) -> date:
    """The day, but not before the latest that has happened: what is told late counts from then."""
    return on if case.seq == 1 else max(on, case.last_on)


def _withdraw(pathway: Pathway, case: Case, action: actions.Withdraw) -> Decision:
    if action.milestone not in case.milestones:
        return refused(case, sentences.not_recorded(pathway, case))
    facts = {key: fact for key, fact in case.milestones.items() if key != action.milestone}
    return settled(pathway, replace(case, milestones=facts), (), withdrawn=(action.milestone,))


def _record_problems(
    milestone: Milestone, value: str | None, achieved_on: date, on: date, born: date | None
) -> list[str]:
    problems = []
    if milestone.values and value not in milestone.values:
        problems.append(sentences.unknown_value(milestone))
    if value is not None and not milestone.values:
        problems.append(sentences.takes_no_value(milestone))
    if achieved_on > on:
        problems.append(sentences.in_the_future(achieved_on, on))
    if born is not None and achieved_on < born:
        problems.append(sentences.before_birth(achieved_on))
    return problems


def _move(pathway: Pathway, case: Case, action: actions.Move, on: date) -> Decision:
    possible = pathway.steps_from[case.place.stage]
    named = [step for step in possible if step.key == action.step] or [
        step for step in possible if step.target == action.step
    ]
    if len(named) != 1:
        return refused(case, sentences.which_step(pathway, case, ambiguous=bool(named)))
    step = named[0]
    unmet = (*_not_yet(case, action, on), *why_not(pathway, case, step, on))
    if unmet:
        return refused(case, *unmet)
    case, taken = take(pathway, case, step, Verb.MOVE, on)
    case, more = automatic_moves(pathway, case, on)
    return settled(pathway, case, (taken, *more))


def why_not(pathway: Pathway, case: Case, step: Step, on: date) -> tuple[str, ...]:
    """Every condition of `step` that does not hold on this day, as a Danish sentence; empty when all hold."""
    stage = pathway.open_stages[step.source]
    unmet = (c for c in step.when if (since := c.holds_from(case, stage)) is None or since > on)
    return tuple(condition.why_not(case, stage, pathway.milestones_by_key) for condition in unmet)


def _pause(pathway: Pathway, case: Case, action: actions.Pause, on: date) -> Decision:
    if case.place.status is Status.PAUSED:
        return refused(case, sentences.paused_already(case))
    return _paused(pathway, case, action.reason, action.review_on, on, later_than=on)


def _prolong(pathway: Pathway, case: Case, action: actions.Prolong, on: date) -> Decision:
    """Another pause that begins on the day on which the one that lasts is over: together they are as one."""
    lasting = case.open_pause
    if lasting is None:
        return refused(case, sentences.NOTHING_TO_PROLONG)
    reason = lasting.reason if action.reason is None else action.reason
    return _paused(pathway, case, reason, action.review_on, on, later_than=max(on, lasting.review_on))


def _paused(pathway: Pathway, case: Case, named: str, review_on: date, on: date, *, later_than: date) -> Decision:
    reason = choose(pathway.pause_reasons, named)
    latest = LONGEST_PAUSE.after(on)
    problems = [] if reason is not None else [sentences.unknown_reason(pathway.pause_reasons)]
    if not later_than < review_on <= latest:
        problems.append(sentences.bad_review(later_than, latest))
    if problems:
        return refused(case, *problems)
    transition = next_transition(case, Verb.PAUSE, case.place.stage, on, reason=reason, review_on=review_on)
    case, transition = happen(case, transition)
    return settled(pathway, case, (transition,))


def _resume(pathway: Pathway, case: Case, on: date) -> Decision:
    if case.place.status is not Status.PAUSED:
        return refused(case, sentences.NOT_PAUSED)
    case, transition = happen(case, next_transition(case, Verb.RESUME, case.place.stage, on))
    case, moves = automatic_moves(pathway, case, on)
    return settled(pathway, case, (transition, *moves))


def _drop(pathway: Pathway, case: Case, action: actions.Drop, on: date) -> Decision:
    reason = choose(pathway.dropout_reasons, action.reason)
    if reason is None:
        return refused(case, sentences.unknown_reason(pathway.dropout_reasons))
    return _leave(pathway, case, Verb.DROP, DROPPED_OUT.key, reason, on)


def _leave(pathway: Pathway, case: Case, verb: Verb, ending: str, reason: str, on: date) -> Decision:
    case, transition = happen(case, next_transition(case, verb, ending, on, reason=reason, ends=True))
    return settled(pathway, case, (transition,))
