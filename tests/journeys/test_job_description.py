"""A pedagogical assistant who has no job description is not let into trin 3: the source insists on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from tests.municipality import Candidate, Municipality
from tests.support import assert_folds


def in_trin_2(town: Municipality) -> Candidate:
    """Søren has been selected, has met his mentor and has finished his placement."""
    soren = town.enrols("Søren Ågård", pathway="ped_assistant_track")
    soren.moves("select")
    soren.records("intro_meeting_attended", "mentor_assigned", "host_area_assigned")
    soren.moves("start_placement")
    soren.records("basic_training_completed", "placement_approved")
    town.clock.passes(weeks=4)
    town.sweeps()
    assert soren.stage == "wage_subsidy"
    return soren


def test_trin_3_is_refused_by_name_when_the_job_description_is_missing(either_town: Municipality) -> None:
    town = either_town
    soren = in_trin_2(town)
    soren.records("contract_signed")
    town.sweeps_every_day_until(town.clock.today + timedelta(days=130))  # four months are over
    assert soren.stage == "wage_subsidy"

    with pytest.raises(Refused) as refused:
        soren.moves("temporary_position")
    assert len(refused.value.reasons) == 1
    assert "Stillingsbeskrivelse modtaget" in refused.value.reasons[0]
    assert "job_description_received" in refused.value.reasons[0]

    # The day it comes he begins, without anybody having to move him.
    assert soren.records("job_description_received")["stage"] == "temporary_position"
    assert soren.moves("employ")["status"] == "ended"
    assert_folds(town.database)


def test_every_missing_condition_is_named_at_once_when_nothing_is_in_place(town: Municipality) -> None:
    soren = in_trin_2(town)
    with pytest.raises(Refused) as refused:
        soren.moves("start_position")
    said = "\n".join(refused.value.reasons)
    assert len(refused.value.reasons) == 3
    assert "Trin 2: løntilskud" in said
    assert "job_description_received" in said
    assert "contract_signed" in said
