"""What could not go at once is told once, to whoever wants it then, within their hours: whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from onboarding.absences import be_away
from onboarding.deliver import deliver
from onboarding.staffing import add_staff
from tests.municipality import VIBY, VIBY_AREA, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.test_gathering import ends
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone, times
from tests.support import MONDAY, AwayPostbox, Postbox, RefusingPostbox, SilentPostbox

IDA = "ida.viby@example.org"


def at(town: Municipality, hour: int, days: int = 0) -> None:
    """So late in the day, by UTC: two hours behind Danish time in September."""
    day = town.clock.today + timedelta(days=days)
    town.clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=town.clock.now.tzinfo)


def test_what_was_alone_in_its_digest_is_sent_when_it_was_refused_once(either_town: Municipality) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    ends(either_town, 1)
    either_town.delivers()
    either_town.clock.passes(days=1)
    either_town.delivers(RefusingPostbox())
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    assert mette.reads_subjects() == ["IM-0001: Ikke optaget"]


def test_a_digest_is_tried_again_soon_when_it_was_refused_once(either_town: Municipality) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    times(either_town, VIBY_MANAGER, None, "2", "07:30")
    ends(either_town, 2)
    either_town.delivers()
    either_town.clock.passes(days=1)
    either_town.delivers(RefusingPostbox())
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    assert mette.reads_subjects() == ["2 afsluttede"]


def test_what_may_have_come_is_not_gathered_when_a_digest_is_chosen_meanwhile(either_town: Municipality) -> None:
    silent = SilentPostbox()
    either_town.enrols()
    either_town.delivers(silent)
    chooses(either_town, VIBY, Topic.MOVES, Pace.DIGEST)
    either_town.clock.passes(hours=2)
    either_town.delivers()
    assert [one.message_id for one in either_town.postbox.envelopes] == [one.message_id for one in silent.taken]


def test_nobody_is_disturbed_in_the_evening_when_a_channel_comes_back_then(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    times(either_town, VIBY, "07:00-17:00")
    for _ in range(5):
        either_town.enrols()
    either_town.delivers(AwayPostbox())
    at(either_town, 20)
    either_town.delivers()
    assert karen.reads_messages() == []
    at(either_town, 6, days=1)
    either_town.delivers()
    assert karen.reads_messages() != []


def test_a_digest_that_was_missed_waits_for_the_morning_when_it_could_go_at_night(either_town: Municipality) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    times(either_town, VIBY_MANAGER, "07:00-17:00", "2", "07:30")
    ends(either_town, 2)
    either_town.delivers()
    at(either_town, 20, days=1)
    either_town.delivers()
    assert mette.reads_messages() == []
    at(either_town, 6, days=1)
    either_town.delivers()
    assert mette.reads_subjects() == ["2 afsluttede"]


def test_a_digest_comes_at_its_time_when_that_is_outside_the_hours(either_town: Municipality) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    times(either_town, VIBY_MANAGER, "07:00-17:00", "6", "20:00")
    ends(either_town, 2)
    either_town.delivers()
    at(either_town, 18, days=5)
    either_town.delivers()
    assert mette.reads_subjects() == ["2 afsluttede"]


def test_what_a_storm_put_off_keeps_to_the_hours_when_the_time_of_digests_is_outside_them(
    either_town: Municipality,
) -> None:
    karen, post = Inbox(either_town.postbox, VIBY), replace(either_town.post(), most_an_hour=2)
    times(either_town, VIBY, "09:15-10:15", "12345", "15:30")
    for _ in range(4):
        either_town.enrols()
    deliver(either_town.database, post)
    assert len(karen.reads_messages()) == 1
    for _ in range(4):
        either_town.enrols()
    deliver(either_town.database, post)
    at(either_town, 14)
    deliver(either_town.database, post)
    assert karen.reads_messages() == []
    at(either_town, 8, days=1)
    deliver(either_town.database, post)
    assert len(karen.reads_messages()) == 1


def test_it_is_told_once_by_each_way_when_the_ways_change_places_meanwhile(either_town: Municipality) -> None:
    sms, away = Postbox("sms"), AwayPostbox("sms")
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms", MAIL)
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, away))
    assert len(either_town.postbox.to(VIBY)) == 1
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, MAIL)
    deliver(either_town.database, by_both(either_town, sms))
    assert (len(either_town.postbox.to(VIBY)), len(sms.envelopes)) == (1, 0)
    assert {row["state"] for row in either_town.messages()} == {"sent", "skipped"}


@pytest.mark.parametrize("pace", [Pace.AT_ONCE, Pace.DIGEST])
def test_it_is_sent_by_a_further_way_too_when_that_becomes_the_only_one_meanwhile(
    either_town: Municipality, pace: Pace
) -> None:
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, MAIL, "sms")
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, AwayPostbox("sms")))
    chooses(either_town, VIBY, Topic.MOVES, pace, "sms")
    sms = Postbox("sms")
    for _ in range(3):
        either_town.clock.passes(days=1)
        deliver(either_town.database, by_both(either_town, sms))
    assert (len(either_town.postbox.to(VIBY)), len(sms.envelopes)) == (1, 1)


def test_a_further_way_has_all_its_tries_when_the_first_one_had_failed_before(either_town: Municipality) -> None:
    has_a_phone(either_town, VIBY)
    either_town.enrols()
    either_town.delivers(RefusingPostbox())
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, MAIL, "sms")
    either_town.clock.passes(minutes=1)
    deliver(either_town.database, by_both(either_town, RefusingPostbox("sms")))
    assert [(row["channel"], row["attempts"]) for row in either_town.messages()] == [(MAIL, 2), ("sms", 1)]


def test_a_stand_in_without_a_phone_gets_mail_when_the_message_was_to_go_to_a_phone(either_town: Municipality) -> None:
    sms = Postbox("sms")
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")
    with either_town.database.write() as session:
        add_staff(session, IDA, "Ida", "coordinator", [VIBY_AREA])
        be_away(session, VIBY, MONDAY, MONDAY, IDA, either_town.signed())
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, sms))
    assert len(either_town.postbox.to(IDA)) == 1
    assert sms.envelopes == []


def test_a_stand_in_is_told_once_when_a_further_way_of_their_colleague_is_one_of_theirs(
    either_town: Municipality,
) -> None:
    deputy, sms = "vice.viby@example.org", Postbox("sms")
    has_a_phone(either_town, VIBY_MANAGER)
    chooses(either_town, VIBY_MANAGER, Topic.ENDINGS, Pace.AT_ONCE, "sms", MAIL)
    with either_town.database.write() as session:
        add_staff(session, deputy, "Vice", "manager", [VIBY_AREA])
        be_away(session, VIBY_MANAGER, MONDAY, MONDAY + timedelta(days=7), deputy, either_town.signed(VIBY_MANAGER))
    has_a_phone(either_town, deputy)
    chooses(either_town, deputy, Topic.ENDINGS, Pace.AT_ONCE)
    ends(either_town, 1)
    deliver(either_town.database, by_both(either_town, sms))
    assert (len(either_town.postbox.to(deputy)), sms.envelopes) == (1, [])


def test_a_stand_in_without_a_phone_gets_one_mail_when_mail_was_the_further_way(either_town: Municipality) -> None:
    sms = Postbox("sms")
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms", MAIL)
    with either_town.database.write() as session:
        add_staff(session, IDA, "Ida", "coordinator", [VIBY_AREA])
        be_away(session, VIBY, MONDAY, MONDAY, IDA, either_town.signed())
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, sms))
    assert (len(either_town.postbox.to(IDA)), sms.envelopes) == (1, [])


def test_it_goes_to_the_phone_when_it_waits_until_a_stand_in_without_one_is_gone(either_town: Municipality) -> None:
    """Once the recipient is back their own choice holds."""
    sms = Postbox("sms")
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")
    times(either_town, VIBY, "05:30-06:30")
    with either_town.database.write() as session:
        add_staff(session, IDA, "Ida", "coordinator", [VIBY_AREA])
        be_away(session, VIBY, MONDAY, MONDAY, IDA, either_town.signed())
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, sms))
    at(either_town, 4, days=1)
    deliver(either_town.database, by_both(either_town, sms))
    assert (len(sms.envelopes), either_town.postbox.envelopes) == (1, [])


def test_what_comes_one_by_one_is_gathered_too_when_it_is_too_much(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    post = replace(either_town.post(), most_an_hour=4)
    for _ in range(40):
        either_town.enrols()
        deliver(either_town.database, post)
        either_town.clock.passes(minutes=1)
    assert len(karen.reads_messages()) <= 6
    either_town.clock.passes(hours=2)
    deliver(either_town.database, post)
    told = [row["state"] for row in either_town.messages(recipient_id=1)]
    assert set(told) == {"sent", "gathered"}


def test_a_reminder_is_gathered_once_more_when_its_first_digest_was_never_sent(either_town: Municipality) -> None:
    """The digest that it was first in is there already."""
    chooses(either_town, VIBY, Topic.DEADLINES, Pace.DIGEST)
    times(either_town, VIBY, None, "1234567", "07:30")
    first, second = either_town.enrols(), either_town.enrols()
    either_town.clock.passes(days=1)
    third = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=10)
    either_town.sweeps()
    either_town.delivers()
    either_town.clock.passes(days=1)
    either_town.delivers(RefusingPostbox())
    first.moves("reject")
    first.undoes()
    either_town.sweeps()
    either_town.clock.passes(days=3)
    either_town.delivers()
    everything = "".join(mail.text for mail in either_town.postbox.to(VIBY))
    assert all(f"{one.reference}: " in everything for one in (first, second, third))
    assert either_town.messages(recipient_id=1, state="queued") == []


def test_a_reminder_that_may_have_come_is_not_told_anew_when_its_case_comes_back(either_town: Municipality) -> None:
    silent = SilentPostbox()
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=11)
    either_town.sweeps()
    either_town.delivers(silent)
    either_town.clock.passes(minutes=1)
    olena.moves("reject")
    olena.undoes()
    either_town.sweeps()
    either_town.clock.passes(hours=3)
    either_town.delivers()
    assert len(silent.taken) == 1
    reminders = [mail for mail in either_town.postbox.to(VIBY) if mail.subject == silent.taken[0].subject]
    assert {mail.message_id for mail in reminders} <= {silent.taken[0].message_id}


@pytest.mark.parametrize("fails", [AwayPostbox, RefusingPostbox])
@pytest.mark.parametrize(("pace", "comes"), [(Pace.NEVER, 0), (Pace.AT_ONCE, 2)])
def test_a_choice_holds_for_what_was_gathered_when_nobody_has_had_it_yet(
    either_town: Municipality, pace: Pace, comes: int, fails: type[Postbox]
) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    ends(either_town, 2)
    either_town.delivers()
    either_town.clock.passes(days=1)
    either_town.delivers(fails())
    chooses(either_town, VIBY_MANAGER, Topic.ENDINGS, pace)
    either_town.clock.passes(hours=1)
    either_town.delivers()
    assert len(mette.reads_messages()) == comes


def test_what_waited_and_what_came_since_are_one_message_when_a_channel_was_out_for_days(
    either_town: Municipality,
) -> None:
    """The digest that was written when it went out reached nobody."""
    for days in (2, 2):
        for _ in range(3):
            either_town.enrols()
        either_town.clock.passes(days=days)
        either_town.delivers(AwayPostbox())
    either_town.clock.passes(hours=1)
    either_town.delivers()
    assert [mail.subject for mail in either_town.postbox.to(VIBY)] == ["Siden sidst: 6 flyttede eller ændrede"]
    assert either_town.messages(state="queued") == []
