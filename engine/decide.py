"""The one place where it is decided what happens to an enrolment.

`decide(pathway, case, action, on)` looks and answers; it writes nothing, reads no clock and holds no state. The
answer is either a refusal that names everything that stands in the way, or the transitions to write, the reminders
to send, the case as it is afterwards, and the day on which time alone could next change something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine import actions, sentences
from engine.case import Case, Fact, Status
from engine.conditions import Holds, stage_end
from engine.history import Transition, Verb, apply, arrived
from engine.moves import automatic_moves, due_from, happen, next_transition, take
from engine.pathway import DROPPED_OUT, MISTAKEN, TRANSFERRED, Milestone, Pathway, Step
from engine.reminders import Reminder, Waiting, due_reminders, waiting_rungs
from engine.spans import months


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
        return tuple(t for t in self.transitions if t.action not in _STAYS)


_STAYS = frozenset({Verb.ENROL, Verb.ASSIGN, Verb.PAUSE, Verb.RESUME})

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
    return _settled(pathway, case, (entry, *moves))


def decide(pathway: Pathway, case: Case, action: actions.Action, on: date) -> Decision:
    """What `action` does to `case` on the day `on`. Raises KeyError when the pathway has no such stage."""
    if case.place.status is Status.ENDED:
        if isinstance(action, actions.Advance):
            return Decision(case=case)
        if case.place.stage == MISTAKEN.key or not isinstance(action, actions.Undo):
            return _refused(case, sentences.has_ended(pathway, case))
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
            return _undo(pathway, case, action, on)
        case actions.Annul():
            return _annul(pathway, case, action, on)
    too_early = _too_early(case, action, on)
    if too_early:
        return _refused(case, *too_early)
    match action:
        case actions.Pause():
            return _pause(pathway, case, action, on)
        case actions.Resume():
            return _resume(pathway, case, on)
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
    reminders = due_reminders(case, waiting, on)
    if reminders:
        fired = case.reminded | {(reminder.occurrence, reminder.rung) for reminder in reminders}
        case = replace(case, reminded=fired)
        waiting = [rung for rung in waiting if rung.due_on > on]
    return _settled(pathway, case, moves, reminders=reminders, waiting=waiting)


def _record(pathway: Pathway, case: Case, action: actions.Record, on: date) -> Decision:
    milestone = pathway.milestones_by_key.get(action.milestone)
    if milestone is None:
        return _refused(case, sentences.unknown_milestone(pathway))
    achieved_on = action.achieved_on or on
    problems = _record_problems(milestone, action.value, achieved_on, on)
    if problems:
        return _refused(case, *problems)
    known = case.milestones.get(milestone.key)
    if known is not None and (known.on, known.value) == (achieved_on, action.value):
        case, moves = automatic_moves(pathway, case, _not_before(case, on))
        return _settled(pathway, case, moves)
    fact = Fact(achieved_on, action.value, action.command_id)
    case = replace(case, milestones={**case.milestones, milestone.key: fact})
    case, moves = automatic_moves(pathway, case, _not_before(case, on))
    return _settled(pathway, case, moves, recorded=(milestone.key,))


def _assign(pathway: Pathway, case: Case, on: date) -> Decision:
    case, transition = happen(case, next_transition(case, Verb.ASSIGN, case.place.stage, _not_before(case, on)))
    return _settled(pathway, case, (transition,))


def _not_before(case: Case, on: date) -> date:
    """The day, but not before the latest that has happened: what is told late counts from then."""
    return on if case.seq == 1 else max(on, case.last_on)


def _withdraw(pathway: Pathway, case: Case, action: actions.Withdraw) -> Decision:
    if action.milestone not in case.milestones:
        return _refused(case, sentences.not_recorded(pathway, case))
    facts = {key: fact for key, fact in case.milestones.items() if key != action.milestone}
    return _settled(pathway, replace(case, milestones=facts), (), withdrawn=(action.milestone,))


def _record_problems(milestone: Milestone, value: str | None, achieved_on: date, on: date) -> list[str]:
    problems = []
    if milestone.values and value not in milestone.values:
        problems.append(sentences.unknown_value(milestone))
    if value is not None and not milestone.values:
        problems.append(sentences.takes_no_value(milestone))
    if achieved_on > on:
        problems.append(sentences.in_the_future(achieved_on, on))
    return problems


def _move(pathway: Pathway, case: Case, action: actions.Move, on: date) -> Decision:
    possible = pathway.steps_from[case.place.stage]
    named = [step for step in possible if step.key == action.step] or [
        step for step in possible if step.target == action.step
    ]
    if len(named) != 1:
        return _refused(case, sentences.which_step(pathway, case, ambiguous=bool(named)))
    step = named[0]
    unmet = (*_not_yet(case, action, on), *why_not(pathway, case, step, on))
    if unmet:
        return _refused(case, *unmet)
    case, taken = take(pathway, case, step, Verb.MOVE, on)
    case, more = automatic_moves(pathway, case, on)
    return _settled(pathway, case, (taken, *more))


def why_not(pathway: Pathway, case: Case, step: Step, on: date) -> tuple[str, ...]:
    """Every condition of `step` that does not hold on this day, as a Danish sentence; empty when all hold."""
    stage = pathway.open_stages[step.source]
    unmet = (c for c in step.when if (since := c.holds_from(case, stage)) is None or since > on)
    return tuple(condition.why_not(case, stage, pathway.milestones_by_key) for condition in unmet)


def _pause(pathway: Pathway, case: Case, action: actions.Pause, on: date) -> Decision:
    if case.place.status is Status.PAUSED:
        return _refused(case, sentences.paused_already(case))
    reason = _choose(pathway.pause_reasons, action.reason)
    latest = LONGEST_PAUSE.after(on)
    problems = [] if reason is not None else [sentences.unknown_reason(pathway.pause_reasons)]
    if not on < action.review_on <= latest:
        problems.append(sentences.bad_review(on, latest))
    if problems:
        return _refused(case, *problems)
    transition = next_transition(case, Verb.PAUSE, case.place.stage, on, reason=reason, review_on=action.review_on)
    case, transition = happen(case, transition)
    return _settled(pathway, case, (transition,))


def _resume(pathway: Pathway, case: Case, on: date) -> Decision:
    if case.place.status is not Status.PAUSED:
        return _refused(case, sentences.NOT_PAUSED)
    case, transition = happen(case, next_transition(case, Verb.RESUME, case.place.stage, on))
    case, moves = automatic_moves(pathway, case, on)
    return _settled(pathway, case, (transition, *moves))


def _drop(pathway: Pathway, case: Case, action: actions.Drop, on: date) -> Decision:
    reason = _choose(pathway.dropout_reasons, action.reason)
    if reason is None:
        return _refused(case, sentences.unknown_reason(pathway.dropout_reasons))
    return _leave(pathway, case, Verb.DROP, DROPPED_OUT.key, reason, on)


def _leave(pathway: Pathway, case: Case, verb: Verb, ending: str, reason: str, on: date) -> Decision:
    case, transition = happen(case, next_transition(case, verb, ending, on, reason=reason, ends=True))
    return _settled(pathway, case, (transition,))


def _undo(pathway: Pathway, case: Case, action: actions.Undo, on: date) -> Decision:
    moves = action.history.last_command()
    if case.place.status is Status.PAUSED:
        return _refused(case, sentences.is_paused(case))
    if not moves:
        return _refused(case, sentences.NOTHING_TO_UNDO)
    earliest = action.history.undo_from()
    if on < earliest:
        return _refused(case, sentences.too_early(case, earliest))
    commands = {item.move.command_id for item in moves} - {None}
    taken_back = [key for key, fact in case.milestones.items() if fact.command_id in commands]
    restored = {key: action.replaced[key] for key in taken_back if key in action.replaced}
    standing = {key: fact for key, fact in case.milestones.items() if key not in taken_back} | restored
    case = replace(case, milestones=standing)
    first = moves[0].move
    held = _to_hold(pathway, case, first)
    transition = next_transition(case, Verb.UNDO, moves[0].back_to.stage, on, step=held, undoes=first.seq)
    after = apply(action.history, transition)
    case = replace(case, place=after.place, pauses=after.pauses, seq=transition.seq, last_on=on)
    decision = _settled(pathway, case, (transition,))
    return replace(
        decision,
        recorded=tuple(restored),
        withdrawn=tuple(key for key in taken_back if key not in restored),
        undone=tuple(item.move for item in moves),
    )


def _annul(pathway: Pathway, case: Case, action: actions.Annul, on: date) -> Decision:
    """An undo of the first transition: of all that its command brought about, and of nothing that came later.

    What the candidate brought along stays recorded: to withdraw a lasting milestone is to say that it was wrong.
    """
    began = action.transitions[0]
    since = [t.action for t in action.transitions if t.command_id != began.command_id]
    if since or action.recorded:
        return _refused(case, sentences.gone_on(since, recorded=action.recorded))
    transition = next_transition(case, Verb.UNDO, MISTAKEN.key, on, undoes=began.seq, ends=True)
    case = replace(case, place=arrived(transition), seq=transition.seq, last_on=on)
    return _settled(pathway, case, (transition,))


def _to_hold(pathway: Pathway, case: Case, undone: Transition) -> str | None:
    """The step, if the next sweep would take it again: it is automatic, and what it rested on still stands."""
    step = pathway.step(undone.step) if undone.step is not None else None
    if step is None or not step.automatic:
        return None
    stage = pathway.open_stages[step.source]
    rested_on = [condition for condition in step.when if isinstance(condition, Holds)]
    return step.key if all(condition.holds_from(case, stage) is not None for condition in rested_on) else None


def _settled(
    pathway: Pathway,
    case: Case,
    transitions: tuple[Transition, ...],
    *,
    reminders: tuple[Reminder, ...] = (),
    recorded: tuple[str, ...] = (),
    withdrawn: tuple[str, ...] = (),
    waiting: list[Waiting] | None = None,
) -> Decision:
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


def _refused(case: Case, *reasons: str) -> Decision:
    return Decision(case=case, refusal=reasons)


def _choose(reasons: Mapping[str, str], wanted: str) -> str | None:
    """The key of a reason that is named by its key or its Danish title, in any case of letters."""
    folded = wanted.strip().casefold()
    return next((key for key, title in reasons.items() if folded in (key, title.casefold())), None)
