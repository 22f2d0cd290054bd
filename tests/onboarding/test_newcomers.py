"""An area that was without a manager for a while, or changed hands: nothing that was to reach its manager is lost."""

from __future__ import annotations

import pytest

from engine import kinds
from engine.case import Rung
from models.message import State
from models.staff import Role
from onboarding import users
from onboarding.arriving import Arrival, Grant, arrive
from onboarding.staffing import remove_staff
from tests.municipality import SYD_AREA, SYD_MANAGER, VIBY_AREA, VIBY_MANAGER, Candidate, Inbox, Municipality

ESCALATION = kinds.OF_RUNG[Rung.ESCALATION]
NEW, ADMINISTRATOR = "ny.leder@example.org", "admin@example.org"


def forgotten(town: Municipality) -> Candidate:
    """Somebody of whom the manager is to be told, written and not sent yet."""
    olena = town.enrols()
    town.delivers()
    town.clock.passes(days=24)
    town.sweeps()
    return olena


def puts(town: Municipality, email: str, *areas: str, role: str = "manager") -> None:
    with town.database.write() as session:
        users.put_staff(session, email, "Ny Leder", role, areas, by=ADMINISTRATOR, at=town.clock.now)


def removes(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        remove_staff(session, email)


def escalated(town: Municipality, email: str) -> list[str]:
    return [subject for subject in Inbox(town.postbox, email).reads_subjects() if "Eskalering" in subject]


def test_a_new_manager_is_told_once_of_what_came_while_the_area_had_none(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    olena = forgotten(either_town)
    either_town.delivers()
    assert ("skipped", "nobody_in_audience") in {(m["state"], m["reason"]) for m in either_town.messages()}
    either_town.clock.passes(days=3)
    puts(either_town, NEW, VIBY_AREA)
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    assert escalated(either_town, NEW) == [f"{olena.reference}: Eskalering: 13 dage over tid"]


def test_whoever_takes_an_area_over_is_told_what_waits_and_whoever_had_it_is_not(either_town: Municipality) -> None:
    olena = forgotten(either_town)
    puts(either_town, VIBY_MANAGER, SYD_AREA)
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    assert [len(escalated(either_town, email)) for email in (VIBY_MANAGER, NEW)] == [0, 1]
    reasons = {(m["recipient"], m["reason"]) for m in olena.shown()["messages"] if m["kind"] == ESCALATION}
    assert (VIBY_MANAGER, "left_audience") in reasons


@pytest.mark.parametrize("taken_out_first", [True, False])
def test_a_successor_is_told_what_the_one_who_was_taken_out_did_not_get(
    either_town: Municipality, taken_out_first: bool
) -> None:
    forgotten(either_town)
    removes(either_town, VIBY_MANAGER)
    if taken_out_first:
        either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    assert [len(escalated(either_town, email)) for email in (VIBY_MANAGER, NEW)] == [0, 1]


def test_a_second_manager_is_told_nothing_of_what_the_first_one_knows(either_town: Municipality) -> None:
    forgotten(either_town)
    puts(either_town, NEW, VIBY_AREA)  # it is still on its way to the first
    either_town.delivers()
    puts(either_town, "endnu.en@example.org", VIBY_AREA)
    either_town.delivers()
    assert [len(escalated(either_town, who)) for who in (VIBY_MANAGER, NEW, "endnu.en@example.org")] == [1, 0, 0]


def test_nothing_is_told_of_what_is_over_or_elsewhere(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    olena, amina = forgotten(either_town), forgotten(either_town)
    either_town.delivers()
    olena.drops_out()
    amina.records("interest_confirmed")
    amina.moves("admit")
    puts(either_town, SYD_MANAGER, SYD_AREA)
    puts(either_town, NEW, VIBY_AREA)
    assert [row for row in either_town.messages(kind=ESCALATION) if row["state"] == State.QUEUED] == []


def test_a_manager_whom_the_provider_gives_an_area_is_told_what_waits(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    forgotten(either_town)
    either_town.delivers()
    arrival = Arrival("https://id.example.org", "17", NEW, "Ny Leder", ("ledere",))
    with either_town.database.write() as session:
        arrive(session, {"ledere": Grant(Role.MANAGER, (VIBY_AREA,))}, arrival, either_town.clock.now)
    either_town.clock.passes(days=1)
    either_town.delivers()
    assert len(escalated(either_town, NEW)) == 1
