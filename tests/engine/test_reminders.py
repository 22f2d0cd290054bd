"""Who is reminded when: each rung once a visit, and never a row of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import actions
from engine.case import Rung
from engine.pathway import Deadline, Pathway
from engine.reminders import Reminder
from engine.spans import Span, days, weeks, working_days
from tests.engine.small import SMALL, Someone, after

SWEEP = actions.Advance()
VISIT = 2  # the seq of the move into school


def with_school(deadline: Deadline, lasts: Span) -> Pathway:
    school = replace(SMALL.open_stages["school"], deadline=deadline, lasts=lasts)
    return replace(SMALL, stages=tuple(school if stage.key == "school" else stage for stage in SMALL.stages))


def fired(someone: Someone, first: int, last: int) -> list[tuple[date, Rung]]:
    """What is sent when a sweep runs every day."""
    found = []
    for count in range(first, last + 1):
        for reminder in someone.does(SWEEP, after(count)).reminders:
            assert reminder.due_on == after(count)
            found.append((after(count), reminder.rung))
    return found


def test_each_reminder_comes_once_on_its_day_when_a_sweep_runs_every_day() -> None:
    # School ends on Monday 30 March; Easter takes three of the working days that follow.
    assert fired(Someone().admitted(), 0, 200) == [
        (date(2026, 3, 23), Rung.BEFORE),
        (date(2026, 3, 31), Rung.AFTER),
        (date(2026, 4, 9), Rung.ESCALATION),
    ]


def test_only_the_weightiest_speaks_when_no_sweep_ran_for_weeks() -> None:
    someone = Someone().admitted()
    assert someone.does(SWEEP, after(60)).reminders == (
        Reminder(VISIT, Rung.ESCALATION, due_on=date(2026, 4, 9), meant_on=date(2026, 3, 23)),
    )
    assert someone.decision.look_again_on is None
    assert someone.does(SWEEP, after(61)).reminders == ()


def test_a_later_rung_still_comes_when_the_sweep_was_only_a_little_late() -> None:
    someone = Someone().admitted()
    late = someone.does(SWEEP, after(30)).reminders
    assert [reminder.rung for reminder in late] == [Rung.AFTER]
    assert someone.decision.look_again_on == date(2026, 4, 9)
    assert [reminder.rung for reminder in someone.does(SWEEP, date(2026, 4, 9)).reminders] == [Rung.ESCALATION]


def test_every_rung_moves_when_the_candidate_is_paused() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(24)), after(10))
    assert fired(someone, 10, 23) == []
    assert [(r.occurrence, r.rung) for r in someone.does(SWEEP, after(24)).reminders] == [(3, Rung.REVIEW)]
    someone.does(actions.Resume(), after(31))
    assert fired(someone, 31, 100) == [
        (date(2026, 4, 13), Rung.BEFORE),
        (date(2026, 4, 21), Rung.AFTER),
        (date(2026, 4, 27), Rung.ESCALATION),
    ]


def test_a_rung_is_not_used_again_when_a_pause_has_moved_its_day() -> None:
    someone = Someone().admitted()
    assert [rung for _, rung in fired(someone, 0, 25)] == [Rung.BEFORE]
    someone.does(actions.Pause("illness", after(60)), after(25))
    someone.does(actions.Resume(), after(50))
    assert [rung for _, rung in fired(someone, 50, 200)] == [Rung.AFTER, Rung.ESCALATION]


def test_what_told_nobody_is_told_of_the_deadline_that_a_pause_has_moved_later() -> None:
    """No sweep ran for weeks, and the escalation spoke for all. It is not told again, and neither is silence kept."""
    someone = Someone().admitted()
    assert [r.rung for r in someone.does(SWEEP, after(60)).reminders] == [Rung.ESCALATION]
    someone.does(actions.Pause("illness", after(90)), after(20))
    someone.does(actions.Resume(), after(80))
    assert [rung for _, rung in fired(someone, 80, 200)] == [Rung.BEFORE, Rung.AFTER]


def test_each_pause_is_reviewed_when_there_are_two() -> None:
    someone = Someone()
    someone.does(actions.Pause("illness", after(5)), after(1))
    someone.does(SWEEP, after(5))
    someone.does(actions.Resume(), after(6))
    someone.does(actions.Pause("leave", after(20)), after(7))
    assert someone.decision.look_again_on == after(20)
    assert [(r.occurrence, r.rung) for r in someone.does(SWEEP, after(20)).reminders] == [(4, Rung.REVIEW)]


def test_a_new_visit_is_reminded_anew_when_the_stage_is_entered_again() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(40))
    someone.records("passed", after(40))
    someone.does(actions.Move("repeat"), after(41))
    assert someone.stage == "school"
    rungs = [rung for _, rung in fired(someone, 41, 68)]
    assert rungs == [Rung.BEFORE]


def test_the_old_visit_is_not_reminded_again_when_a_move_is_undone() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(40))
    someone.records("passed", after(40))
    someone.undoes(after(41))
    assert fired(someone, 41, 100) == []


def test_a_reminder_waits_for_the_stage_to_begin_when_it_would_come_before_it() -> None:
    # Nine working days fill two weeks, but over Easter they reach back beyond the day of entry.
    tight = with_school(Deadline(remind_before=working_days(9)), weeks(2))
    someone = Someone(tight).admitted(on=date(2026, 3, 30))
    assert someone.decision.look_again_on == date(2026, 3, 30)


def test_a_reminder_is_silent_when_the_escalation_came_before_it() -> None:
    # Over Christmas five working days are longer than nine days.
    winter = with_school(Deadline(remind_after=working_days(5), escalate_after=days(9)), weeks(4))
    someone = Someone(winter, starts_on=date(2026, 11, 26)).admitted(on=date(2026, 11, 26))
    assert [r.rung for r in someone.does(SWEEP, date(2027, 1, 2)).reminders] == [Rung.ESCALATION]
    assert someone.decision.look_again_on is None
    assert someone.does(SWEEP, date(2027, 1, 5)).reminders == ()


ON_THE_DAY = Deadline(remind_before=days(7), remind_on=True, remind_after=working_days(1))


def test_the_day_itself_is_told_when_the_pathway_says_so() -> None:
    # From Monday 2 March, four weeks: Monday 30 March.
    someone = Someone(with_school(ON_THE_DAY, weeks(4))).admitted()
    assert fired(someone, 0, 100) == [
        (date(2026, 3, 23), Rung.BEFORE),
        (date(2026, 3, 30), Rung.ON),
        (date(2026, 3, 31), Rung.AFTER),
    ]


@pytest.mark.parametrize(
    ("lasts", "told_on"),
    [
        (days(27), date(2026, 3, 27)),  # a Sunday: the Friday before
        (days(35), date(2026, 4, 1)),  # Easter Monday: the Wednesday before Maundy Thursday
    ],
)
def test_the_last_working_day_before_is_told_when_the_day_itself_is_none(lasts: Span, told_on: date) -> None:
    someone = Someone(with_school(replace(ON_THE_DAY, remind_before=None), lasts)).admitted()
    assert [day for day, rung in fired(someone, 0, 100) if rung is Rung.ON] == [told_on]


def test_the_day_itself_is_told_on_the_first_day_when_no_working_day_lies_between() -> None:
    friday_off = date(2026, 4, 3)  # Good Friday, and three days are over on Easter Monday
    someone = Someone(with_school(Deadline(remind_on=True), days(3)), starts_on=friday_off).admitted(on=friday_off)
    assert someone.decision.look_again_on == friday_off


@pytest.mark.parametrize(
    ("lasts", "told_on"),
    [
        (days(36), date(2026, 4, 1)),  # Tuesday after Easter: three days before is a Saturday; the Wednesday
        (days(28), date(2026, 3, 27)),  # a Monday: the Friday, which is three days before
        (days(32), date(2026, 3, 31)),  # a Friday off: ordinary, three days before
    ],
)
def test_the_reminder_before_is_told_on_a_working_day(lasts: Span, told_on: date) -> None:
    someone = Someone(with_school(Deadline(remind_before=days(3)), lasts)).admitted()
    assert [day for day, rung in fired(someone, 0, 100) if rung is Rung.BEFORE] == [told_on]


def test_the_reminder_before_is_silent_when_holidays_put_the_day_itself_before_it() -> None:
    # Due on Easter Monday: told on Wednesday, as is what would be told on Good Friday.
    easter = with_school(replace(ON_THE_DAY, remind_before=days(3)), days(35))
    someone = Someone(easter).admitted()
    assert [r.rung for r in someone.does(SWEEP, date(2026, 4, 1)).reminders] == [Rung.ON]
    assert someone.does(SWEEP, date(2026, 4, 3)).reminders == ()


def test_the_day_itself_is_silent_when_the_stage_has_been_left_by_then() -> None:
    someone = Someone(with_school(ON_THE_DAY, weeks(4))).admitted()
    someone.does(SWEEP, after(21))
    someone.records("passed", after(22))
    decision = someone.does(SWEEP, after(28))
    assert ([t.target for t in decision.moves], decision.reminders) == (["practice"], ())


def test_the_day_itself_moves_when_a_pause_moves_the_deadline() -> None:
    someone = Someone(with_school(replace(ON_THE_DAY, remind_before=None), weeks(4))).admitted()
    someone.does(actions.Pause("illness", after(40)), after(21))
    someone.does(actions.Resume(), after(31))
    # Ten days later than 30 March.
    assert [day for day, rung in fired(someone, 31, 100) if rung is Rung.ON] == [date(2026, 4, 9)]


def test_nobody_is_reminded_when_the_stage_is_left_on_the_day() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(25))
    decision = someone.does(SWEEP, after(60))
    assert ([t.target for t in decision.moves], decision.reminders) == (["practice"], ())


def test_nobody_is_reminded_when_a_stage_has_no_deadline_or_no_end() -> None:
    someone = Someone()
    assert (someone.does(SWEEP, after(900)).reminders, someone.decision.look_again_on) == ((), None)
