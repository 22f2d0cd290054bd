from __future__ import annotations

import pytest

from engine.refusal import Refused
from models.enrolment import Enrolment
from onboarding.store import ENROLMENT
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.support import assert_folds


def milestones(candidate: Candidate) -> set[str]:
    return {milestone["milestone"] for milestone in candidate.shown()["milestones"]}


def test_one_enrolment_ends_and_another_begins_when_transferred(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.clock.passes(weeks=1)
    new = olena.transfers("ped_assistant_track")
    assert (olena.stage, olena.status) == ("transferred", "ended")
    assert (new.reference, new.stage, new.status) == ("PA-0001", "selection", "open")
    assert new.shown()["starts_on"] == "2026-09-14"
    rows = {row["reference"]: row for row in either_town.rows(ENROLMENT)}
    kept = ("candidate_id", "area_id", "coordinator_id", "officer_id")
    assert [rows["PA-0001"][name] for name in kept] == [rows["IM-0001"][name] for name in kept]
    assert rows["PA-0001"]["previous_id"] == rows["IM-0001"]["id"]
    assert olena.shown()["transitions"][-1]["reason"] == "ped_assistant_track"
    assert olena.told("transferred") == [("transferred", VIBY), ("transferred", VIBY_MANAGER)]
    assert new.told() == [("enrolled", VIBY)]
    assert_folds(either_town.database)


def test_lasting_milestones_come_back_when_the_candidate_comes_back(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("danish_course_passed", "contract_signed")
    there = olena.transfers("ped_assistant_track")
    assert milestones(there) == {"consent_given"}  # that pathway knows no Danish course, and a contract stays behind
    there.records("basic_training_completed")
    either_town.clock.passes(weeks=1)
    back = there.transfers("immigrant_track")
    assert milestones(back) == {"consent_given", "danish_course_passed"}
    dropped = back.drops_out()
    assert dropped["status"] == "ended"
    either_town.clock.passes(weeks=1)
    again = either_town.enrols(pathway="ped_assistant_track", cpr=olena.applicant.cpr, consent=False)
    assert milestones(again) == {"basic_training_completed"}


def test_a_withdrawn_milestone_stays_behind_when_transferred(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    town.clock.passes(weeks=12)
    olena.records("danish_course_passed")
    olena.undoes()
    back = olena.transfers("ped_assistant_track").transfers("immigrant_track")
    assert milestones(back) == {"consent_given"}


def test_a_certificate_stays_gone_when_it_was_withdrawn_after_it_had_come_along(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("amu_certificate")
    olena.drops_out()
    either_town.clock.passes(weeks=1)
    again = either_town.enrols(cpr=olena.applicant.cpr, consent=False)
    assert milestones(again) == {"amu_certificate"}
    again.withdraws("amu_certificate")
    again.drops_out()
    either_town.clock.passes(weeks=1)
    assert milestones(either_town.enrols(cpr=olena.applicant.cpr, consent=False)) == set()


def test_a_transfer_is_refused_when_the_candidate_is_under_way_there(either_town: Municipality) -> None:
    there = either_town.enrols(pathway="ped_assistant_track")
    olena = either_town.enrols(cpr=there.applicant.cpr)
    with pytest.raises(Refused, match="allerede i gang i det spor"):
        olena.transfers("ped_assistant_track")
    assert olena.status == "open"
    assert either_town.count(Enrolment) == 2


@pytest.mark.parametrize(("to", "said"), [("immigrant_track", "allerede i dette"), ("010190-1234", "ped_assistant")])
def test_a_transfer_is_refused_when_there_is_nowhere_to_go(town: Municipality, to: str, said: str) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match=said) as refused:
        olena.transfers(to)
    assert "1234" not in str(refused.value)


def test_a_transfer_is_refused_when_the_enrolment_has_ended(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    with pytest.raises(Refused, match="afsluttet"):
        olena.transfers("ped_assistant_track")
    assert town.count(Enrolment) == 1


def test_one_new_enrolment_is_made_when_the_command_is_sent_twice(either_town: Municipality) -> None:
    olena = either_town.enrols()
    first = olena.transfers("ped_assistant_track", command_id="once", by=OFFICER)
    second = olena.transfers("ped_assistant_track", command_id="once", by=OFFICER)
    assert first.reference == second.reference
    assert either_town.count(Enrolment) == 2
