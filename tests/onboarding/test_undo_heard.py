"""Whoever heard of what is undone hears of that too, also when somebody else has the case or the area by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from notifications.because import ONLY_HEARD
from notifications.channels.envelope import Answer, Envelope
from onboarding.newcomers import tell_what_waits
from onboarding.staffing import add_staff, remove_staff
from onboarding.undo_import import undo_import
from tests.municipality import (
    OFFICER,
    SYD,
    SYD_AREA,
    VIBY,
    VIBY_AREA,
    VIBY_MANAGER,
    Candidate,
    Municipality,
)
from tests.onboarding.absent import OTHER
from tests.onboarding.listed import list_of_one
from tests.onboarding.test_undone_before_told import BEGUN, UNDONE, admitted, hours_go_by, subjects
from tests.support import Postbox, SilentPostbox

NEW = "ny.leder@example.org"


def known_to_have_ended(town: Municipality) -> Candidate:
    """Everybody who is to hear of it has."""
    olena = town.enrols()
    olena.drops_out()
    delivers_in_the_morning(town)
    assert {mail.recipient for mail in town.postbox.envelopes} == {VIBY, VIBY_MANAGER}
    town.postbox.envelopes.clear()
    return olena


def delivers_in_the_morning(town: Municipality) -> None:
    town.clock.passes(days=1)
    for _ in range(3):
        town.delivers()


def is_followed_by(town: Municipality, new: str) -> None:
    """Another manages the area, and who did manages another."""
    with town.database.write() as session:
        add_staff(session, VIBY_MANAGER, "Mette Leder", "manager", [SYD_AREA])
        add_staff(session, new, "Ny Leder", "manager", [VIBY_AREA])


def test_a_manager_who_heard_of_an_ending_hears_that_it_was_undone_when_another_has_the_area(
    either_town: Municipality,
) -> None:
    olena = known_to_have_ended(either_town)
    is_followed_by(either_town, NEW)
    olena.undoes()
    delivers_in_the_morning(either_town)
    (told,) = either_town.postbox.to(VIBY_MANAGER)
    assert told.subject == f"{olena.reference}: Overgangen er fortrudt"
    assert ONLY_HEARD in told.text
    assert [ONLY_HEARD in mail.text for who in (VIBY, NEW) for mail in either_town.postbox.to(who)] == [False, False]


def test_a_coordinator_who_heard_of_a_move_hears_that_it_was_undone_when_the_case_was_handed_over(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    delivers_in_the_morning(either_town)
    olena.is_assigned(SYD, SYD_AREA)
    olena.undoes()
    either_town.postbox.envelopes.clear()
    delivers_in_the_morning(either_town)
    told = {mail.recipient: mail.text for mail in either_town.postbox.envelopes if "fortrudt" in mail.text}
    assert {VIBY, SYD, OFFICER, VIBY_MANAGER} <= set(told)
    assert {who for who, text in told.items() if ONLY_HEARD in text} == {VIBY, VIBY_MANAGER}


@pytest.mark.parametrize("heard", [True, False])
def test_an_undo_that_waits_goes_to_whoever_heard_of_the_move_when_the_case_is_handed_over(
    either_town: Municipality, heard: bool
) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    olena.records("interest_confirmed")
    olena.moves("admit")
    if heard:
        either_town.delivers()
    olena.undoes()
    olena.is_assigned(SYD, SYD_AREA)
    either_town.postbox.envelopes.clear()
    delivers_in_the_morning(either_town)
    told = [[mail.subject for mail in either_town.postbox.to(who) if "fortrudt" in mail.text] for who in (VIBY, SYD)]
    assert [bool(subjects) for subjects in told] == [heard, not heard]


@dataclass(slots=True)
class Meanwhile(Postbox):
    """Something happens while the first message to her is on its way."""

    happens: Callable[[], None] | None = None

    def send(self, envelope: Envelope) -> Answer:
        if envelope.recipient == VIBY and self.happens is not None:
            happens, self.happens = self.happens, None
            happens()
        return Postbox.send(self, envelope)


def test_whoever_is_being_told_of_a_move_while_it_is_undone_hears_of_the_undo(either_town: Municipality) -> None:
    olena = admitted(either_town)

    def happens() -> None:
        olena.is_assigned(SYD, SYD_AREA)
        olena.undoes()

    postbox = Meanwhile(happens=happens)
    for _ in range(4):
        either_town.delivers(postbox)
        either_town.clock.passes(hours=1)
    assert [mail.subject for mail in postbox.to(VIBY)] == [BEGUN, UNDONE]


def test_whoever_may_have_heard_of_a_move_hears_of_the_undo(either_town: Municipality) -> None:
    olena = admitted(either_town)
    silent = SilentPostbox()
    either_town.delivers(silent)
    assert BEGUN in [mail.subject for mail in silent.taken if mail.recipient == VIBY]
    olena.is_assigned(SYD, SYD_AREA)
    olena.undoes()
    hours_go_by(either_town)
    assert subjects(either_town, VIBY) == [UNDONE]


def test_whoever_may_have_heard_of_a_list_hears_that_it_was_taken_back(
    either_town: Municipality, tmp_path: Path
) -> None:
    new = either_town.applicant()
    made, silent = either_town.imports(list_of_one(tmp_path, new)), SilentPostbox()
    either_town.delivers(silent)
    with either_town.database.write() as session:
        undo_import(session, made["import"], either_town.signed())
    hours_go_by(either_town)
    assert [mail.subject for mail in silent.taken] == ["1 nyt forløb"]
    assert len(either_town.postbox.to(VIBY)) == 1


def test_whoever_was_taken_out_since_hears_nothing(either_town: Municipality) -> None:
    olena = known_to_have_ended(either_town)
    with either_town.database.write() as session:
        remove_staff(session, VIBY_MANAGER)
        add_staff(session, NEW, "Ny Leder", "manager", [VIBY_AREA])
    olena.undoes()
    assert {who for _, who in olena.told("undone")} == {VIBY, NEW}


def test_whoever_was_told_nothing_of_a_move_hears_nothing_of_its_undo(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    olena.drops_out()
    is_followed_by(either_town, NEW)  # what waits for the digest of the one before goes to the next
    olena.undoes()
    delivers_in_the_morning(either_town)
    assert [mail.subject for mail in either_town.postbox.to(VIBY_MANAGER)] == []


def test_the_coordinator_who_comes_back_is_told_when_only_the_one_before_heard_that_it_was_undone(
    office: Municipality,
) -> None:
    olena = admitted(office)
    hours_go_by(office)
    olena.is_assigned(OTHER, VIBY_AREA)
    hours_go_by(office)
    with office.database.write() as session:
        remove_staff(session, OTHER)
    olena.undoes()
    hours_go_by(office)
    assert subjects(office, VIBY)[-1] == UNDONE
    with office.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
        tell_what_waits(session, OTHER, office.clock.now)
    hours_go_by(office)
    assert subjects(office, OTHER)[-1] == UNDONE


def test_whoever_heard_of_a_later_move_that_was_undone_is_not_told_of_an_earlier_one_when_the_case_is_gone(
    either_town: Municipality,
) -> None:
    with either_town.database.write() as session:
        remove_staff(session, VIBY_MANAGER)
    olena = admitted(either_town)
    delivers_in_the_morning(either_town)
    with either_town.database.write() as session:
        add_staff(session, NEW, "Ny Leder", "manager", [VIBY_AREA])
    olena.drops_out()
    delivers_in_the_morning(either_town)
    olena.undoes()
    delivers_in_the_morning(either_town)
    assert len(either_town.postbox.to(NEW)) == 2, "that she dropped out, and that it was undone"
    olena.undoes()
    olena.is_assigned(SYD, SYD_AREA)
    delivers_in_the_morning(either_town)
    assert len(either_town.postbox.to(NEW)) == 2
