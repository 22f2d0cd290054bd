"""How people say that nobody need be reminded of where a case is now: until a day, or while it is handled elsewhere.

What is said holds for the occurrence: the visit to the stage, or the pause. With that it is over by itself; where the
candidate comes back to the same visit, it holds again.
"""

from __future__ import annotations

from datetime import date

from engine import actions, sentences
from engine.case import Case
from engine.decision import Decision, refused, settled
from engine.history import Verb
from engine.moves import happen, next_transition
from engine.pathway import Pathway
from engine.reasons import ELSEWHERE_REASONS, SNOOZE_REASONS, choose
from engine.reminders import rungs_of
from engine.spans import days

#: Reminders rest no longer than this at a time; whoever needs more says so again, or pauses the enrolment.
LONGEST_SNOOZE = days(60)


def snooze(pathway: Pathway, case: Case, action: actions.Snooze, on: date) -> Decision:
    """Every rung that would fall before `until` waits for that day, the escalation too."""
    latest = LONGEST_SNOOZE.after(on)
    reason = choose(SNOOZE_REASONS, action.reason)
    problems = [*_nothing_to_say(pathway, case)]
    if reason is None:
        problems.append(sentences.unknown_reason(SNOOZE_REASONS))
    if not on < action.until <= latest:
        problems.append(sentences.bad_snooze(on, latest))
    return refused(case, *problems) if problems else _said(pathway, case, Verb.SNOOZE, on, reason, action.until)


def elsewhere(pathway: Pathway, case: Case, action: actions.Elsewhere, on: date) -> Decision:
    """No rung comes while the occurrence lasts."""
    reason = choose(ELSEWHERE_REASONS, action.reason)
    problems = [*_nothing_to_say(pathway, case)]
    if reason is None:
        problems.append(sentences.unknown_reason(ELSEWHERE_REASONS))
    return refused(case, *problems) if problems else _said(pathway, case, Verb.ELSEWHERE, on, reason)


def remind(pathway: Pathway, case: Case, on: date) -> Decision:
    """The rungs come again on their own days; what has become due meanwhile, at the next sweep."""
    if case.snooze is None or not case.snooze.holds(on):
        return refused(case, sentences.NOT_SNOOZED)
    return _said(pathway, case, Verb.REMIND, on)


def _nothing_to_say(pathway: Pathway, case: Case) -> tuple[str, ...]:
    return () if rungs_of(pathway, case) else (sentences.NOTHING_TO_SNOOZE,)


def _said(
    pathway: Pathway, case: Case, verb: Verb, on: date, reason: str | None = None, until: date | None = None
) -> Decision:
    transition = next_transition(case, verb, case.place.stage, on, reason=reason, review_on=until)
    case, transition = happen(case, transition)
    return settled(pathway, case, (transition,))
