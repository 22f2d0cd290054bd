"""One message, also where the day on which it is told is the day of a rung itself: of what was missed it speaks too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.municipality import VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.listed import Listed, person
from tests.support import MONDAY

#: Since the start of a case in the stage that it begins in: when its deadline nears, is today, is over, and goes up.
BEFORE, ON, AFTER, UP = 11, 14, 15, 21


def delivers_for_an_hour(town: Municipality) -> None:
    for _ in range(4):
        town.delivers()
        town.clock.passes(minutes=15)


@pytest.mark.parametrize(
    ("ends_on", "subject"),
    [(ON, "Siden sidst: 6 frister"), (AFTER, "Siden sidst: 6 frister"), (UP, "Siden sidst: 6 haster")],
)
def test_one_message_tells_it_when_a_stop_ends_on_the_day_of_a_rung(
    either_town: Municipality, ends_on: int, subject: str
) -> None:
    karen, mette = Inbox(either_town.postbox, VIBY), Inbox(either_town.postbox, VIBY_MANAGER)
    for _ in range(6):
        either_town.enrols()
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.moves_to(MONDAY + timedelta(days=ends_on))
    either_town.sweeps()
    delivers_for_an_hour(either_town)
    (told,) = karen.reads_messages()
    assert told.subject == subject
    assert "Udsendelsen har stået stille" in told.text
    assert mette.reads_subjects() == ([subject] if ends_on == UP else [])


def test_each_is_told_by_itself_when_nothing_was_missed(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(2):
        either_town.enrols()
    either_town.delivers()
    for days in (BEFORE, ON, AFTER, UP):
        either_town.clock.moves_to(MONDAY + timedelta(days=days))
        karen.reads_messages()
        either_town.sweeps()
        either_town.delivers()
        assert len(karen.reads_messages()) == 2


@pytest.mark.parametrize("days", [BEFORE, ON, AFTER, UP])
def test_one_message_tells_of_a_list_when_it_is_read_in_on_the_day_of_a_rung(
    either_town: Municipality, listed: Listed, days: int
) -> None:
    karen, mette = Inbox(either_town.postbox, VIBY), Inbox(either_town.postbox, VIBY_MANAGER)
    either_town.clock.moves_to(MONDAY + timedelta(days=days))
    either_town.imports(listed(*(person(number, startdato=f"{MONDAY:%d-%m-%Y}") for number in range(2, 9))))
    delivers_for_an_hour(either_town)
    either_town.sweeps()
    delivers_for_an_hour(either_town)
    (told,) = karen.reads_messages()
    assert told.subject.startswith("Nyt i systemet: 4 ")
    assert told.subject.endswith(", 1 til dig")
    assert mette.reads_subjects() == (["Nyt i systemet: 4 haster"] if days == UP else [])


def test_one_message_says_so_when_reminders_come_again(either_town: Municipality) -> None:
    karen, mette = Inbox(either_town.postbox, VIBY), Inbox(either_town.postbox, VIBY_MANAGER)
    found = [either_town.enrols() for _ in range(2)]
    either_town.clock.passes(days=5)
    for candidate in found:
        candidate.is_handled_elsewhere()
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.moves_to(MONDAY + timedelta(days=29))
    for candidate in found:
        candidate.is_reminded_again()
    either_town.clock.passes(minutes=20)
    either_town.sweeps()
    delivers_for_an_hour(either_town)
    for inbox in (karen, mette):
        (told,) = inbox.reads_messages()
        assert told.subject == "Der rykkes igen: 2 haster"
        assert "Der rykkes igen for noget" in told.text
        assert "bagud i tid" not in told.text
