"""Planned, forecast and actual dates, and the one definition of overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import actions
from engine.case import Status
from engine.history import fold
from engine.pathway import Stage, Step
from engine.plan import DUE_SOON_DAYS, PlannedStage, is_due_soon, is_overdue, plan, units
from engine.spans import weeks
from flows.immigrant_track.pathway import PATHWAY as IMMIGRANT_TRACK
from flows.ped_assistant_track.pathway import PATHWAY as PED_ASSISTANT_TRACK
from tests.engine.small import COURSE, MONDAY, SMALL, Someone, after

SWEEP = actions.Advance()
Dates = tuple[date | None, date | None]


def plan_of(someone: Someone, on: date) -> list[PlannedStage]:
    return list(plan(someone.pathway, someone.case, fold(someone.transitions), on))


def planned(stages: list[PlannedStage]) -> list[tuple[str, date | None, date | None]]:
    return [(stage.stage, stage.planned_start, stage.planned_end) for stage in stages]


def forecast(stages: list[PlannedStage]) -> list[tuple[str, date | None, date | None]]:
    return [(stage.stage, stage.forecast_start, stage.forecast_end) for stage in stages]


def actual(stages: list[PlannedStage]) -> list[tuple[str, date | None, date | None]]:
    return [(stage.stage, stage.actual_start, stage.actual_end) for stage in stages]


AS_ENROLLED = [
    ("talk", after(0), after(14)),
    ("school", after(14), after(42)),
    ("practice", after(42), after(56)),
    ("job", after(56), None),
]


def test_plan_and_forecast_are_the_same_when_someone_has_just_begun() -> None:
    stages = plan_of(Someone(), MONDAY)
    assert planned(stages) == AS_ENROLLED
    assert forecast(stages) == AS_ENROLLED
    assert actual(stages) == [("talk", after(0), None), *((key, None, None) for key in ("school", "practice", "job"))]


def test_the_plan_stays_and_the_forecast_moves_when_someone_is_early() -> None:
    someone = Someone().admitted(on=after(3))
    stages = plan_of(someone, after(5))
    assert planned(stages) == AS_ENROLLED
    assert forecast(stages) == [
        ("talk", after(0), after(3)),
        ("school", after(3), after(31)),
        ("practice", after(31), after(45)),
        ("job", after(45), None),
    ]
    assert actual(stages)[:2] == [("talk", after(0), after(3)), ("school", after(3), None)]


def test_the_forecast_moves_by_the_pause_when_someone_is_ill() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(20)), after(10))
    assert forecast(plan_of(someone, after(12)))[1:3] == [
        ("school", after(0), after(38)),
        ("practice", after(38), after(52)),
    ]
    assert planned(plan_of(someone, after(12))) == AS_ENROLLED


def test_the_forecast_moves_day_by_day_when_the_review_of_a_pause_has_passed() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(20)), after(10))
    ends = [forecast(plan_of(someone, after(count)))[1][2] for count in (20, 21, 25)]
    assert ends == [after(38), after(39), after(43)]
    someone.does(actions.Resume(), after(25))
    assert forecast(plan_of(someone, after(25)))[1][2] == after(43)


def test_the_forecast_is_never_in_the_past_when_someone_is_late() -> None:
    someone = Someone().admitted()
    stages = plan_of(someone, after(50))
    assert forecast(stages)[1:3] == [("school", after(0), after(50)), ("practice", after(50), after(64))]


def test_nothing_has_begun_when_the_first_day_lies_ahead() -> None:
    stages = plan_of(Someone(), after(-20))
    assert {stage.actual_start for stage in stages} == {None}
    assert forecast(stages) == AS_ENROLLED


def test_nothing_ever_began_when_someone_left_before_the_first_day() -> None:
    someone = Someone()
    someone.does(actions.Drop("moved"), after(-3))
    stages = plan_of(someone, after(30))
    assert planned(stages) == AS_ENROLLED
    assert {date for stage in (*forecast(stages), *actual(stages)) for date in stage[1:]} == {None}


def test_only_the_plan_goes_on_when_someone_has_dropped_out() -> None:
    someone = Someone().admitted()
    someone.does(actions.Drop("illness"), after(9))
    stages = plan_of(someone, after(30))
    assert planned(stages) == AS_ENROLLED
    assert forecast(stages)[1:] == [("school", after(0), after(9)), ("practice", None, None), ("job", None, None)]
    assert actual(stages)[1] == ("school", after(0), after(9))


def test_a_stage_stands_twice_when_it_was_visited_twice() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.does(SWEEP, after(28))
    someone.does(actions.Move("repeat"), after(30))
    stages = plan_of(someone, after(31))
    assert [stage.stage for stage in stages] == ["talk", "school", "practice", "school", "practice", "job"]
    assert planned(stages)[3:] == [("school", None, None), ("practice", None, None), ("job", after(56), None)]
    assert forecast(stages)[3:] == [
        ("school", after(30), after(58)),
        ("practice", after(58), after(72)),
        ("job", after(72), None),
    ]


def test_the_plan_of_what_lies_ahead_stays_when_a_stage_is_skipped() -> None:
    pathway = replace(SMALL, steps=(*SMALL.steps, Step("skip", "talk", "practice", "Spring skolen over")))
    someone = Someone(pathway)
    someone.does(actions.Move("skip"), after(4))
    stages = plan_of(someone, after(4))
    assert planned(stages) == [AS_ENROLLED[0], AS_ENROLLED[2], AS_ENROLLED[3]]
    assert forecast(stages)[1] == ("practice", after(4), after(18))


def test_a_stage_off_the_way_is_planned_after_the_one_that_led_to_it_when_someone_goes_there() -> None:
    detour = Stage("detour", "Omvej", lasts=weeks(1))
    pathway = replace(
        SMALL,
        stages=(*SMALL.stages, detour),
        steps=(
            *SMALL.steps,
            Step("aside", "school", "detour", "Til siden"),
            Step("onward", "detour", "practice", "Videre"),
        ),
    )
    someone = Someone(pathway).admitted()
    someone.does(actions.Move("aside"), after(8))
    stages = plan_of(someone, after(8))
    assert planned(stages) == [AS_ENROLLED[0], AS_ENROLLED[1], ("detour", after(42), after(49)), *AS_ENROLLED[2:]]
    assert forecast(stages)[2:4] == [("detour", after(8), after(15)), ("practice", after(15), after(29))]


def test_the_way_goes_through_the_chosen_branch_when_the_programme_is_recorded() -> None:
    someone = Someone(IMMIGRANT_TRACK)
    assert plan_of(someone, MONDAY)[-1].stage == "main_course_helper"
    someone.records("programme", MONDAY, "assistant")
    last = plan_of(someone, MONDAY)[-1]
    assert (last.stage, last.planned_start) == ("main_course_assistant", date(2028, 6, 5))
    assert last.planned_end == date(2031, 4, 5)


def test_the_undone_visit_is_gone_when_a_move_is_undone() -> None:
    someone = Someone().admitted()
    someone.undoes(after(2))
    stages = plan_of(someone, after(2))
    assert planned(stages) == AS_ENROLLED
    assert actual(stages)[0] == ("talk", after(0), None)
    assert len(stages) == 4


def test_the_way_goes_on_when_a_step_back_is_written_first() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.does(SWEEP, after(28))
    assert [stage.stage for stage in plan_of(someone, after(28))] == ["talk", "school", "practice", "job"]


def test_the_way_goes_on_when_a_step_to_an_ending_is_written_first() -> None:
    first_reject = replace(SMALL, steps=(SMALL.steps[1], SMALL.steps[0], *SMALL.steps[2:]))
    assert planned(plan_of(Someone(first_reject), MONDAY)) == AS_ENROLLED


def test_the_way_leads_back_when_no_step_leads_anywhere_else() -> None:
    late = Stage("late", "Sent skrevet", lasts=weeks(1))
    pathway = replace(
        SMALL,
        starts_in="late",
        stages=(*SMALL.stages, late),
        steps=(*SMALL.steps, Step("begin", "late", "talk", "Begynd")),
    )
    assert [stage.stage for stage in plan_of(Someone(pathway), MONDAY)] == ["late", "talk", "school", "practice", "job"]


def test_the_way_ends_when_it_would_only_go_round() -> None:
    pathway = replace(
        SMALL,
        starts_in="round",
        stages=(Stage("there", "Frem"), Stage("round", "Og tilbage"), SMALL.stages[4]),
        steps=(
            Step("go_there", "round", "there", "Frem"),
            Step("go_round", "there", "round", "Og tilbage"),
            Step("hire", "there", "employed", "Ansæt"),
        ),
    )
    assert [stage.stage for stage in plan_of(Someone(pathway), MONDAY)] == ["round", "there"]


# Overdue


@pytest.mark.parametrize(
    ("status", "due_on", "overdue", "due_soon"),
    [
        (Status.OPEN, after(-1), True, False),
        (Status.OPEN, after(0), False, True),
        (Status.OPEN, after(DUE_SOON_DAYS), False, True),
        (Status.OPEN, after(DUE_SOON_DAYS + 1), False, False),
        (Status.OPEN, None, False, False),
        (Status.PAUSED, after(-1), False, False),
        (Status.PAUSED, after(1), False, False),
        (Status.ENDED, after(-1), False, False),
    ],
)
def test_overdue_begins_on_the_day_after_when_the_case_is_open(
    status: Status, due_on: date | None, overdue: bool, due_soon: bool
) -> None:
    assert is_overdue(status, due_on, MONDAY) == overdue
    assert is_due_soon(status, due_on, MONDAY) == due_soon


@given(st.sampled_from(Status), st.none() | st.dates(), st.dates(max_value=date(9999, 12, 1)))
def test_nobody_is_both_overdue_and_due_soon_when_any_day_is_asked(
    status: Status, due_on: date | None, on: date
) -> None:
    assert not (is_overdue(status, due_on, on) and is_due_soon(status, due_on, on))


# Units


def test_the_parts_of_a_course_stand_together_when_stages_are_listed() -> None:
    listed = [(title, [stage.key for stage in stages]) for title, stages in units(SMALL)]
    assert listed == [(None, ["talk"]), (COURSE.title, ["school", "practice"]), (None, ["job"])]


def test_stages_of_no_unit_stand_alone_when_stages_are_listed() -> None:
    assert [title for title, _ in units(PED_ASSISTANT_TRACK)] == [None] * 5
    assert [len(stages) for _, stages in units(PED_ASSISTANT_TRACK)] == [1] * 5
