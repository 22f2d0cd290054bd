"""What people choose about their messages holds for what is sent after it, also for what waits already."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from engine.refusal import Refused
from engine.topic import Topic
from models.keys import Keyring
from models.message import MAIL, Pace
from models.preference import Preference
from models.types import table
from notifications.channels.destination import Destination
from onboarding.contacts import UNREADABLE, address_of, contacts, masked, put_contact, remove_contact
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.post import Post
from onboarding.preferences import choose_times, choose_topic, preferences
from tests.municipality import PUBLIC_URL, RENDERER, VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.support import Postbox

NUMBER = "+4512345678"


def chooses(town: Municipality, email: str, topic: Topic, pace: Pace, *channels: str) -> None:
    with town.database.write() as session:
        choose_topic(session, email, topic, pace, channels)


def times(town: Municipality, email: str, hours: str | None, days: str | None = None, at: str | None = None) -> None:
    with town.database.write() as session:
        choose_times(session, email, hours=hours, digest_days=days, digest_at=at)


def has_a_phone(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        put_contact(session, town.keyring, email, "sms", NUMBER, town.signed(email))


def by_both(town: Municipality, sms: Postbox) -> Post:
    ways: dict[str, Postbox] = {MAIL: town.postbox, "sms": sms}
    here = dict.fromkeys(ways, Destination.FOLDER)
    random = town.post().random
    return Post(ways, here, RENDERER, PUBLIC_URL, town.clock, random, town.keyring.open)


def test_everything_is_at_once_for_coordinators_and_gathered_for_managers_when_nobody_chose(town: Municipality) -> None:
    with town.database.read() as session:
        karen, mette = preferences(session, VIBY).choices, preferences(session, VIBY_MANAGER).choices
    assert {karen.pace(topic) for topic in Topic} == {Pace.AT_ONCE}
    assert {topic for topic in Topic if mette.pace(topic) is Pace.DIGEST} == {Topic.MOVES, Topic.ENDINGS}


def test_what_waits_is_sent_at_once_when_its_recipient_chooses_so(either_town: Municipality) -> None:
    either_town.enrols().moves("reject")
    either_town.delivers()
    chooses(either_town, VIBY_MANAGER, Topic.ENDINGS, Pace.AT_ONCE)
    assert either_town.delivers() == Delivered(sent=1)
    assert len(either_town.postbox.to(VIBY_MANAGER)) == 1


def test_nobody_is_told_what_they_do_not_want_and_it_is_said_why(either_town: Municipality) -> None:
    chooses(either_town, VIBY, Topic.MOVES, Pace.NEVER)
    either_town.enrols()
    assert either_town.delivers() == Delivered()
    (message,) = either_town.messages()
    assert (message["state"], message["reason"]) == ("skipped", "not_wanted")


@pytest.mark.parametrize("topic", [Topic.ESCALATIONS, Topic.DEADLINES, Topic.HANDOVERS])
def test_it_is_refused_when_a_topic_cannot_be_done_without(town: Municipality, topic: Topic) -> None:
    with pytest.raises(Refused, match=r"fravælges\. Vælg --pace at_once"):
        chooses(town, VIBY, topic, Pace.NEVER)


def test_hours_that_somebody_chose_hold_also_when_nothing_leaves_the_machine(either_town: Municipality) -> None:
    times(either_town, VIBY, "12:00-13:00")
    either_town.enrols()  # at ten
    assert either_town.delivers() == Delivered(left=1)
    either_town.clock.passes(hours=2)
    assert either_town.delivers() == Delivered(sent=1)


def test_what_is_mandatory_comes_when_hours_that_were_once_chosen_lie_between_two_deliveries(
    either_town: Municipality,
) -> None:
    times(either_town, VIBY, "12:00-13:00")
    either_town.changes(table(Preference), {}, {"hours": "12:01-12:03"})
    either_town.enrols()
    either_town.clock.passes(hours=1, minutes=59)
    assert either_town.delivers() == Delivered(left=1)
    either_town.clock.passes(minutes=15)
    assert either_town.delivers() == Delivered(sent=1)


def test_hours_that_were_once_chosen_are_shown_as_they_hold_and_kept_so_when_other_times_are_chosen(
    town: Municipality,
) -> None:
    times(town, VIBY, "12:00-13:00")
    town.changes(table(Preference), {}, {"hours": "12:01-12:03"})
    with town.database.read() as session:
        hours = preferences(session, VIBY).hours
    assert hours == "12:01-13:01"
    times(town, VIBY, hours, "1")


def test_nobody_is_disturbed_at_night_when_messages_leave_the_machine(either_town: Municipality) -> None:
    from tests.onboarding.test_trial import turns

    turns(either_town, on=False)
    either_town.clock.passes(hours=10)  # eight in the evening
    either_town.enrols()
    assert either_town.delivers(destination=Destination.WORLD) == Delivered(left=1)
    assert either_town.delivers(destination=Destination.WORLD) == Delivered(left=1)
    either_town.clock.passes(hours=11)
    assert either_town.delivers(destination=Destination.WORLD) == Delivered(sent=1)


def test_a_weekly_digest_comes_on_its_day_when_it_was_chosen(either_town: Municipality) -> None:
    mette = Inbox(either_town.postbox, VIBY_MANAGER)
    times(either_town, VIBY_MANAGER, None, "5", "09:00")
    for _ in range(3):
        either_town.enrols().moves("reject")
        either_town.delivers()
        either_town.clock.passes(days=1)
    assert mette.reads_messages() == []
    either_town.clock.passes(days=1, hours=1)
    either_town.delivers()
    assert mette.reads_subjects() == ["3 afsluttede"]


def test_both_ways_are_taken_once_each_when_two_are_chosen(either_town: Municipality) -> None:
    sms = Postbox("sms")
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, MAIL, "sms")
    either_town.enrols()
    post = by_both(either_town, sms)
    assert deliver(either_town.database, post) == Delivered(sent=2)
    assert [envelope.recipient for envelope in sms.envelopes] == [NUMBER]
    assert [envelope.recipient for envelope in either_town.postbox.envelopes] == [VIBY]
    assert deliver(either_town.database, post) == Delivered()


def test_mail_takes_over_when_the_other_way_is_not_there(either_town: Municipality) -> None:
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")
    either_town.enrols()
    assert either_town.delivers() == Delivered(sent=1)
    assert len(either_town.postbox.to(VIBY)) == 1


def test_mail_takes_over_when_the_address_is_removed_while_it_waits(either_town: Municipality) -> None:
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")
    times(either_town, VIBY, "12:00-13:00")
    either_town.enrols()
    deliver(either_town.database, by_both(either_town, Postbox("sms")))
    assert [row["channel"] for row in either_town.messages()] == ["sms"]
    with either_town.database.write() as session:
        remove_contact(session, VIBY, "sms", either_town.signed())
    either_town.clock.passes(hours=2)
    sms = Postbox("sms")
    assert deliver(either_town.database, by_both(either_town, sms)) == Delivered(sent=1)
    assert (len(sms.envelopes), len(either_town.postbox.to(VIBY))) == (0, 1)


def test_an_address_is_sealed_and_only_a_part_of_it_is_shown_when_it_is_kept(town: Municipality) -> None:
    has_a_phone(town, VIBY)
    with town.database.read() as session:
        seen = contacts(session, VIBY, lambda contact: town.keyring.open(contact.sealed, UUID(str(contact.id)))[-2:])
    assert seen == {"sms": "78"}
    assert NUMBER.encode() not in b"".join(row["sealed"] for row in _contact_rows(town))


def test_a_channel_is_refused_when_there_is_no_address_for_it(town: Municipality) -> None:
    with pytest.raises(Refused, match="mangler en adresse"):
        chooses(town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")


def test_a_try_that_failed_keeps_to_the_hours_when_it_is_tried_again(either_town: Municipality) -> None:
    from tests.support import RefusingPostbox

    times(either_town, VIBY, "09:01-10:01")
    either_town.enrols()
    assert either_town.delivers(RefusingPostbox()) == Delivered(failed=1, left=1)
    either_town.clock.passes(minutes=30)
    assert either_town.delivers() == Delivered(left=1)
    either_town.clock.now += timedelta(hours=23, minutes=30)
    assert either_town.delivers() == Delivered(sent=1)


def test_it_is_kept_in_one_way_when_times_are_typed_in_another(either_town: Municipality) -> None:
    times(either_town, VIBY, " 7:00 - 17:00", "51", " 7:30 ")
    with either_town.database.read() as session:
        chosen = preferences(session, VIBY)
    assert (chosen.hours, chosen.said_days, chosen.said_at) == ("07:00-17:00", "15", "07:30")
    times(either_town, VIBY, " ALWAYS ")
    with either_town.database.read() as session:
        assert preferences(session, VIBY).hours == "always"


def test_one_is_kept_when_two_say_where_they_are_reached_at_the_same_moment(either_town: Municipality) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(has_a_phone, either_town, VIBY) for _ in range(8)]:
            done.result()
    assert len(_contact_rows(either_town)) == 1


def test_its_owner_sees_that_there_is_one_when_an_address_cannot_be_read(town: Municipality, tmp_path: Path) -> None:
    has_a_phone(town, VIBY)
    other = tmp_path / "other.json"
    Keyring.at(other)
    with town.database.read() as session:
        for key_file in (other, tmp_path / "none.json"):
            assert contacts(session, VIBY, masked(key_file)) == {"sms": UNREADABLE}
            with pytest.raises(Refused):
                address_of(session, key_file, VIBY, "sms")
        with pytest.raises(Refused, match="ingen adresse for den kanal"):
            address_of(session, other, VIBY, "teams")


def _contact_rows(town: Municipality) -> list[dict[str, bytes]]:
    from onboarding.addressing import CONTACT

    return town.rows(CONTACT)
