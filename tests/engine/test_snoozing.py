"""Reminders that rest: until a day, or while a case is handled elsewhere; and that they come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine import actions
from engine.case import Rung, Snooze
from engine.history import Verb, fold
from engine.reasons import ELSEWHERE_REASONS, QUIET_REASONS, SNOOZE_REASONS
from engine.reminders import waiting_rungs
from engine.snoozing import LONGEST_SNOOZE
from tests.engine.small import SMALL, Someone, after
from tests.engine.test_reminders import SWEEP, VISIT

ELSEWHERE = actions.Elsewhere("jobcenter")
# School ends on Monday 30 March: before on the 23rd, after on the 31st, escalation on 9 April.


def spoken(someone: Someone, first: int, last: int) -> list[tuple[date, Rung]]:
    """What is sent when a sweep runs every day."""
    days = [after(count) for count in range(first, last + 1)]
    return [(day, r.rung) for day in days for r in someone.does(SWEEP, day).reminders]


def test_every_rung_before_the_day_waits_for_it_when_reminders_are_snoozed() -> None:
    someone = Someone().admitted()
    decision = someone.does(actions.Snooze("agreed", date(2026, 4, 13)), after(20))
    assert (decision.look_again_on, decision.due_on) == (date(2026, 4, 13), date(2026, 3, 30)), "the deadline stays"
    assert spoken(someone, 20, 200) == [(date(2026, 4, 13), Rung.ESCALATION)]


def test_a_rung_after_the_day_keeps_its_own_when_reminders_are_snoozed() -> None:
    someone = Someone().admitted()
    someone.does(actions.Snooze(" Ferie ", date(2026, 3, 26)), after(20))
    assert spoken(someone, 20, 200) == [
        (date(2026, 3, 26), Rung.BEFORE),
        (date(2026, 3, 31), Rung.AFTER),
        (date(2026, 4, 9), Rung.ESCALATION),
    ]


@pytest.mark.parametrize("first", [actions.Snooze("agreed", date(2026, 4, 30)), ELSEWHERE])
def test_the_last_word_counts_when_reminders_are_snoozed_twice(first: actions.Action) -> None:
    someone = Someone().admitted()
    someone.does(first, after(20))
    someone.does(actions.Snooze("holiday", date(2026, 4, 1)), after(21))
    assert someone.case.snoozes == (Snooze(VISIT, "holiday", date(2026, 4, 1)),)
    assert [day for day, _ in spoken(someone, 21, 200)] == [date(2026, 4, 1), date(2026, 4, 9)]


def test_nobody_is_reminded_while_it_is_handled_elsewhere() -> None:
    someone = Someone().admitted()
    assert someone.does(ELSEWHERE, after(20)).look_again_on is None
    assert spoken(someone, 20, 400) == []


def test_what_fell_due_meanwhile_comes_once_when_people_ask_to_be_reminded_again() -> None:
    someone = Someone().admitted()
    someone.does(ELSEWHERE, after(20))
    someone.does(actions.Remind(), after(33))
    assert someone.case.snoozes == ()
    assert spoken(someone, 33, 200) == [(after(33), Rung.AFTER), (date(2026, 4, 9), Rung.ESCALATION)]


def test_what_was_used_is_not_used_again_when_the_snooze_is_over() -> None:
    someone = Someone().admitted()
    assert [rung for _, rung in spoken(someone, 0, 30)] == [Rung.BEFORE, Rung.AFTER]
    someone.does(actions.Snooze("agreed", after(45)), after(30))
    assert spoken(someone, 30, 200) == [(after(45), Rung.ESCALATION)]


@pytest.mark.parametrize(
    ("last", "left"),
    [(30, [Rung.ESCALATION]), (40, [])],
    ids=["the escalation is not used yet", "the escalation was the last"],
)
def test_what_is_left_is_what_may_still_be_told_when_the_snooze_is_over(last: int, left: list[Rung]) -> None:
    someone = Someone().admitted()
    spoken(someone, 0, last)
    someone.does(actions.Snooze("agreed", after(60)), after(last))
    assert [rung for _, rung, _ in waiting_rungs(SMALL, someone.case)] == left
    assert [rung for _, rung in spoken(someone, last, 200)] == left


def test_nothing_is_left_when_only_lighter_ones_than_what_was_told_wait() -> None:
    someone = Someone().admitted()
    told = dict.fromkeys([(VISIT, Rung.AFTER), (VISIT, Rung.ESCALATION)], after(100))
    assert waiting_rungs(SMALL, replace(someone.case, reminded=told)) == []


def test_it_ends_by_itself_when_the_stage_is_left() -> None:
    someone = Someone().admitted()
    someone.does(ELSEWHERE, after(20))
    someone.records("passed", after(28))
    someone.does(actions.Move("repeat"), after(28))
    assert (someone.stage, someone.case.snooze) == ("school", None)
    assert [rung for _, rung in spoken(someone, 28, 200)] == [Rung.BEFORE]  # and then it is passed again


def test_it_holds_again_when_the_move_that_left_the_stage_is_undone() -> None:
    someone = Someone().admitted()
    someone.does(ELSEWHERE, after(20))
    someone.records("passed", after(28))
    someone.undoes(after(29))
    assert (someone.stage, spoken(someone, 29, 200)) == ("school", [])


def test_the_stage_and_the_pause_rest_each_for_itself_when_there_is_a_pause() -> None:
    someone = Someone().admitted()
    someone.does(ELSEWHERE, after(5))
    someone.does(actions.Pause("illness", after(20)), after(6))
    assert spoken(someone, 6, 20) == [(after(20), Rung.REVIEW)]
    someone.does(actions.Snooze("agreed", after(40)), after(21))
    assert spoken(someone, 21, 40) == [(after(40), Rung.FORGOTTEN)]
    someone.does(actions.Resume(), after(41))
    assert spoken(someone, 41, 400) == []


def test_another_review_is_reminded_of_when_a_snoozed_pause_is_prolonged() -> None:
    someone = Someone()
    someone.does(actions.Pause("illness", after(20)), after(1))
    someone.does(ELSEWHERE, after(2))
    someone.does(actions.Prolong(None, after(50)), after(10))
    assert (someone.case.snooze, spoken(someone, 10, 60)) == (None, [(after(50), Rung.REVIEW)])


def test_an_undo_takes_back_the_move_before_when_reminders_were_snoozed_since() -> None:
    someone = Someone().admitted()
    someone.does(ELSEWHERE, after(5))
    assert someone.undoes(after(6)).undone[0].step == "admit"
    assert fold(someone.transitions).snoozes == someone.case.snoozes


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (actions.Snooze("boredom", after(30)), "agreed (Der er en aftale)"),
        (actions.Snooze("agreed", after(20)), "efter 22-03-2026 og senest 21-05-2026"),
        (actions.Snooze("agreed", LONGEST_SNOOZE.after(after(20)) + timedelta(days=1)), "senest 21-05-2026"),
        (actions.Elsewhere("agreed"), "jobcenter (Jobcentret følger op)"),
        (actions.Remind(), "ikke udsat"),
    ],
)
def test_it_says_why_when_reminders_cannot_rest(action: actions.Action, said: str) -> None:
    (reason,) = Someone().admitted().does(action, after(20)).refusal
    assert said in reason


def test_there_is_nothing_to_snooze_when_the_stage_has_no_deadline() -> None:
    assert Someone().does(ELSEWHERE, after(1)).refusal == (
        "Trinnet har ingen frist, så der er ingen rykkere at udsætte.",
    )


def test_there_is_nothing_to_take_back_when_the_day_has_come() -> None:
    someone = Someone().admitted()
    someone.does(actions.Snooze("agreed", after(22)), after(20))
    assert someone.does(actions.Remind(), after(22)).refusal


def test_nobody_is_moved_when_reminders_are_snoozed() -> None:
    someone = Someone().admitted()
    decision = someone.does(actions.Snooze("agreed", after(30)), after(20))
    (said,) = decision.transitions
    assert (said.action, said.reason, said.review_on, decision.moves) == (Verb.SNOOZE, "agreed", after(30), ())
    assert replace(someone.case.place) == fold(someone.transitions).place


def test_a_reason_means_the_same_when_another_list_has_it_too() -> None:
    for reasons in (SMALL.pause_reasons, SMALL.dropout_reasons, SNOOZE_REASONS, ELSEWHERE_REASONS):
        assert all(QUIET_REASONS.get(key, title) == title for key, title in reasons.items())
