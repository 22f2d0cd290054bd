"""Who is late among those whom somebody answers for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.lateness import overdue_for
from onboarding.staffing import add_staff, put_staff
from onboarding.visibility import STAFF
from tests.municipality import OFFICER, SYD, SYD_AREA, SYD_MANAGER, VIBY, VIBY_MANAGER, Municipality
from tests.support import MONDAY

EVERYWHERE, COLLEAGUE = "direktion@example.org", "ida.viby@example.org"
LATE_ON = MONDAY + timedelta(days=20)


@pytest.fixture
def office(either_town: Municipality) -> Municipality:
    """Two who are late in Viby, of different coordinators, one in Syd, and one more there who is paused."""
    with either_town.database.write() as session:
        add_staff(session, EVERYWHERE, "Direktionen", "manager")
        add_staff(session, COLLEAGUE, "Ida Viby", "coordinator", ["Viby-Højbjerg"])
    either_town.enrols()
    either_town.enrols(coordinator=COLLEAGUE, by="cli:test")
    either_town.enrols(area=SYD_AREA, coordinator=SYD)
    either_town.enrols(area=SYD_AREA, coordinator=SYD).pauses(by=SYD)
    return either_town


def late_of(town: Municipality, email: str, but: frozenset[int] = frozenset()) -> list[str]:
    with town.database.read() as session:
        staff_id = session.connection().execute(STAFF.select().where(STAFF.c.email == email)).one().id
        found = overdue_for(session, staff_id, LATE_ON, but)
    assert found.count == len(found.rows)
    return [row.reference for row in found.rows]


@pytest.mark.parametrize(
    ("email", "late"),
    [
        (VIBY_MANAGER, ["IM-0001", "IM-0002"]),
        (SYD_MANAGER, ["IM-0003"]),
        (EVERYWHERE, ["IM-0001", "IM-0002", "IM-0003"]),
        (VIBY, ["IM-0001"]),
        (COLLEAGUE, ["IM-0002"]),
        (OFFICER, ["IM-0001", "IM-0002", "IM-0003"]),
    ],
)
def test_everybody_is_told_of_those_they_answer_for_when_they_are_late(
    office: Municipality, email: str, late: list[str]
) -> None:
    assert late_of(office, email) == late


@pytest.mark.parametrize(
    ("role", "area", "late"),
    [
        ("coordinator", SYD_AREA, ["IM-0002"]),
        ("manager", SYD_AREA, ["IM-0002", "IM-0003"]),
        ("jobcenter_officer", SYD_AREA, ["IM-0002"]),  # an officer has the one in Syd
        ("administrator", SYD_AREA, []),
    ],
)
def test_whoever_does_other_work_is_told_of_whom_they_answer_for_by_it_and_whom_they_coordinate(
    office: Municipality, role: str, area: str, late: list[str]
) -> None:
    with office.database.write() as session:
        put_staff(session, COLLEAGUE, "Ida", role, [area])
    assert late_of(office, COLLEAGUE) == late


def test_an_officer_is_told_of_whom_no_officer_has_in_their_areas_alone(office: Municipality) -> None:
    office.enrols(area=SYD_AREA, coordinator=SYD, by="cli:test")
    with office.database.write() as session:
        add_staff(session, OFFICER, "Jens", "jobcenter_officer", [SYD_AREA])
    assert late_of(office, OFFICER) == ["IM-0001", "IM-0003", "IM-0005"]


def test_an_officer_who_does_other_work_is_told_of_those_no_more_whom_they_enrolled(office: Municipality) -> None:
    with office.database.write() as session:
        add_staff(session, OFFICER, "Jens", "coordinator", [SYD_AREA])
    assert late_of(office, OFFICER) == []


def test_nobody_is_named_twice_when_they_are_told_of_already(office: Municipality) -> None:
    assert late_of(office, VIBY_MANAGER, frozenset({1})) == ["IM-0002"]


def test_nobody_is_late_on_the_day_on_which_the_stage_should_be_left(office: Municipality) -> None:
    with office.database.read() as session:
        assert overdue_for(session, 3, MONDAY + timedelta(days=14), ()).count == 0
        assert overdue_for(session, 3, MONDAY + timedelta(days=15), ()).count == 2
