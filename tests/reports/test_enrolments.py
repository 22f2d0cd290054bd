from __future__ import annotations

from typing import Any

import pytest

from engine.refusal import Refused
from models.cpr import normalise
from reports.enrolments import enrolments_of, list_enrolments
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality


def listed(town: Municipality, **chosen: Any) -> list[str]:
    with town.database.read() as session:
        return [e["enrolment"] for e in list_enrolments(session, "immigrant_track", town.clock.today, **chosen)]


def test_those_who_are_asked_for_are_listed_when_chosen_by_stage_lateness_or_ending(town: Municipality) -> None:
    first, second, third = town.enrols(), town.enrols(area=SYD_AREA, coordinator=SYD), town.enrols()
    town.enrols(pathway="ped_assistant_track")
    second.records("interest_confirmed")
    second.moves("admit")
    third.drops_out()
    town.clock.passes(weeks=3)
    assert listed(town) == [first.reference, second.reference]
    assert listed(town, with_ended=True) == [first.reference, second.reference, third.reference]
    assert listed(town, stage="danish_course") == [second.reference]
    assert listed(town, stage="dropped_out") == [third.reference]
    assert listed(town, only_overdue=True) == [first.reference]


def test_area_coordinator_and_lateness_are_said_when_listed(town: Municipality) -> None:
    town.enrols()
    town.clock.passes(weeks=3)
    with town.database.read() as session:
        (entry,) = list_enrolments(session, "immigrant_track", town.clock.today)
    assert entry == {
        "enrolment": "IM-0001",
        "pathway": "immigrant_track",
        "stage": "intake",
        "status": "open",
        "starts_on": "2026-09-07",
        "due_on": "2026-09-21",
        "overdue": True,
        "revision": 1,
        "area": VIBY_AREA,
        "coordinator": VIBY,
    }


def test_listing_is_refused_when_the_pathway_is_unknown(town: Municipality) -> None:
    with pytest.raises(Refused), town.database.read() as session:
        list_enrolments(session, "no_such_track", town.clock.today)


def test_every_enrolment_of_a_person_is_found_when_the_number_is_given(either_town: Municipality) -> None:
    olena = either_town.enrols()
    cpr = olena.applicant.cpr
    either_town.enrols()
    there = olena.transfers("ped_assistant_track")

    def found(number: str) -> list[str]:
        with either_town.database.read() as session:
            return [e["enrolment"] for e in enrolments_of(session, either_town.keyring, number)]

    assert found(f"{cpr[:6]}-{cpr[6:]}") == [olena.reference, there.reference]
    assert normalise(cpr) == cpr
    assert found("0101301234") == []
    with pytest.raises(Refused):
        found("not a number")


def test_those_of_one_coordinator_are_listed_when_named(town: Municipality) -> None:
    town.enrols()
    iryna = town.enrols("Iryna Bondar")
    iryna.is_assigned(SYD, SYD_AREA)
    assert listed(town, coordinator=SYD.upper()) == [iryna.reference]


@pytest.mark.parametrize(("name", "value"), [("stage", "nowhere"), ("coordinator", "nobody@example.org")])
def test_it_is_refused_when_nobody_knows_the_stage_or_the_coordinator(
    town: Municipality, name: str, value: str
) -> None:
    with pytest.raises(Refused):
        listed(town, **{name: value})
