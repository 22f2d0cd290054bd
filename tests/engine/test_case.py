"""Days of pause, and what a place remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.case import Case, Pause, Place, Status

PLACE = Place(stage="school", status=Status.OPEN, entered_on=date(2026, 3, 10), visit=4)
CASE = Case(place=PLACE, seq=9, starts_on=date(2026, 3, 1), last_on=date(2026, 3, 10))


def test_no_day_is_counted_when_there_was_no_pause() -> None:
    assert CASE.paused_days() == 0
    assert CASE.open_pause is None


def test_only_the_days_in_this_stage_count_when_a_pause_began_before_it() -> None:
    over = Pause(2, date(2026, 3, 2), date(2026, 3, 30), until_on=date(2026, 3, 5))
    across = Pause(3, date(2026, 3, 8), date(2026, 3, 30), until_on=date(2026, 3, 12))
    assert replace(CASE, pauses=(over, across)).paused_days() == 2


def test_a_pause_counts_to_its_review_when_nobody_has_resumed() -> None:
    lasting = Pause(5, date(2026, 3, 20), date(2026, 3, 30))
    case = replace(CASE, pauses=(lasting,))
    assert case.paused_days() == 10
    assert case.open_pause == lasting


def test_a_pause_of_no_days_counts_nothing_when_it_is_resumed_the_same_day() -> None:
    short = Pause(5, date(2026, 3, 20), date(2026, 3, 30), until_on=date(2026, 3, 20))
    assert replace(CASE, pauses=(short,)).paused_days() == 0


def test_each_held_step_is_named_when_several_were_undone() -> None:
    assert PLACE.held_steps == ()
    assert replace(PLACE, held="to_helper to_assistant").held_steps == ("to_helper", "to_assistant")
