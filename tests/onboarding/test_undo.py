from __future__ import annotations

from datetime import date

import pytest

from engine.refusal import Refused
from onboarding.store import ENROLMENT, MILESTONE, PAUSE
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.support import MONDAY, assert_folds


def in_danish_course(town: Municipality) -> Candidate:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    return olena


def test_the_candidate_is_back_and_the_history_kept_when_a_move_is_undone(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(days=1)
    answer = olena.undoes()
    assert (answer["stage"], answer["status"]) == ("intake", "open")
    assert olena.happened() == [
        ("enrol", None, "intake"),
        ("move", "intake", "danish_course"),
        ("undo", "danish_course", "intake"),
    ]
    shown = olena.shown()
    assert shown["transitions"][-1]["undoes"] == 2
    assert (shown["entered_on"], shown["due_on"]) == ("2026-09-07", "2026-09-21")
    # Everybody who heard of the move hears that it was taken back.
    assert olena.told("undone") == [("undone", VIBY), ("undone", OFFICER), ("undone", VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_the_milestone_is_withdrawn_when_it_brought_about_the_move(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    assert olena.stage == "amu_course"
    olena.undoes(by=OFFICER)
    assert olena.stage == "danish_course"
    assert "danish_course_passed" not in {m["milestone"] for m in olena.shown()["milestones"]}
    withdrawn = [row for row in either_town.rows(MILESTONE) if row["withdrawn_by"] is not None]
    assert [(row["key"], row["withdrawn_by"]) for row in withdrawn] == [("danish_course_passed", OFFICER)]
    # Recorded rightly the second time, it moves her again.
    either_town.clock.passes(days=3)
    olena.records("danish_course_passed")
    assert olena.stage == "amu_course"
    assert_folds(either_town.database)


def test_the_sweep_does_not_take_the_step_again_when_a_person_has_undone_it(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    olena.records("danish_course_passed")
    either_town.clock.passes(weeks=12)
    either_town.sweeps()
    assert olena.stage == "amu_course"
    olena.undoes()
    assert olena.stage == "danish_course"
    assert [step["automatic"] for step in olena.shown()["steps"]] == [False]
    either_town.clock.passes(weeks=5)
    assert either_town.sweeps().moved == 0
    assert olena.stage == "danish_course"
    olena.moves("start_amu")
    assert olena.stage == "amu_course"
    assert_folds(either_town.database)


def test_the_enrolment_is_open_again_when_its_ending_is_undone(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    olena.pauses()
    either_town.clock.passes(days=2)
    olena.drops_out()
    olena.undoes()
    assert (olena.stage, olena.status) == ("danish_course", "paused")
    assert [row["until_on"] for row in either_town.rows(PAUSE)] == [None]
    assert olena.told("undone") == [("undone", VIBY), ("undone", VIBY_MANAGER)]
    assert olena.resumes()["status"] == "open"
    assert_folds(either_town.database)


def test_undoing_an_ending_is_refused_when_the_candidate_has_begun_again(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    olena.drops_out()
    either_town.clock.passes(weeks=1)
    again = either_town.enrols(cpr=olena.applicant.cpr)
    with pytest.raises(Refused, match="i et andet forløb"):
        olena.undoes()
    again.drops_out()
    assert olena.undoes()["status"] == "open"


def test_everybody_who_heard_of_a_move_hears_when_a_chain_of_them_is_undone(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    either_town.clock.passes(weeks=23)
    olena.records("amu_school_completed")
    either_town.clock.passes(weeks=9)
    olena.records("amu_certificate", "placement_approved", "danish_level_approved", "education_offer_accepted")
    olena.records("contract_signed")  # two steps at once; the first tells the jobcenter officer, the second does not
    assert olena.stage == "foundation_course"
    olena.undoes()
    assert olena.stage == "practice_placement"
    assert sorted(olena.told("undone")) == sorted(("undone", who) for who in (VIBY, VIBY_MANAGER, OFFICER))


def test_the_earlier_fact_holds_again_when_a_correction_that_moved_is_undone(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=11)
    olena.records("danish_course_passed")
    either_town.clock.passes(weeks=1)
    olena.records("danish_course_passed", achieved_on=MONDAY)
    assert olena.stage == "amu_course"
    olena.undoes()
    (passed,) = [m for m in olena.shown()["milestones"] if m["milestone"] == "danish_course_passed"]
    assert passed["on"] == "2026-11-23"
    assert olena.stage == "danish_course"
    assert either_town.sweeps().moved == 0  # the step waits for a person
    # And the command that first recorded it can still be taken back whole.
    assert [m["milestone"] for m in olena.shown()["milestones"]].count("danish_course_passed") == 1


def test_a_move_of_a_far_year_is_undone_today_when_the_year_was_a_slip(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit", on=date(2036, 9, 8))
    olena.undoes()
    assert (olena.stage, olena.moves("admit")["stage"]) == ("intake", "danish_course")
    assert_folds(either_town.database)


def test_undo_is_refused_when_nothing_has_moved(town: Municipality) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match="ingen overgang at fortryde"):
        olena.undoes()


def test_undo_is_refused_when_the_enrolment_is_paused(town: Municipality) -> None:
    olena = in_danish_course(town)
    olena.pauses()
    with pytest.raises(Refused, match="pause"):
        olena.undoes()


def test_move_after_move_is_taken_back_when_undone_again_and_again(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    assert [olena.undoes()["stage"] for _ in range(2)] == ["danish_course", "intake"]
    with pytest.raises(Refused):
        olena.undoes()
    assert_folds(either_town.database)


def test_everything_is_taken_back_when_one_command_moved_through_several_stages(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    either_town.clock.passes(weeks=23)
    olena.records("amu_school_completed", "amu_certificate", "placement_approved")
    either_town.clock.passes(weeks=9)
    olena.records("danish_level_approved", "education_offer_accepted")
    answer = olena.records("contract_signed")
    assert [m["to"] for m in answer["moves"]] == ["fixed_term_position", "foundation_course"]
    assert olena.undoes()["stage"] == "practice_placement"
    assert "contract_signed" not in {m["milestone"] for m in olena.shown()["milestones"]}
    assert_folds(either_town.database)


def test_one_move_is_undone_when_the_command_is_sent_twice(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    answers = [olena.undoes(command_id="wrong-click") for _ in range(2)]
    assert answers[0] == answers[1]
    assert olena.stage == "danish_course"


def test_a_stage_is_shown_as_by_hand_when_one_of_several_held_steps_leads_out_of_it(town: Municipality) -> None:
    olena = in_danish_course(town)
    olena.records("danish_course_passed")
    town.clock.passes(weeks=12)
    for held in ("start_amu other_step", "other_step start_amu"):
        town.changes(ENROLMENT, {"reference": olena.reference}, {"held": held})
        assert [step["automatic"] for step in olena.shown()["steps"]] == [False]
