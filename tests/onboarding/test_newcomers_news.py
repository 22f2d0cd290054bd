"""What moved and ended is told to whoever manages the area by then, or comes to, and never a second time."""

from __future__ import annotations

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.channels.destination import Destination
from onboarding import trial
from onboarding.deliver import deliver
from tests.municipality import (
    SYD,
    SYD_AREA,
    SYD_MANAGER,
    VIBY_AREA,
    VIBY_MANAGER,
    Inbox,
    Municipality,
)
from tests.onboarding.test_newcomers import NEW, puts, removes
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone
from tests.support import Postbox


def test_a_manager_who_comes_later_is_told_nothing_of_what_ended_and_was_undone_meanwhile(
    either_town: Municipality,
) -> None:
    removes(either_town, VIBY_MANAGER)
    olena = either_town.enrols()
    olena.moves("reject")
    either_town.delivers()
    olena.undoes()
    either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    two_mornings(either_town)
    assert either_town.postbox.to(NEW) == []


def test_a_manager_who_comes_later_is_told_that_an_ending_was_undone_of_which_the_one_before_was_told(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols()
    olena.moves("reject")
    two_mornings(either_town)
    removes(either_town, VIBY_MANAGER)
    olena.undoes()
    either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    two_mornings(either_town)
    assert Inbox(either_town.postbox, NEW).reads_subjects() == ["IM-0001: Overgangen er fortrudt"]


@pytest.mark.parametrize("is_taken_out", [True, False])
def test_whoever_takes_an_area_over_is_told_what_moved_and_waits_and_whoever_had_it_is_not(
    either_town: Municipality, is_taken_out: bool
) -> None:
    gone, moved = either_town.enrols(), either_town.enrols()
    gone.moves("reject")
    moved.records("interest_confirmed")
    moved.moves("admit")
    either_town.delivers()
    if is_taken_out:
        removes(either_town, VIBY_MANAGER)
    else:
        puts(either_town, VIBY_MANAGER, SYD_AREA)
    puts(either_town, NEW, VIBY_AREA)
    two_mornings(either_town)
    assert either_town.postbox.to(VIBY_MANAGER) == []
    (told,) = either_town.postbox.to(NEW)
    assert told.subject == "1 afsluttet, 1 flyttet eller ændret"
    assert "Danskforløbet er begyndt. 7. september 2026" in told.text  # and not the day on which it was passed on


def test_the_manager_of_the_new_area_is_told_what_moved_and_waits_and_the_one_before_is_not(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    either_town.delivers()
    olena.is_assigned(SYD, SYD_AREA)
    two_mornings(either_town)
    assert [len(either_town.postbox.to(email)) for email in (VIBY_MANAGER, SYD_MANAGER)] == [0, 1]


def test_a_manager_who_comes_later_is_told_what_ended_while_the_area_had_none(either_town: Municipality) -> None:
    either_town.enrols().moves("reject")
    either_town.delivers()
    removes(either_town, VIBY_MANAGER)
    either_town.clock.passes(days=1)
    either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    for _ in range(3):
        either_town.clock.passes(days=1)
        either_town.delivers()
    assert Inbox(either_town.postbox, NEW).reads_subjects() == ["IM-0001: Ikke optaget"]


def test_a_manager_who_comes_later_is_told_what_was_to_go_by_mail_when_a_text_message_was_given_up(
    either_town: Municipality,
) -> None:
    sms = Postbox("sms")
    has_a_phone(either_town, VIBY_MANAGER)
    chooses(either_town, VIBY_MANAGER, Topic.ENDINGS, Pace.DIGEST, MAIL, "sms")
    either_town.enrols().moves("reject")
    deliver(either_town.database, by_both(either_town, sms))
    chooses(either_town, VIBY_MANAGER, Topic.ENDINGS, Pace.DIGEST, MAIL)
    deliver(either_town.database, by_both(either_town, sms))
    removes(either_town, VIBY_MANAGER)
    either_town.clock.passes(days=1)
    deliver(either_town.database, by_both(either_town, sms))
    puts(either_town, NEW, VIBY_AREA)
    for _ in range(3):
        either_town.clock.passes(days=1)
        deliver(either_town.database, by_both(either_town, sms))
    assert Inbox(either_town.postbox, NEW).reads_subjects() == ["IM-0001: Ikke optaget"]


def test_a_manager_who_comes_after_trial_mode_is_told_nothing_of_what_ended_in_it(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    either_town.enrols().moves("reject")
    either_town.delivers(destination=Destination.WORLD)
    with either_town.database.write() as session:
        trial.turn(session, on=False, by="cli:test", at=either_town.clock.now)
    puts(either_town, NEW, VIBY_AREA)
    for _ in range(3):
        either_town.clock.passes(days=1)
        either_town.delivers(destination=Destination.WORLD)
    assert either_town.postbox.to(NEW) == []


def test_a_manager_beside_them_is_told_nothing_of_what_moved_before_they_came(either_town: Municipality) -> None:
    either_town.enrols().moves("reject")
    either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    two_mornings(either_town)
    assert [len(either_town.postbox.to(email)) for email in (VIBY_MANAGER, NEW)] == [1, 0]


def two_mornings(town: Municipality) -> None:
    """On which digests go, and what is passed on then."""
    for _ in range(2):
        town.clock.passes(days=1)
        for _ in range(2):
            town.delivers()
