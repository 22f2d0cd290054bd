"""After a stop of days everybody gets one message, whatever was missed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.preferences import choose_times
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.endings import ends
from tests.onboarding.listed import Listed, person
from tests.support import MONDAY, AwayPostbox

MONDAYS_DIGEST = 1


def test_one_message_tells_it_all_when_nothing_was_sent_for_days(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(4):
        either_town.enrols()
        either_town.clock.passes(days=1)
    late = either_town.enrols()
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert caught_up.subject == "Siden sidst: 5 flyttede eller ændrede"
    assert late.reference in caught_up.text
    assert "Udsendelsen har stået stille" in caught_up.text


def test_missed_reminders_are_one_message_when_no_sweep_ran_for_days(either_town: Municipality) -> None:
    """Each candidate's deadline passed on another day; nobody gets one message for each."""
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(6):
        either_town.enrols()
        either_town.clock.passes(days=1)
        either_town.delivers()
    karen.reads_messages()
    either_town.clock.moves_to(MONDAY + timedelta(days=40))
    either_town.sweeps()
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert caught_up.subject == "Siden sidst: 6 haster"
    assert "IM-0001: Eskalering: 26 dage over tid" in caught_up.text
    assert caught_up.text.index("IM-0001") < caught_up.text.index("IM-0006")  # the latest first


def waits_to_be_moved(town: Municipality, count: int) -> list[str]:
    """So many have all that a step of its own asks for but the time; gives their references."""
    candidates = [town.enrols() for _ in range(count)]
    for candidate in candidates:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
        candidate.records("danish_course_passed")
    return [candidate.reference for candidate in candidates]


def test_missed_moves_are_one_message_when_no_sweep_ran_for_days(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    references = waits_to_be_moved(either_town, 12)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=12, days=10)
    assert either_town.sweeps().moved == 12
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert "Udsendelsen har stået stille" in caught_up.text
    assert caught_up.subject == "Siden sidst: 12 flyttede eller ændrede"
    assert all(reference in caught_up.text for reference in references)


def test_missed_reminders_of_two_tracks_are_one_message_when_they_are_swept_one_after_the_other(
    either_town: Municipality,
) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    tracks = ("immigrant_track", "ped_assistant_track")
    for track in tracks:
        for _ in range(2):
            either_town.enrols(pathway=track)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=5)
    for track in tracks:
        either_town.sweeps(pathway=track)
        either_town.delivers()
        either_town.clock.passes(minutes=1)
    assert karen.reads_subjects() == ["Siden sidst: 4 haster"]


def test_nobody_waits_for_long_when_a_track_is_not_swept_at_all(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for track in ("immigrant_track", "ped_assistant_track"):
        either_town.enrols(pathway=track)
        either_town.enrols(pathway=track)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=5)
    either_town.sweeps(pathway="immigrant_track")
    for _ in range(12):
        either_town.delivers()
        either_town.clock.passes(minutes=1)
    assert karen.reads_subjects() == ["Siden sidst: 2 haster"]


@pytest.mark.parametrize("at", ["06:30", "07:30", "11:00"])
def test_a_catch_up_and_the_digest_of_that_day_are_one_message_when_a_sweep_was_late(
    either_town: Municipality, mette: Inbox, at: str
) -> None:
    """Escalations, which a manager has at once, and what ended, which is gathered; neither is told again that day."""
    with either_town.database.write() as session:
        choose_times(session, VIBY_MANAGER, hours="07:00-17:00", digest_days=None, digest_at=at)
    late = [either_town.enrols() for _ in range(3)]
    either_town.delivers()
    either_town.clock.moves_to(MONDAY + timedelta(days=35))
    references = ends(either_town, 2)
    either_town.clock.passes(hours=20)  # six in the morning of Tuesday, by Danish time
    either_town.sweeps()
    for _ in range(40):
        either_town.delivers()
        either_town.clock.passes(minutes=15)
    (caught_up,) = mette.reads_messages()
    assert caught_up.subject == "Siden sidst: 3 haster, 2 afsluttede"
    assert all(reference in caught_up.text for reference in [*references, *(one.reference for one in late)])


def test_one_digest_is_sent_when_the_server_was_away_for_days(either_town: Municipality, mette: Inbox) -> None:
    """Each morning there was one to write, and nobody to take it."""
    away, references = AwayPostbox(), list[str]()
    for _ in range(4):
        references += ends(either_town, 2)
        either_town.delivers(away)
        either_town.clock.passes(days=1)
    either_town.delivers(away)
    either_town.delivers()
    either_town.clock.passes(hours=5)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "Siden sidst: 8 afsluttede"
    assert all(f"/sag/{reference}" in digest.text for reference in references)


def test_one_digest_is_sent_when_another_is_due_later_on_the_day_on_which_the_server_is_back(
    either_town: Municipality, mette: Inbox
) -> None:
    away = AwayPostbox()
    references = ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers(away)
    references += ends(either_town, 2)
    either_town.clock.passes(days=1, hours=-3)  # some minutes before the digest of that day is due
    either_town.delivers()
    either_town.clock.passes(hours=5)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert all(f"/sag/{reference}" in digest.text for reference in references)


def test_a_reminder_is_sent_by_itself_when_it_is_the_only_late_one(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers()
    assert karen.reads_subjects()[-1] == f"{olena.reference}: Eskalering: 14 dage over tid"


def test_no_stop_is_told_of_when_old_cases_were_enrolled_late(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(4):
        either_town.enrols(starts_on=MONDAY - timedelta(days=60))
    either_town.delivers()
    karen.reads_messages()
    either_town.sweeps()
    either_town.delivers()
    (gathered,) = karen.reads_messages()
    assert gathered.subject == "Nyt i systemet: 4 haster"
    assert "Forløb er oprettet eller rettet bagud i tid" in gathered.text
    for part in (gathered.text, gathered.html):
        assert "så du får det hele i én besked. Den slags beskeder kan ikke fravælges." in part
        assert "vælger du selv" not in part, "there is nothing to choose"
    assert "stået stille" not in gathered.text + gathered.html


def delivers_and_sweeps(town: Municipality) -> None:
    """For an hour and a half, a delivery before each sweep."""
    for _ in range(3):
        town.delivers()
        town.clock.passes(minutes=30)
        town.sweeps()


def test_one_message_tells_of_a_list_of_old_cases_when_it_is_sent_before_the_next_sweep(
    either_town: Municipality, mette: Inbox, listed: Listed
) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    either_town.imports(listed(*(person(number, startdato="01-06-2026") for number in range(8))))
    delivers_and_sweeps(either_town)
    (told,) = karen.reads_messages()
    assert told.subject == "Nyt i systemet: 4 haster, 1 til dig"
    assert "4 nye forløb" in told.text
    assert mette.reads_subjects() == ["Nyt i systemet: 4 haster"]


def test_one_message_tells_of_late_cases_that_a_list_hands_over_when_it_is_sent_before_the_next_sweep(
    either_town: Municipality, listed: Listed
) -> None:
    lars = Inbox(either_town.postbox, SYD)
    either_town.imports(listed(person(0), person(2)))
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.clock.passes(minutes=30)
    given = {"værtsområde": SYD_AREA, "koordinator": SYD}
    either_town.imports(listed(person(0, **given), person(2, **given)))
    delivers_and_sweeps(either_town)
    assert lars.reads_subjects() == ["Overtaget: 2 haster, 1 til dig"]


def test_what_waits_for_ones_hours_is_in_the_digest_that_comes_before_them_after_a_day_without_any(
    either_town: Municipality, mette: Inbox
) -> None:
    with either_town.database.write() as session:
        choose_times(session, VIBY_MANAGER, hours="12:00-13:00", digest_days=None, digest_at="07:30")
    late = [either_town.enrols() for _ in range(2)]
    either_town.delivers()
    either_town.clock.moves_to(MONDAY + timedelta(days=21))  # the day of the escalations, at ten by Danish time
    ends(either_town, 2)
    either_town.sweeps()
    either_town.clock.passes(hours=20)
    for _ in range(60):
        either_town.delivers()
        either_town.clock.passes(minutes=7)
    (told,) = mette.reads_messages()
    assert told.subject == "Siden sidst: 2 haster, 2 afsluttede"
    assert all(one.reference in told.text for one in late)


@pytest.mark.parametrize(("open_for", "days", "stood_still"), [(1, 3, False), (60, 3, True), (1, 4, True)])
def test_a_stop_is_told_of_when_their_hours_were_not_over_before_a_delivery_could_come_or_have_begun_again_since(
    either_town: Municipality, open_for: int, days: int, stood_still: bool
) -> None:
    """Written on a Friday so many minutes before their hours are over; no delivery comes until they are, nor before
    they begin on the Monday, or on the Tuesday.
    """
    karen = Inbox(either_town.postbox, VIBY)
    either_town.clock.moves_to(MONDAY + timedelta(days=4))  # at ten
    closes = f"{10 + open_for // 60}:{open_for % 60:02}"
    with either_town.database.write() as session:
        choose_times(session, VIBY, hours=f"07:00-{closes}", digest_days=None, digest_at=None)
    for _ in range(2):
        either_town.enrols()
    either_town.sorts()
    either_town.clock.passes(hours=2)
    either_town.delivers()
    assert karen.reads_messages() == []
    either_town.clock.passes(days=days, hours=-5)
    either_town.delivers()
    (told,) = karen.reads_messages()
    assert ("stået stille" in told.text, "gik i stå" in told.text) == (stood_still, stood_still)
    assert ("uden for de tider" in told.text) != stood_still
    assert "bagud i tid" not in told.text


def test_one_message_tells_of_a_list_when_one_of_its_cases_is_old(either_town: Municipality, listed: Listed) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    either_town.imports(listed(person(0, startdato="01-06-2026"), *(person(number) for number in range(2, 8))))
    delivers_and_sweeps(either_town)
    (told,) = karen.reads_messages()
    assert told.subject == "Nyt i systemet: 1 haster, 1 til dig"
