from __future__ import annotations

import pytest

from engine.refusal import Refused
from tests.municipality import VIBY, VIBY_MANAGER, Municipality
from tests.support import assert_folds


@pytest.mark.parametrize("reason", ["other_job", "Fået andet arbejde", " FÅET ANDET ARBEJDE "])
def test_the_enrolment_ends_with_reason_and_date_when_dropped(either_town: Municipality, reason: str) -> None:
    olena = either_town.enrols()
    either_town.clock.passes(days=4)
    answer = olena.drops_out(reason)
    assert (answer["stage"], answer["status"]) == ("dropped_out", "ended")
    last = olena.shown()["transitions"][-1]
    assert (last["action"], last["on"], last["reason"], last["by"]) == ("drop", "2026-09-11", "other_job", VIBY)
    assert olena.told("dropped_out") == [("dropped_out", VIBY), ("dropped_out", VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_nobody_hears_more_when_the_enrolment_was_dropped(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    told = olena.told()
    town.sweeps_every_day_until(town.clock.today.replace(month=11))
    assert olena.told() == told


def test_the_list_of_reasons_is_shown_when_the_reason_is_not_on_it(town: Municipality) -> None:
    olena = town.enrols()
    with pytest.raises(Refused) as refused:
        olena.drops_out("Kovalenko kom ikke")
    assert "moved (Flyttet fra kommunen)" in str(refused.value)
    assert "Kovalenko" not in str(refused.value)
    assert olena.status == "open"


def test_dropping_is_refused_when_it_has_ended_already(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    with pytest.raises(Refused, match="afsluttet"):
        olena.drops_out()


def test_a_candidate_who_never_begins_can_drop_out_when_the_start_lies_ahead(either_town: Municipality) -> None:
    olena = either_town.enrols(starts_on=either_town.clock.today.replace(month=12))
    assert olena.drops_out("withdrew")["status"] == "ended"
    assert_folds(either_town.database)
    assert [stage["actual_start"] for stage in olena.shown()["plan"] if stage["stage"] == "intake"] == [None]
