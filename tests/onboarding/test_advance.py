from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.refusal import Refused
from onboarding.advance import Swept, advance, advance_stage, count_due, due_stages
from onboarding.shard import Shard
from onboarding.staffing import remove_staff
from onboarding.store import ENROLMENT, REMINDER
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.support import MONDAY, assert_folds

NOTHING = Swept()


def in_danish_course(town: Municipality, count: int = 1, *, passed: bool = True) -> list[Candidate]:
    """Candidates who passed their Danish course, whose twelve weeks are up on 30 November."""
    people = [town.enrols(f"Person {number}") for number in range(count)]
    for person in people:
        person.records("interest_confirmed")
        person.moves("admit")
        if passed:
            person.records("danish_course_passed")
    return people


def test_everybody_whose_time_has_come_moves_when_swept(either_town: Municipality) -> None:
    people = in_danish_course(either_town, 3)
    either_town.clock.passes(weeks=12)
    swept = either_town.sweeps()
    assert (swept.due, swept.moved, swept.reminders, swept.incidents) == (3, 3, 0, 0)
    assert swept.messages == 9  # the coordinator, the jobcenter officer and the manager, three times
    assert {person.stage for person in people} == {"amu_course"}
    assert all(p.shown()["transitions"][-1]["by"] == "system:sweep" for p in people)
    assert people[0].told("start_amu") == [("start_amu", VIBY), ("start_amu", OFFICER), ("start_amu", VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_nothing_happens_when_swept_again_on_the_same_day(either_town: Municipality) -> None:
    in_danish_course(either_town, 2)
    either_town.clock.passes(weeks=12)
    either_town.sweeps()
    before = either_town.rows(ENROLMENT), either_town.messages()
    again = either_town.sweeps()
    assert (again.due, again.messages) == (0, 0)
    assert (either_town.rows(ENROLMENT), either_town.messages()) == before


def test_nobody_moves_when_the_day_has_not_come(town: Municipality) -> None:
    in_danish_course(town)
    assert town.sweeps(MONDAY + timedelta(weeks=12) - timedelta(days=1)).moved == 0
    assert town.sweeps(MONDAY + timedelta(weeks=12)).moved == 1


def test_a_move_is_dated_the_day_of_the_sweep_when_it_comes_late(either_town: Municipality) -> None:
    (olena,) = in_danish_course(either_town)
    either_town.clock.moves_to(date(2026, 12, 9))
    either_town.sweeps()
    assert olena.shown()["entered_on"] == "2026-12-09"
    assert olena.shown()["transitions"][-1]["on"] == "2026-12-09"


def test_only_one_pathway_is_swept_when_one_is_named(town: Municipality) -> None:
    in_danish_course(town)
    assistant = town.enrols(pathway="ped_assistant_track")
    town.clock.passes(weeks=20)
    swept = town.sweeps(pathway="ped_assistant_track")
    assert list(swept.pathways) == ["ped_assistant_track"]
    assert (swept.due, swept.moved) == (1, 0)
    assert assistant.told("escalation") == [("escalation", VIBY), ("escalation", VIBY_MANAGER)]
    assert town.sweeps().pathways["immigrant_track"].moved == 1


def test_the_figures_are_each_pathways_part_when_all_are_swept(town: Municipality) -> None:
    in_danish_course(town, 2)
    town.enrols(pathway="ped_assistant_track")
    town.clock.passes(weeks=20)
    swept = town.sweeps()
    parts = swept.pathways
    assert (parts["immigrant_track"].moved, parts["ped_assistant_track"].moved) == (2, 0)
    assert (parts["immigrant_track"].reminders, parts["ped_assistant_track"].reminders) == (0, 1)
    total = [sum(getattr(part, name) for part in parts.values()) for name in ("due", "moved", "reminders", "messages")]
    assert [swept.due, swept.moved, swept.reminders, swept.messages] == total


@pytest.mark.parametrize("size", [1, 3, 7])
def test_everybody_is_seen_once_when_the_pages_are_small(either_town: Municipality, size: int) -> None:
    people = in_danish_course(either_town, 7)
    # Three days of being due, in another order than that in which they were enrolled.
    for number, person in enumerate(people):
        day = MONDAY + timedelta(weeks=12, days=number * 5 % 3)
        either_town.changes(ENROLMENT, {"reference": person.reference}, {"next_due_on": day})
    either_town.clock.passes(weeks=13)
    pages: list[int] = []
    day, now = either_town.clock.today, either_town.clock.now
    swept = advance_stage(either_town.database, "immigrant_track", "danish_course", day, now, pages.append, size)
    assert (swept.due, swept.moved) == (7, 7)
    assert pages == [size] * (7 // size) + ([7 % size] if 7 % size else [])
    assert_folds(either_town.database)


def test_the_due_stages_are_found_when_asked(either_town: Municipality) -> None:
    in_danish_course(either_town, 2)
    either_town.enrols()

    def found(day: date) -> tuple[list[str], int]:
        with either_town.database.read() as session:
            return due_stages(session, "immigrant_track", day), count_due(session, day)

    assert found(MONDAY) == ([], 0)
    assert found(MONDAY + timedelta(days=11)) == (["intake"], 1)
    assert found(MONDAY + timedelta(weeks=12)) == (["danish_course", "intake"], 3)


def test_each_reminder_comes_once_and_on_its_day_when_swept_every_day(either_town: Municipality) -> None:
    (olena,) = in_danish_course(either_town, passed=False)
    either_town.sweeps_every_day_until(date(2027, 1, 8))
    reminded = [(m["kind"], m["on"], m["recipient"]) for m in olena.shown()["messages"] if m["kind"] != "admit"][1:]
    # Twelve weeks from 7 September end on 30 November: 14 days before, that day, one and five working days after.
    assert reminded == [
        ("reminder_before", "2026-11-16", VIBY),
        ("reminder_on", "2026-11-30", VIBY),
        ("reminder_after", "2026-12-01", VIBY),
        ("escalation", "2026-12-07", VIBY),
        ("escalation", "2026-12-07", VIBY_MANAGER),
    ]
    assert_folds(either_town.database)


def test_one_reminder_comes_when_several_fell_due_while_nothing_ran(either_town: Municipality) -> None:
    (olena,) = in_danish_course(either_town, passed=False)
    either_town.clock.passes(weeks=20)
    swept = either_town.sweeps()
    assert (swept.reminders, swept.messages) == (1, 2)
    assert olena.told()[-2:] == [("escalation", VIBY), ("escalation", VIBY_MANAGER)]
    assert [row["rung"] for row in either_town.rows(REMINDER)] == ["escalation"]
    assert either_town.sweeps(either_town.clock.today + timedelta(weeks=9)).reminders == 0


def test_nobody_is_reminded_of_the_old_stage_when_the_sweep_moves_them(town: Municipality) -> None:
    (olena,) = in_danish_course(town)
    town.clock.passes(weeks=30)
    swept = town.sweeps()
    assert (swept.moved, swept.reminders) == (1, 0)
    assert [kind for kind, _ in olena.told()][-2:] == ["start_amu", "start_amu"]


def test_a_stage_reminds_anew_when_it_is_entered_again(town: Municipality) -> None:
    (olena,) = in_danish_course(town, passed=False)
    town.sweeps_every_day_until(date(2026, 11, 20))
    olena.undoes()
    town.clock.passes(days=1)
    olena.moves("admit")
    town.sweeps_every_day_until(date(2027, 2, 10))
    assert [kind for kind, _ in olena.told()].count("reminder_before") == 2


def test_a_row_without_recipient_says_so_when_an_audience_has_nobody(town: Municipality) -> None:
    (olena,) = in_danish_course(town)
    town.changes(ENROLMENT, {"reference": olena.reference}, {"officer_id": None})
    with town.database.write() as session:
        remove_staff(session, OFFICER)
    town.clock.passes(weeks=12)
    assert town.sweeps().messages == 3
    assert olena.told("start_amu") == [("start_amu", VIBY), ("start_amu", ""), ("start_amu", VIBY_MANAGER)]


def test_no_row_is_written_when_a_move_has_no_manager_to_hear_of_it(town: Municipality) -> None:
    with town.database.write() as session:
        remove_staff(session, VIBY_MANAGER)
    (olena,) = in_danish_course(town)
    assert olena.told("admit") == [("admit", VIBY), ("admit", OFFICER)]


def test_progress_is_told_of_everybody_when_a_sweep_runs(town: Municipality) -> None:
    in_danish_course(town, 4)
    town.clock.passes(weeks=12)
    told: list[int] = []
    advance(town.database, town.clock.today, town.clock.now, None, told.append)
    assert sum(told) == 4


def test_a_sweep_of_nothing_is_nothing_when_nobody_is_enrolled(either_town: Municipality) -> None:
    swept = either_town.sweeps()
    assert {key: part == NOTHING for key, part in swept.pathways.items()} == {
        "immigrant_track": True,
        "ped_assistant_track": True,
    }


def test_each_is_swept_by_one_shard_whatever_the_size_of_the_pages(either_town: Municipality) -> None:
    people = in_danish_course(either_town, 7)
    either_town.clock.passes(weeks=12)
    day, now, swept = either_town.clock.today, either_town.clock.now, []
    for number in range(3):
        with either_town.database.read() as session:
            assert due_stages(session, "immigrant_track", day, Shard(number, 3)) == ["danish_course"]
        stage = ("immigrant_track", "danish_course")
        swept.append(advance_stage(either_town.database, *stage, day, now, page=2, shard=Shard(number, 3)))
        with either_town.database.read() as session:
            assert due_stages(session, "immigrant_track", day, Shard(number, 3)) == []
    assert sorted(part.due for part in swept) == [2, 2, 3]
    assert sum(part.moved for part in swept) == 7
    assert {person.stage for person in people} == {"amu_course"}
    assert_folds(either_town.database)


@pytest.mark.parametrize(("number", "of"), [(0, 0), (1, 1), (-1, 2), (0, 65)])
def test_it_is_refused_when_there_is_no_such_shard(number: int, of: int) -> None:
    with pytest.raises(Refused):
        Shard(number, of)


def test_only_those_who_are_looked_at_again_are_read_when_it_is_asked_who_is_due(town: Municipality) -> None:
    """Or a sweep that finds nobody takes longer with everybody who was ever enrolled."""
    town.enrols()
    asked = list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(town.database.engine, "before_cursor_execute", note)
    with town.database.read() as session:
        due_stages(session, "immigrant_track", date(2030, 1, 1))
        plans = [
            row.detail
            for statement, values in tuple(asked)
            if "enrolment" in statement
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    event.remove(town.database.engine, "before_cursor_execute", note)
    assert len(plans) >= 3
    assert all("INDEX ix_enrolment_due (pathway_key=?" in plan for plan in plans), plans
