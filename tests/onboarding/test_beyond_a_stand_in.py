"""What a stand-in cannot open goes to whom it is for, as if nobody stood in: in their hours, where they are reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from onboarding.arriving import Arrival, Grant, arrive
from onboarding.deliver import deliver
from onboarding.preferences import choose_times
from onboarding.staffing import add_staff
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA, Candidate, Municipality
from tests.onboarding.absent import OTHER, away
from tests.onboarding.test_own_machines import Machines, delivers, wants_ntfy
from tests.onboarding.test_preferences import chooses


@pytest.fixture
def beyond(office: Municipality) -> tuple[Candidate, Candidate]:
    """Two cases of Karen's, who is away: her work account leaves her Viby, and she still has the one in Syd too."""
    with office.database.write() as session:
        add_staff(session, VIBY, "Karen", "coordinator", [VIBY_AREA, SYD_AREA])
    cases = office.enrols(), office.enrols(area=SYD_AREA)
    arrival = Arrival("https://id.example.org", "1", VIBY, "Karen", ("viby",))
    with office.database.write() as session:
        arrive(session, {"viby": Grant(Role.COORDINATOR, (VIBY_AREA,))}, arrival, office.clock.now)
    away(office, VIBY, OTHER, days=60)
    return cases


def test_what_a_stand_in_cannot_open_goes_to_whom_it_is_for(
    office: Municipality, beyond: tuple[Candidate, Candidate]
) -> None:
    office.delivers()
    assert [references_in(office, email, beyond) for email in (OTHER, VIBY)] == [["IM-0001"], ["IM-0002"]]
    assert "stedfortræder" not in office.postbox.to(VIBY)[0].text


def test_a_digest_to_a_stand_in_tells_of_no_case_that_they_cannot_open(
    office: Municipality, beyond: tuple[Candidate, Candidate]
) -> None:
    office.delivers()
    office.postbox.envelopes.clear()
    chooses(office, VIBY, Topic.MOVES, Pace.DIGEST)
    for candidate in beyond:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
        candidate.undoes()
    office.clock.passes(weeks=5)  # both are late by then
    office.delivers()
    assert [references_in(office, email, beyond) for email in (OTHER, VIBY)] == [["IM-0001"], ["IM-0001", "IM-0002"]]
    for email in (OTHER, VIBY):
        (digest,) = office.postbox.to(email)
        assert "2 flyttede eller ændrede" in digest.subject


def references_in(town: Municipality, email: str, candidates: Iterable[Candidate]) -> list[str]:
    """Those of whom somebody was sent anything."""
    texts = [mail.text for mail in town.postbox.to(email)]
    return [one.reference for one in candidates if any(one.reference in text for text in texts)]


def test_it_keeps_the_hours_of_whom_it_is_for(office: Municipality, beyond: tuple[Candidate, Candidate]) -> None:
    with office.database.write() as session:
        choose_times(session, OTHER, hours="18:00-22:00", digest_days=None, digest_at=None)
    office.delivers()
    assert [references_in(office, email, beyond) for email in (OTHER, VIBY)] == [[], ["IM-0002"]]


def test_it_does_not_keep_the_hours_of_the_stand_in_alone(
    office: Municipality, beyond: tuple[Candidate, Candidate]
) -> None:
    with office.database.write() as session:
        choose_times(session, VIBY, hours="18:00-22:00", digest_days=None, digest_at=None)
        choose_times(session, OTHER, hours="always", digest_days=None, digest_at=None)
    office.clock.passes(hours=8)
    office.delivers()
    assert [references_in(office, email, beyond) for email in (OTHER, VIBY)] == [["IM-0001"], ["IM-0002"]]


@pytest.mark.usefixtures("beyond")
def test_it_goes_by_the_channel_of_whom_it_is_for(office: Municipality) -> None:
    wants_ntfy(office, VIBY)
    machines = Machines()
    delivers(office, machines)
    assert [mail.recipient for mail in office.postbox.envelopes] == [OTHER]
    assert [there.recipient for there in machines.envelopes] == [VIBY]


@pytest.mark.usefixtures("beyond")
def test_it_is_no_part_of_the_storm_of_a_stand_in(office: Municipality) -> None:
    office.enrols(coordinator=OTHER)
    deliver(office.database, replace(office.post(), most_an_hour=2))
    assert len(office.postbox.to(OTHER)) == 2
    office.enrols(coordinator=OTHER)
    deliver(office.database, replace(office.post(), most_an_hour=3))
    assert len(office.postbox.to(OTHER)) == 3
