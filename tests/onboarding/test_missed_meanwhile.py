"""Nobody is passed by who gets a case, or comes, in the very moment in which a delivery leaves somebody else out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from models.keys import Keyring
from models.session import Database
from models.staff import Role
from onboarding import newcomers
from onboarding.assign import assign
from onboarding.staffing import add_staff, put_staff, remove_staff
from onboarding.unsent import INACTIVE, skip
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Candidate, Inbox, Municipality
from tests.onboarding.absent import DEPUTY, OTHER
from tests.onboarding.test_sign_ins import one_after_the_other
from tests.support import MeanwhilePostbox


@pytest.fixture
def town(postgres: Database, key_file: Path) -> Municipality:
    made = Municipality(postgres, Keyring.read(key_file))
    with made.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    return made


def leaves_out(town: Municipality, kind: str, recipient_id: int) -> Callable[[Session], None]:
    """What a delivery writes of somebody who works here no more."""
    (row,) = town.messages(kind=kind, recipient_id=recipient_id)

    def writes(session: Session) -> None:
        skip(session, [row["id"]], INACTIVE, town.clock.now)
        newcomers.pass_on(session, [row["id"]], town.clock.now)

    return writes


def goes_on(town: Municipality, days: int = 2) -> None:
    for _ in range(days):
        town.clock.passes(minutes=1)
        town.delivers()
        town.clock.passes(days=1)
        town.sweeps()
        town.delivers()


def test_whoever_is_handed_the_case_is_told_when_a_delivery_gives_up_its_coordinator_meanwhile(
    town: Municipality,
) -> None:
    olena = admitted(town)
    with town.database.write() as session:
        remove_staff(session, VIBY)
    one_after_the_other(
        town, leaves_out(town, "admit", 1), lambda s: assign(s, olena.reference, OTHER, None, town.signed(OTHER))
    )
    goes_on(town)
    told = [subject for subject in Inbox(town.postbox, OTHER).reads_subjects() if "begyndt" in subject]
    assert told == [f"{olena.reference}: Danskforløbet er begyndt"]


def test_a_new_manager_is_told_when_a_delivery_gives_up_the_one_before_meanwhile(town: Municipality) -> None:
    olena = town.enrols()
    town.delivers()
    olena.drops_out()
    with town.database.write() as session:
        remove_staff(session, VIBY_MANAGER)

    def comes(session: Session) -> None:
        add_staff(session, DEPUTY, "Vice Viby", "manager", [VIBY_AREA])
        newcomers.tell_what_waits(session, DEPUTY, town.clock.now)

    one_after_the_other(town, leaves_out(town, "dropped_out", 3), comes)
    goes_on(town)
    (told,) = Inbox(town.postbox, DEPUTY).reads_messages()
    assert olena.reference in told.text


def admitted(town: Municipality) -> Candidate:
    """Of which her coordinator has still to be told, after one of somebody else."""
    other, olena = town.enrols(coordinator=SYD, area=SYD_AREA), town.enrols()
    town.delivers()
    for one in (other, olena):
        one.records("interest_confirmed")
        one.moves("admit")
    return olena


def is_told(town: Municipality, meanwhile: Callable[[], None]) -> None:
    """That it began, once."""
    box = MeanwhilePostbox(meanwhile=meanwhile)
    town.delivers(box)
    town.postbox.envelopes += box.envelopes
    goes_on(town)
    told = [subject for subject in Inbox(town.postbox, VIBY).reads_subjects() if "begyndt" in subject]
    assert told == ["IM-0002: Danskforløbet er begyndt"]


def test_whoever_is_handed_a_case_back_is_told_when_a_delivery_has_read_that_it_was_anothers(
    either_town: Municipality,
) -> None:
    olena = admitted(either_town)
    olena.is_assigned(SYD, SYD_AREA)
    is_told(either_town, lambda: olena.is_assigned(VIBY, VIBY_AREA))


def test_whoever_is_taken_in_again_is_told_when_a_delivery_has_read_that_they_were_taken_out(
    either_town: Municipality,
) -> None:
    admitted(either_town)
    with either_town.database.write() as session:
        remove_staff(session, VIBY)

    def comes_back() -> None:
        with either_town.database.write() as session:
            add_staff(session, VIBY, "Karen Viby", "coordinator", [VIBY_AREA])
            newcomers.tell_what_waits(session, VIBY, either_town.clock.now)

    is_told(either_town, comes_back)


def test_it_is_left_out_once_when_its_coordinator_does_other_work_by_now(either_town: Municipality) -> None:
    """An administrator sees no cases: nobody can be told, until the case is handed over."""
    either_town.enrols()
    with either_town.database.write() as session:
        put_staff(session, VIBY, "Karen Viby", Role.ADMINISTRATOR, ())
    either_town.delivers()
    (left,) = either_town.messages()
    goes_on(either_town)
    assert either_town.messages(kind="enrolled") == [left]
    assert (left["state"], left["reason"]) == ("skipped", "left_audience")
