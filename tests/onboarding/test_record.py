from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from onboarding.store import MILESTONE
from tests.municipality import OFFICER, SYD, VIBY, VIBY_MANAGER, Municipality
from tests.support import MONDAY, assert_folds


def test_the_step_is_taken_at_once_when_the_last_milestone_is_recorded(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    either_town.clock.passes(weeks=12)
    answer = olena.records("danish_course_passed", by=SYD)
    assert answer == {
        "enrolment": "IM-0001",
        "stage": "amu_course",
        "status": "open",
        "moves": [
            {
                "seq": 3,
                "action": "advance",
                "step": "start_amu",
                "from": "danish_course",
                "to": "amu_course",
                "on": "2026-11-30",
            }
        ],
    }
    assert olena.shown()["transitions"][-1]["by"] == SYD
    assert olena.told("start_amu") == [("start_amu", one) for one in (VIBY, OFFICER, VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_nobody_moves_when_the_time_is_not_up(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    town.clock.passes(weeks=11)
    assert olena.records("danish_course_passed")["moves"] == []
    town.clock.passes(weeks=1)
    assert town.sweeps().moved == 1
    assert olena.stage == "amu_course"


def test_the_milestone_is_shown_with_day_and_author_when_recorded(town: Municipality) -> None:
    olena = town.enrols(consent=False)
    town.clock.passes(days=9)
    olena.records("consent_given", achieved_on=MONDAY, by=OFFICER)
    assert olena.shown()["milestones"] == [
        {"milestone": "consent_given", "title": "Samtykke givet", "on": "2026-09-07", "value": None, "by": OFFICER}
    ]


def test_nobody_is_told_when_a_milestone_moves_nobody(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("contract_signed")
    assert olena.told() == [("enrolled", VIBY)]


def test_the_latest_holds_and_the_first_is_kept_when_a_milestone_is_recorded_anew(either_town: Municipality) -> None:
    olena = either_town.enrols(consent=False)
    olena.records("programme", value="helper")
    either_town.clock.passes(days=1)
    olena.records("programme", value="assistant")
    assert [(m["value"], m["on"]) for m in olena.shown()["milestones"]] == [("assistant", "2026-09-08")]
    rows = either_town.rows(MILESTONE)
    assert [(row["value"], row["withdrawn_by"]) for row in rows] == [("helper", VIBY), ("assistant", None)]


def test_nothing_changes_when_the_same_is_recorded_again(town: Municipality) -> None:
    olena = town.enrols(consent=False)
    for _ in range(2):
        olena.records("programme", value="helper")
    assert len(town.rows(MILESTONE)) == 1


def test_several_stages_are_passed_when_everything_was_waiting(either_town: Municipality) -> None:
    olena = either_town.enrols(pathway="ped_assistant_track")
    olena.records("intro_meeting_attended", "mentor_assigned", "host_area_assigned", "placement_approved")
    olena.moves("select")
    olena.moves("start_placement")
    either_town.clock.passes(weeks=30)
    olena.records("job_description_received", "contract_signed")
    assert [m["to"] for m in olena.records("basic_training_completed")["moves"]] == ["wage_subsidy"]
    either_town.clock.passes(weeks=20)
    assert either_town.sweeps().moved == 1
    assert olena.stage == "temporary_position"
    assert ("start_position", VIBY_MANAGER) in olena.told()
    assert_folds(either_town.database)


@pytest.mark.parametrize(
    ("milestone", "more", "said"),
    [
        ("journeyman", {}, "journeyman_certificate"),
        ("programme", {}, "helper"),
        ("programme", {"value": "nurse"}, "assistant"),
        ("contract_signed", {"achieved_on": MONDAY + timedelta(days=1)}, "fremtiden"),
        ("contract_signed", {"value": "010190-1234"}, "CPR-nummer"),
        ("contract_signed", {"value": "x" * 201}, "200"),
    ],
)
def test_a_milestone_is_refused_with_the_remedy_when_it_cannot_be(
    town: Municipality, milestone: str, more: dict[str, object], said: str
) -> None:
    olena = town.enrols(consent=False)
    with pytest.raises(Refused) as refused:
        olena.records(milestone, **more)
    assert said in str(refused.value)
    assert "1234" not in str(refused.value)
    assert town.rows(MILESTONE) == []


def test_a_milestone_is_refused_when_the_enrolment_has_ended(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    with pytest.raises(Refused, match="afsluttet"):
        olena.records("contract_signed")


def test_the_milestone_waits_when_recorded_during_a_pause(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    either_town.clock.passes(weeks=12)
    olena.pauses()
    assert olena.records("danish_course_passed")["moves"] == []
    assert olena.status == "paused"
    assert [m["to"] for m in olena.resumes()["moves"]] == ["amu_course"]
    assert_folds(either_town.database)


def test_an_unknown_reference_is_refused_without_repeating_it_when_it_is_a_cpr_number(town: Municipality) -> None:
    olena = town.enrols()
    olena.reference = "010190-1234"
    with pytest.raises(Refused, match="IM-0042") as refused:
        olena.records("contract_signed")
    assert "1234" not in str(refused.value)


def test_the_reference_is_found_when_it_is_written_small(town: Municipality) -> None:
    olena = town.enrols()
    olena.reference = " im-0001 "
    assert olena.records("contract_signed")["enrolment"] == "IM-0001"
