"""A pause that is prolonged is, for everything that counts days, one pause that was asked for long enough at first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import actions
from engine.case import Pause, Rung, Status
from engine.decide import LONGEST_PAUSE
from engine.decision import Decision
from engine.history import Verb, fold, prolongings
from engine.plan import plan
from tests.engine.small import MONDAY, Someone, after

SWEEP = actions.Advance()


def paused(review: int = 20) -> Someone:
    """On the tenth day."""
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(review)), after(10))
    return someone


def test_the_lasting_pause_is_over_and_the_next_begins_when_it_is_prolonged() -> None:
    someone = paused()
    prolonged = someone.does(actions.Prolong(None, after(40)), after(15))
    assert [(t.action, t.source, t.target, t.reason, t.review_on) for t in prolonged.transitions] == [
        (Verb.PAUSE, "school", "school", "illness", after(40))
    ]
    assert someone.case.pauses == (
        Pause(3, after(10), after(20), until_on=after(15), reason="illness"),
        Pause(4, after(15), after(40), reason="illness"),
    )
    assert (prolonged.moves, someone.case.place.status) == ((), Status.PAUSED)
    assert (prolonged.due_on, prolonged.look_again_on) == (after(58), after(40))
    assert list(prolongings(someone.transitions)) == [4]


@pytest.mark.parametrize("reason", ["leave", "Orlov", " ORLOV "])
def test_the_reason_is_another_from_then_on_when_one_is_named(reason: str) -> None:
    someone = paused()
    someone.does(actions.Prolong(reason, after(40)), after(15))
    assert [pause.reason for pause in someone.case.pauses] == ["illness", "leave"]


@given(
    first=st.integers(1, 40),
    then=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 60)), min_size=1, max_size=4),
    back=st.integers(0, 100),
)
def test_plan_and_deadlines_are_those_of_one_long_pause_when_it_is_prolonged(
    first: int, then: list[tuple[int, int]], back: int
) -> None:
    bit_by_bit, day, review = paused(10 + first), 10, 10 + first
    for waited, more in then:
        day += waited
        review = max(day, review) + more
        assert not bit_by_bit.does(actions.Prolong(None, after(review)), after(day)).refusal
    at_once = paused(review)
    assert seen(bit_by_bit, day) == seen(at_once, day)
    back += day
    assert plans(bit_by_bit, back) == plans(at_once, back)
    for someone in (bit_by_bit, at_once):
        someone.does(actions.Resume(), after(back))
    assert seen(bit_by_bit, back) == seen(at_once, back)
    assert bit_by_bit.case.paused_days() == at_once.case.paused_days() == back - 10


def seen(someone: Someone, day: int) -> tuple[object, ...]:
    decided: Decision = someone.decision
    return (decided.due_on, decided.look_again_on, plans(someone, day), someone.case.place)


def plans(someone: Someone, day: int) -> object:
    return plan(someone.pathway, someone.case, fold(someone.transitions), after(day))


def test_a_prolonged_pause_is_reminded_of_anew_when_its_earlier_review_was_forgotten() -> None:
    someone = paused()
    assert [r.rung for r in someone.does(SWEEP, after(20)).reminders] == [Rung.REVIEW]
    someone.does(actions.Prolong(None, after(60)), after(21))
    fired = [(day, r.occurrence, r.rung) for day in range(21, 80) for r in someone.does(SWEEP, after(day)).reminders]
    assert fired == [(60, 4, Rung.REVIEW), (67, 4, Rung.FORGOTTEN)]


def test_nobody_hears_of_the_earlier_review_when_the_pause_is_prolonged_in_time() -> None:
    someone = paused()
    someone.does(actions.Prolong(None, after(60)), after(19))
    assert [day for day in range(19, 61) if someone.does(SWEEP, after(day)).reminders] == [60]


def test_there_is_nothing_to_prolong_when_nothing_is_paused() -> None:
    assert Someone().does(actions.Prolong(None, after(40)), MONDAY).refusal == (
        "Forløbet er ikke på pause, så der er ingen pause at forlænge. Sæt det på pause i stedet.",
    )


def test_the_ending_stands_in_the_way_when_the_case_has_ended() -> None:
    someone = Someone()
    someone.does(actions.Drop("illness"), after(1))
    assert "Forløbet er afsluttet" in someone.does(actions.Prolong(None, after(40)), after(2)).refusal[0]


@pytest.mark.parametrize(
    ("on", "review", "earliest"),
    [
        (15, after(14), "22-03-2026"),  # it is to be looked at on day 20 as it is
        (15, after(20), "22-03-2026"),
        (30, after(30), "01-04-2026"),  # the review has passed: later than today
        (30, date(9999, 12, 31), "01-04-2026"),
    ],
)
def test_both_bounds_are_named_when_the_new_review_is_not_later_or_far_away(
    on: int, review: date, earliest: str
) -> None:
    someone = paused()
    (refusal,) = someone.does(actions.Prolong("illness", review), after(on)).refusal
    latest = LONGEST_PAUSE.after(after(on))
    assert refusal == f"Pausens opfølgningsdato skal ligge efter {earliest} og senest {latest:%d-%m-%Y}. Ret datoen."


def test_both_faults_are_named_when_reason_and_review_are_wrong() -> None:
    refusal = paused().does(actions.Prolong("dovenskab", after(20)), after(15)).refusal
    assert [sentence.split()[0] for sentence in refusal] == ["Årsagen", "Pausens"]


def test_a_pause_is_not_prolonged_when_the_day_lies_before_it() -> None:
    assert "Angiv den dag" in paused().does(actions.Prolong(None, after(40)), after(9)).refusal[0]


def test_the_first_day_of_the_whole_pause_is_named_when_a_prolonged_one_stands_in_the_way() -> None:
    someone = paused()
    someone.does(actions.Prolong(None, after(40)), after(15))
    refusal = someone.does(actions.Move("practise"), after(16)).refusal
    assert refusal[0] == "Forløbet er på pause siden 12-03-2026. Genoptag det først."


# Taking it back


def test_the_earlier_review_holds_again_when_a_prolonging_is_undone() -> None:
    someone = paused()
    before = (someone.case.place, someone.case.pauses, someone.decision.due_on, someone.decision.look_again_on)
    someone.does(actions.Prolong("leave", after(40)), after(15))
    undone = someone.undoes(after(17))
    assert (someone.case.place, someone.case.pauses, undone.due_on, undone.look_again_on) == before
    assert [(t.action, t.undoes, t.review_on) for t in undone.transitions] == [(Verb.UNDO, 4, after(20))]
    assert (undone.moves, [move.seq for move in undone.undone]) == ((), [4])
    assert "på pause" in someone.undoes(after(17)).refusal[0], "the pause itself is ended by resuming"


def test_one_prolonging_after_the_other_goes_when_each_is_undone() -> None:
    someone = paused()
    someone.does(actions.Prolong(None, after(40)), after(15))
    someone.does(actions.Prolong(None, after(60)), after(15))
    reviews = [someone.undoes(after(16)).case.open_pause for _ in range(2)]
    assert [pause and pause.review_on for pause in reviews] == [after(40), after(20)]


def test_the_prolonged_pause_goes_on_when_a_dropout_is_undone_and_then_the_shorter_one() -> None:
    someone = paused()
    someone.does(actions.Prolong(None, after(40)), after(15))
    someone.does(actions.Drop("illness"), after(16))
    assert someone.undoes(after(17)).look_again_on == after(40)
    assert someone.undoes(after(17)).look_again_on == after(20)


def test_the_move_before_the_pause_is_undone_when_a_prolonged_pause_is_over() -> None:
    someone = paused()
    someone.does(actions.Prolong(None, after(40)), after(15))
    someone.does(actions.Resume(), after(30))
    assert [(t.source, t.target) for t in someone.undoes(after(31)).moves] == [("school", "talk")]
