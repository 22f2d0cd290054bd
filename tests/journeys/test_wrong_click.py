"""A coordinator undoes a wrong click."""

from __future__ import annotations

import pytest

from engine.refusal import Refused
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Municipality
from tests.support import assert_folds


def test_a_candidate_rejected_by_mistake_is_back_and_everybody_told_is_told_again(either_town: Municipality) -> None:
    town = either_town
    bogdan = town.enrols("Bogdan Nowak")
    due = bogdan.shown()["due_on"]
    bogdan.moves("reject")  # the neighbour's row was meant
    assert bogdan.status == "ended"
    town.clock.passes(minutes=2)
    answer = bogdan.undoes()

    assert (answer["stage"], answer["status"]) == ("intake", "open")
    assert bogdan.shown()["due_on"] == due
    assert bogdan.happened() == [
        ("enrol", None, "intake"),
        ("move", "intake", "not_admitted"),
        ("undo", "not_admitted", "intake"),
    ]
    assert bogdan.told("undone") == [("undone", VIBY), ("undone", OFFICER), ("undone", VIBY_MANAGER)]
    bogdan.records("interest_confirmed")
    assert bogdan.moves("admit")["stage"] == "danish_course"
    assert_folds(town.database)


def test_there_is_nothing_to_undo_when_nobody_has_moved(town: Municipality) -> None:
    bogdan = town.enrols("Bogdan Nowak")
    with pytest.raises(Refused, match="fortryde"):
        bogdan.undoes()
    assert bogdan.happened() == [("enrol", None, "intake")]
