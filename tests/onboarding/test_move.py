from __future__ import annotations

import pytest

from engine.refusal import Refused
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Municipality
from tests.support import MONDAY, assert_folds


@pytest.mark.parametrize("step", ["admit", "danish_course"])
def test_the_candidate_is_one_stage_on_when_moved_by_step_or_by_stage(either_town: Municipality, step: str) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    answer = olena.moves(step)
    assert (answer["stage"], answer["status"]) == ("danish_course", "open")
    assert [(m["action"], m["step"]) for m in answer["moves"]] == [("move", "admit")]
    assert olena.told("admit") == [("admit", VIBY), ("admit", OFFICER), ("admit", VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_every_unmet_condition_is_named_when_a_move_is_refused(town: Municipality) -> None:
    young = town.enrols(born=MONDAY.replace(year=2004), consent=False)
    with pytest.raises(Refused) as refused:
        young.moves("admit")
    assert len(refused.value.reasons) == 3
    for condition in ("25 år", "interest_confirmed", "consent_given"):
        assert condition in str(refused.value)
    assert young.stage == "intake"
    assert young.told() == [("enrolled", VIBY)]


def test_the_possible_steps_are_named_when_there_is_no_such_step(town: Municipality) -> None:
    olena = town.enrols()
    with pytest.raises(Refused) as refused:
        olena.moves("010190-1234")
    assert "admit" in str(refused.value)
    assert "reject" in str(refused.value)
    assert "1234" not in str(refused.value)


def test_managers_are_told_when_a_move_ends_the_enrolment(either_town: Municipality) -> None:
    olena = either_town.enrols()
    answer = olena.moves("reject")
    assert (answer["stage"], answer["status"]) == ("not_admitted", "ended")
    assert olena.told("reject") == [("reject", VIBY), ("reject", OFFICER), ("reject", VIBY_MANAGER)]
    assert olena.shown()["due_on"] is None
    with pytest.raises(Refused, match="afsluttet"):
        olena.moves("admit")


def test_a_move_is_refused_when_it_is_dated_before_what_happened_last(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    town.clock.passes(days=3)
    olena.moves("admit")
    with pytest.raises(Refused, match="10-09-2026"):
        olena.pauses(on=MONDAY)


def test_a_move_is_refused_when_the_enrolment_is_paused(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.pauses()
    with pytest.raises(Refused, match="pause"):
        olena.moves("admit")


def test_only_the_areas_manager_is_told_when_there_are_several(town: Municipality) -> None:
    olena = town.enrols()
    olena.moves("reject")
    recipients = {recipient for _, recipient in olena.told()}
    assert VIBY_MANAGER in recipients
    assert "leder.syd@example.org" not in recipients
