from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.refusal import Refused
from tests.municipality import VIBY, Municipality
from tests.onboarding.listed import HEADINGS, person
from tests.support import MONDAY


def test_everything_that_is_promised_is_there_when_a_case_is_shown(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    shown = olena.shown()
    promised = {"enrolment", "pathway", "version", "stage", "status", "revision", "plan"}
    assert promised | {"milestones", "transitions", "messages"} <= shown.keys()
    assert {"stage", "planned_end", "forecast_end", "actual_end"} <= shown["plan"][0].keys()
    assert {"seq", "action", "from", "to", "by", "on", "at", "reason"} <= shown["transitions"][0].keys()
    assert (shown["version"], shown["revision"]) == (2, 3)
    assert [t["seq"] for t in shown["transitions"]] == [1, 2]
    assert shown["messages"][0] | {"message": 1} == {
        "message": 1,
        "kind": "enrolled",
        "cause": "transition:1:1",
        "audience": "coordinator",
        "recipient": VIBY,
        "on": "2026-09-07",
        "state": "queued",
        "reason": None,
        "attempts": 0,
    }


def test_no_name_and_no_number_is_in_it_when_a_case_is_shown(town: Municipality) -> None:
    olena = town.enrols("Olena Kovalenko")
    said = str(olena.shown())
    assert "Kovalenko" not in said
    assert olena.applicant.cpr not in said


def test_what_is_missing_is_said_of_each_way_on_when_a_case_is_shown(town: Municipality) -> None:
    olena = town.enrols(consent=False)
    steps = {step["step"]: step for step in olena.shown()["steps"]}
    assert [("interest_confirmed" in unmet, "consent_given" in unmet) for unmet in steps["admit"]["unmet"]] == [
        (True, False),
        (False, True),
    ]
    assert steps["reject"]["unmet"] == []


def test_it_is_late_when_seen_from_a_later_day(town: Municipality) -> None:
    olena = town.enrols()
    assert (olena.shown()["overdue"], olena.shown()["due_soon"]) == (False, True)
    on_the_day, after = MONDAY + timedelta(weeks=2), MONDAY + timedelta(weeks=2, days=1)
    assert [olena.shown(day)["overdue"] for day in (on_the_day, after)] == [False, True]


def test_nothing_is_to_be_done_when_it_has_ended(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    shown = olena.shown()
    assert (shown["steps"], shown["due_on"], shown["next_due_on"], shown["overdue"]) == ([], None, None, False)


def test_the_message_of_the_list_is_shown_when_the_candidate_came_with_one(town: Municipality, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("\n".join(";".join(row) for row in (HEADINGS, person(0))), encoding="utf-8")
    town.imports(path)
    olena = town.enrols()
    olena.reference = "IM-0001"
    assert olena.told() == [("list_imported", VIBY)]


def test_a_case_is_refused_when_there_is_no_such_reference(town: Municipality) -> None:
    olena = town.enrols()
    olena.reference = "IM-9999"
    with pytest.raises(Refused, match="IM-0042"):
        olena.shown()


def test_where_the_candidate_came_from_and_went_on_is_shown_when_there_are_several(town: Municipality) -> None:
    olena = town.enrols()
    there = olena.transfers("ped_assistant_track")
    assert (olena.shown()["previous"], olena.shown()["next"]) == (None, there.reference)
    assert (there.shown()["previous"], there.shown()["next"]) == (olena.reference, None)


def test_the_stages_of_one_course_are_part_of_it_when_the_plan_is_shown(town: Municipality) -> None:
    parts = [stage["stage"] for stage in town.enrols().shown()["plan"] if stage["part_of"] == "32-ugers AMU-forløb"]
    assert parts == ["amu_course", "practice_placement"]


def test_the_plan_of_the_first_day_stands_when_the_branch_is_chosen_later(town: Municipality) -> None:
    olena = town.enrols()
    before = olena.planned()
    olena.records("programme", value="assistant")
    after = olena.planned()
    assert {stage: end for stage, end in after.items() if stage in before} == {
        stage: end for stage, end in before.items() if stage in after
    }
    assert "main_course_assistant" in after
