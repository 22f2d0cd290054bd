"""Whose cases somebody sees: those of whom they are told, and nobody else's."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from models.staff import Role, Staff
from onboarding.arriving import Arrival, Grant, arrive
from onboarding.staffing import add_staff, remove_staff
from reports.scope import Scope, all_visible, lapsed
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate, Municipality

IDA, PER, ULLA = "ida@example.org", "per.jobcenter@example.org", "ulla.jobcenter@example.org"


def adds(town: Municipality, email: str, role: str, *areas: str) -> None:
    with town.database.write() as session:
        add_staff(session, email, email.partition("@")[0], role, areas)


def seen_by(town: Municipality, email: str, *candidates: Candidate) -> list[bool]:
    """Whether somebody sees each, in a list and alone."""
    references = [candidate.reference for candidate in candidates]
    with town.database.read() as session:
        scope = Scope.of(session, session.exec(select(Staff).where(Staff.email == email)).one())
        seen = all_visible(session, scope, references)
    return [reference in seen for reference in references]


def test_an_officer_sees_whom_no_officer_has_in_their_areas_and_nobody_elses(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    adds(either_town, ULLA, "jobcenter_officer", SYD_AREA)
    pers, another = either_town.enrols(by=PER), either_town.enrols(by=OFFICER)
    nobodys, elsewhere = (
        either_town.enrols(by="cli:import"),
        either_town.enrols(by=VIBY, area=SYD_AREA, coordinator=SYD),
    )
    everybody = (pers, another, nobodys, elsewhere)
    assert seen_by(either_town, PER, *everybody) == [True, False, True, False]
    assert seen_by(either_town, ULLA, *everybody) == [False, False, False, True]
    assert seen_by(either_town, OFFICER, *everybody) == [False, True, True, True]  # for all areas


def test_an_officer_sees_whom_one_had_who_was_taken_out_or_does_other_work(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    adds(either_town, ULLA, "jobcenter_officer", VIBY_AREA)
    left, promoted = either_town.enrols(by=OFFICER), either_town.enrols(by=ULLA)
    with either_town.database.write() as session:
        remove_staff(session, OFFICER)
    adds(either_town, ULLA, "manager", SYD_AREA)
    assert seen_by(either_town, PER, left, promoted) == [True, True]
    adds(either_town, OFFICER, "jobcenter_officer")  # back again
    assert seen_by(either_town, PER, left, promoted) == [False, True]


def test_whoever_is_told_as_an_officer_sees_the_case(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    adds(either_town, ULLA, "jobcenter_officer", VIBY_AREA)
    mixed = [either_town.enrols(by=by) for by in (PER, "cli:import", ULLA, VIBY)]
    adds(either_town, ULLA, "manager", SYD_AREA)
    for candidate in mixed:
        candidate.moves("reject")
    told = [{message["recipient"] for message in one.shown()["messages"]} for one in mixed]
    for officer in (PER, OFFICER):
        assert seen_by(either_town, officer, *mixed) == [officer in people for people in told]


def test_what_waits_for_an_officer_of_another_area_by_now_is_not_told_to_them(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    olena = either_town.enrols(by="cli:import")
    olena.moves("reject")
    adds(either_town, PER, "jobcenter_officer", SYD_AREA)
    either_town.delivers()
    assert [bool(either_town.postbox.to(who)) for who in (PER, OFFICER)] == [False, True]


def test_an_officer_has_lapsed_who_has_fewer_areas_by_now(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA, SYD_AREA)
    with either_town.database.read() as session:
        scope = Scope.of(session, session.exec(select(Staff).where(Staff.email == PER)).one())
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    with either_town.database.read() as session:
        assert lapsed(session, scope)


def test_a_coordinator_sees_their_cases_until_somebody_else_has_them_whatever_their_areas(
    either_town: Municipality,
) -> None:
    olena, colleagues = either_town.enrols(), either_town.enrols()
    adds(either_town, IDA, "coordinator", VIBY_AREA)
    colleagues.is_assigned(IDA)
    comes_in_as(either_town, Role.COORDINATOR, SYD_AREA)
    assert seen_by(either_town, VIBY, olena, colleagues) == [True, False]
    olena.is_assigned(IDA)
    assert seen_by(either_town, VIBY, olena, colleagues) == [False, False]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MANAGER, Role.JOBCENTER_OFFICER])
def test_whoever_is_reminded_of_a_case_can_open_it_when_their_provider_gave_them_other_work(
    either_town: Municipality, role: Role
) -> None:
    olena = either_town.enrols()
    comes_in_as(either_town, role, SYD_AREA)
    either_town.sweeps_every_day_until(date(2026, 9, 23))
    either_town.delivers()
    assert any("frist" in mail.text.lower() for mail in either_town.postbox.to(VIBY))
    assert seen_by(either_town, VIBY, olena) == [True]


def comes_in_as(town: Municipality, role: Role, area: str) -> None:
    """The coordinator of Viby signs in, and the provider says that this is their work."""
    arrival = Arrival("https://id.example.org", "17", VIBY, "Karen Viby", ("andet",))
    with town.database.write() as session:
        arrive(session, {"andet": Grant(role, (area,))}, arrival, town.clock.now)
