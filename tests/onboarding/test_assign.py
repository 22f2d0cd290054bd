from __future__ import annotations

import pytest

from engine.refusal import Refused
from onboarding.staffing import add_staff
from onboarding.store import ENROLMENT, TRANSITION
from tests.municipality import OFFICER, SYD, SYD_AREA, SYD_MANAGER, VIBY, VIBY_AREA, Municipality
from tests.support import assert_folds


def test_the_new_coordinator_is_told_and_the_hand_over_kept_when_assigned(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.clock.passes(days=3)
    answer = olena.is_assigned(SYD, SYD_AREA, by=OFFICER)
    assert (answer["stage"], answer["moves"]) == ("intake", [])
    assert olena.told("assigned") == [("assigned", SYD)]
    happened = [(t["action"], t["coordinator"], t["by"], t["on"]) for t in olena.shown()["transitions"]]
    assert happened == [("enrol", VIBY, OFFICER, "2026-09-07"), ("assign", SYD, OFFICER, "2026-09-10")]
    assert olena.shown()["area"] == SYD_AREA
    assert_folds(either_town.database)
    either_town.delivers()
    assert either_town.postbox.envelopes[-1].subject == "IM-0001: Overdraget til dig"


def test_the_managers_of_the_new_area_hear_of_an_ending_when_assigned_there(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.is_assigned(SYD, SYD_AREA)
    olena.drops_out()
    assert olena.told("dropped_out") == [("dropped_out", SYD), ("dropped_out", SYD_MANAGER)]


def test_dates_and_undo_are_as_before_when_assigned_in_a_pause(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.pauses()
    before = olena.forecast()
    olena.is_assigned(SYD, SYD_AREA)
    assert (olena.status, olena.forecast()) == ("paused", before)
    olena.resumes()
    assert olena.undoes()["stage"] == "intake"
    assert either_town.rows(ENROLMENT)[0]["coordinator_id"] == 2  # Syd's still
    assert_folds(either_town.database)


def test_nothing_is_written_when_it_is_theirs_already(town: Municipality) -> None:
    olena = town.enrols()
    assert olena.is_assigned(VIBY)["stage"] == "intake"
    assert len(town.rows(TRANSITION)) == 1


@pytest.mark.parametrize(("coordinator", "area"), [("nobody@example.org", None), (SYD, "Vest"), (OFFICER, None)])
def test_an_unknown_coordinator_or_area_is_refused_when_assigned(
    town: Municipality, coordinator: str, area: str | None
) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match="findes ikke"):
        olena.is_assigned(coordinator, area)
    assert len(town.rows(TRANSITION)) == 1


@pytest.mark.parametrize(("coordinator", "area"), [(SYD, None), (SYD, VIBY_AREA), (VIBY, SYD_AREA)])
def test_it_is_refused_when_the_coordinator_does_not_work_for_the_area(
    either_town: Municipality, coordinator: str, area: str | None
) -> None:
    olena = either_town.enrols()
    with pytest.raises(Refused, match=r"(Lars Syd|Karen Viby) arbejder ikke for (Viby-Højbjerg|Syd)\. Vælg en koord"):
        olena.is_assigned(coordinator, area)
    assert (olena.shown()["coordinator"], len(either_town.rows(TRANSITION))) == (VIBY, 1)


def test_the_area_stays_when_somebody_who_works_for_it_takes_over(town: Municipality) -> None:
    olena = town.enrols()
    with town.database.write() as session:
        add_staff(session, "alle@example.org", "Anna Alle", "coordinator")  # no area: all of them
    olena.is_assigned("alle@example.org")
    assert (olena.shown()["coordinator"], olena.shown()["area"]) == ("alle@example.org", VIBY_AREA)


def test_it_is_refused_when_the_enrolment_has_ended(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    with pytest.raises(Refused, match="afsluttet"):
        olena.is_assigned(SYD)
