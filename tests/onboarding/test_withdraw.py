from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from onboarding.store import MILESTONE
from tests.municipality import VIBY, Municipality
from tests.support import assert_folds


def test_a_milestone_holds_no_longer_when_it_is_withdrawn(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    answer = olena.withdraws("interest_confirmed")
    assert (answer["stage"], answer["moves"]) == ("intake", [])
    with pytest.raises(Refused, match="interest_confirmed"):
        olena.moves("admit")
    row = next(row for row in either_town.rows(MILESTONE) if row["key"] == "interest_confirmed")
    assert (row["withdrawn_by"], row["withdrawn_at"]) == (VIBY, either_town.clock.now)
    olena.records("interest_confirmed")
    assert olena.moves("admit")["stage"] == "danish_course"
    assert_folds(either_town.database)


def test_nobody_is_moved_back_when_the_milestone_that_moved_them_is_withdrawn(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.withdraws("interest_confirmed")
    assert olena.stage == "danish_course"


def test_the_sweep_waits_again_when_what_it_would_move_for_is_withdrawn(town: Municipality) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.records("danish_course_passed")
    olena.withdraws("danish_course_passed")
    town.clock.passes(weeks=12)
    town.sweeps_every_day_until(town.clock.today + timedelta(days=1))
    assert olena.stage == "danish_course"
    assert_folds(town.database)


def test_it_is_refused_with_what_is_recorded_when_the_milestone_is_not(town: Municipality) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match="consent_given"):
        olena.withdraws("interest_confirmed")
