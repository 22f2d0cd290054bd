"""A transfer that is taken back: the enrolment that it began ends as a mistake, and only if nothing happened there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.refusal import Refused
from models.message import MAIL
from onboarding.outbox import take
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.onboarding.test_undo import in_danish_course
from tests.onboarding.test_undo_import import figured
from tests.support import assert_folds


def test_a_transfer_is_undone_when_nothing_has_happened_in_the_new_enrolment(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    new = olena.transfers("ped_assistant_track")
    answer = olena.undoes()
    assert (answer["stage"], answer["status"]) == ("danish_course", "open")
    assert new.happened() == [("enrol", None, "selection"), ("undo", "selection", "mistaken")]
    assert (new.status, olena.shown()["next"]) == ("ended", None)
    assert_folds(either_town.database)


def test_it_is_as_if_nobody_had_come_there_when_a_transfer_is_undone(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    either_town.enrols("Bogdan Popescu", "ped_assistant_track")
    before = figured(either_town, "ped_assistant_track")
    olena.transfers("ped_assistant_track")
    assert figured(either_town, "ped_assistant_track") != before
    olena.undoes()
    assert figured(either_town, "ped_assistant_track") == before
    # The candidate comes there after all: in an enrolment of its own, which can be taken back too.
    either_town.clock.passes(weeks=1)
    again = olena.transfers("ped_assistant_track")
    assert (again.status, olena.shown()["next"]) == ("open", again.reference)
    olena.undoes()
    assert (again.stage, olena.stage) == ("mistaken", "danish_course")


def test_what_waits_about_it_is_not_sent_when_the_transfer_that_began_it_is_undone(either_town: Municipality) -> None:
    town = either_town
    olena = in_danish_course(town)
    there = olena.transfers("ped_assistant_track")
    town.clock.passes(weeks=5)
    town.sweeps()  # a reminder is not something that happened
    waiting = there.told()
    assert len(waiting) > 1
    olena.undoes()
    assert there.told() == waiting
    assert {(m["state"], m["reason"]) for m in there.shown()["messages"]} == {("skipped", "transfer_undone")}
    assert olena.told("undone") == [("undone", VIBY), ("undone", VIBY_MANAGER)]


def test_the_coordinator_is_told_of_it_when_they_had_heard_that_a_transfer_began_it(
    either_town: Municipality,
) -> None:
    town = either_town
    olena = in_danish_course(town)
    there = olena.transfers("ped_assistant_track")
    town.delivers()
    olena.undoes()
    assert there.told() == [("enrolled", VIBY), ("annulled", VIBY)]
    town.delivers()
    (letter,) = [one for one in town.postbox.to(VIBY) if one.subject == f"{there.reference}: Forløbet er taget tilbage"]
    assert "oprettet ved en fejl, i trinnet »Udvælgelse«, og er taget tilbage" in letter.text


def test_the_coordinator_is_told_of_both_when_the_first_word_is_on_its_way(town: Municipality) -> None:
    olena = in_danish_course(town)
    there = olena.transfers("ped_assistant_track")
    town.sorts()
    with town.database.write() as session:
        take(session, "somebody", MAIL, town.clock.now, 10)
    olena.undoes()
    assert [(m["kind"], m["state"]) for m in there.shown()["messages"]] == [
        ("enrolled", "queued"),
        ("annulled", "queued"),
    ]


def test_an_enrolment_stays_ended_when_the_one_that_it_came_from_is_open_again(either_town: Municipality) -> None:
    olena = in_danish_course(either_town)
    there = olena.transfers("ped_assistant_track")
    olena.undoes()
    with pytest.raises(Refused, match="Indskrevet ved en fejl"):
        there.undoes()
    again = olena.transfers("ped_assistant_track")
    with pytest.raises(Refused, match="Indskrevet ved en fejl"):
        there.undoes()
    assert (there.status, again.status) == ("ended", "open")
    assert_folds(either_town.database)


def records_and_withdraws(candidate: Candidate) -> None:
    candidate.records("contract_signed")
    candidate.withdraws("contract_signed")


@pytest.mark.parametrize(
    "happens",
    [
        lambda there: there.moves("select"),
        lambda there: there.records("contract_signed"),
        records_and_withdraws,
        lambda there: there.is_assigned(SYD, SYD_AREA),
    ],
    ids=["moved", "recorded", "recorded and withdrawn", "handed over"],
)
def test_undoing_a_transfer_is_refused_when_something_has_happened_in_the_new_enrolment(
    either_town: Municipality, happens: Callable[[Candidate], object]
) -> None:
    olena = in_danish_course(either_town)
    new = olena.transfers("ped_assistant_track")
    happens(new)
    with pytest.raises(Refused, match="i et andet forløb"):
        olena.undoes()
    new.drops_out()
    assert olena.undoes()["stage"] == "danish_course"
    assert new.stage == "dropped_out"
    assert_folds(either_town.database)


def test_a_transfer_is_not_taken_back_when_its_person_has_come_back_beside_it(either_town: Municipality) -> None:
    """Two are under way then: the one that the transfer began, and a new attempt in the old pathway."""
    olena = either_town.enrols()
    there = olena.transfers("ped_assistant_track")
    either_town.clock.passes(weeks=1)
    again = either_town.enrols(cpr=olena.applicant.cpr)
    with pytest.raises(Refused, match="i et andet forløb"):
        olena.undoes()
    assert (olena.status, there.status, again.status) == ("ended", "open", "open")


def test_a_new_attempt_is_no_mistake_when_the_transfer_of_the_one_before_is_taken_back(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols()
    olena.transfers("ped_assistant_track").drops_out()
    either_town.clock.passes(weeks=1)
    again = either_town.enrols(cpr=olena.applicant.cpr)
    with pytest.raises(Refused, match="i et andet forløb"):
        olena.undoes()
    assert (olena.status, again.status) == ("ended", "open")
