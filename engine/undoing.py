"""How what happened is taken back: the last command's moves, or the beginning that was a mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine import actions, sentences
from engine.case import Case, Status
from engine.conditions import Holds
from engine.decision import Decision, refused, settled
from engine.history import Transition, Verb, apply, arrived, pauses_before
from engine.moves import next_transition
from engine.pathway import MISTAKEN, Pathway


def undo(pathway: Pathway, case: Case, action: actions.Undo, on: date) -> Decision:
    """All that the last command moved and recorded; a fact that it replaced holds again. Of a pause that lasts, that it
    was prolonged.
    """
    moves, prolonged = action.history.last_command(), action.history.prolonged
    if case.place.status is Status.PAUSED and not prolonged:
        return refused(case, sentences.is_paused(case))
    if not moves:
        return refused(case, sentences.NOTHING_TO_UNDO)
    earliest = action.history.undo_from()
    if on < earliest:
        return refused(case, sentences.too_early(case, earliest))
    commands = {item.move.command_id for item in moves} - {None}
    taken_back = [key for key, fact in case.milestones.items() if fact.command_id in commands]
    restored = {key: action.replaced[key] for key in taken_back if key in action.replaced}
    standing = {key: fact for key, fact in case.milestones.items() if key not in taken_back} | restored
    case = replace(case, milestones=standing)
    first = moves[0].move
    held = _to_hold(pathway, case, first)
    review_on = pauses_before(case.pauses, first)[-1].review_on if prolonged else None
    back_to = moves[0].back_to.stage
    transition = next_transition(case, Verb.UNDO, back_to, on, step=held, review_on=review_on, undoes=first.seq)
    after = apply(action.history, transition)
    case = replace(case, place=after.place, pauses=after.pauses, seq=transition.seq, last_on=on)
    decision = settled(pathway, case, (transition,))
    return replace(
        decision,
        recorded=tuple(restored),
        withdrawn=tuple(key for key in taken_back if key not in restored),
        undone=tuple(item.move for item in moves),
    )


def annul(pathway: Pathway, case: Case, action: actions.Annul, on: date) -> Decision:
    """An undo of the first transition: of all that its command brought about, and of nothing that came later.

    What the candidate brought along stays recorded: to withdraw a lasting milestone is to say that it was wrong.
    """
    began = action.transitions[0]
    since = [t.action for t in action.transitions if t.command_id != began.command_id]
    if since or action.recorded:
        return refused(case, sentences.gone_on(since, recorded=action.recorded))
    transition = next_transition(case, Verb.UNDO, MISTAKEN.key, on, undoes=began.seq, ends=True)
    case = replace(case, place=arrived(transition), seq=transition.seq, last_on=on)
    return settled(pathway, case, (transition,))


def _to_hold(pathway: Pathway, case: Case, undone: Transition) -> str | None:
    """The step, if the next sweep would take it again: it is automatic, and what it rested on still stands."""
    step = pathway.step(undone.step) if undone.step is not None else None
    if step is None or not step.automatic:
        return None
    stage = pathway.open_stages[step.source]
    rested_on = [condition for condition in step.when if isinstance(condition, Holds)]
    return step.key if all(condition.holds_from(case, stage) is not None for condition in rested_on) else None
