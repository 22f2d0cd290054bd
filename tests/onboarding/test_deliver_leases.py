"""What is in flight when the other end is slow, when the process dies, and when two deliver at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from apprise.plugins.email.base import NotifyEmail
from sqlalchemy import update

from models.message import MAIL
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from notifications.channels.patient_smtp import ANSWER_WITHIN
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.gathering import MOST_AN_HOUR
from onboarding.newcomers import STAFF
from onboarding.outbox import LEASE, resend, take
from onboarding.sending import BATCH, LAST_BEGUN, MOST_UNMARKED
from onboarding.sorting import sort, unsorted
from tests.municipality import ATTEMPT, Municipality
from tests.support import AwayPostbox, Clock, Postbox, RefusingPostbox, SilentPostbox, every_message_id_once


@dataclass(slots=True)
class SlowPostbox(Postbox):
    """Takes its time over each message."""

    clock: Clock | None = None
    minutes: int = 4

    def send(self, envelope: Envelope) -> Answer:
        assert self.clock is not None
        self.clock.passes(minutes=self.minutes)
        return Postbox.send(self, envelope)


def test_nothing_is_sent_twice_when_the_other_end_is_slow(either_town: Municipality) -> None:
    for _ in range(7):
        either_town.enrols()
    slow = SlowPostbox(clock=either_town.clock)
    assert either_town.delivers(slow) == Delivered(sent=7)
    assert len(slow.envelopes) == 7
    assert every_message_id_once(slow.envelopes)


def test_the_rest_is_given_back_when_the_other_end_is_slow(town: Municipality) -> None:
    """What waits is not kept from another delivery for the whole of a lease."""
    for _ in range(9):
        town.enrols()
    seen: list[int] = []

    @dataclass(slots=True)
    class Watching(SlowPostbox):
        def send(self, envelope: Envelope) -> Answer:
            seen.append(sum(row["lease"] is not None for row in town.messages()))
            return SlowPostbox.send(self, envelope)

    town.delivers(Watching(clock=town.clock))
    assert len(seen) == 9
    leases = [row["lease"] for row in town.messages()]
    assert leases == [None] * 9


@dataclass(slots=True)
class InterruptedPostbox(Postbox):
    """Takes so many messages; with the next one somebody presses Ctrl-C, before or after it was taken."""

    survives: int = 0
    takes_the_last: bool = True

    def send(self, envelope: Envelope) -> Answer:
        if len(self.envelopes) < self.survives:
            return Postbox.send(self, envelope)
        if self.takes_the_last:
            Postbox.send(self, envelope)
        raise KeyboardInterrupt


@pytest.mark.parametrize("takes_the_last", [True, False])
def test_only_the_one_in_flight_is_kept_back_when_somebody_presses_ctrl_c(
    either_town: Municipality, takes_the_last: bool
) -> None:
    for _ in range(6):
        either_town.enrols()
    interrupted = InterruptedPostbox(survives=2, takes_the_last=takes_the_last)
    with pytest.raises(KeyboardInterrupt):
        either_town.delivers(interrupted)
    assert either_town.delivers() == Delivered(sent=3, left=1)  # nobody knows what became of the one in flight
    either_town.clock.now += LEASE + timedelta(seconds=1)
    assert either_town.delivers() == Delivered(sent=1)
    sent = [envelope.message_id for envelope in (*interrupted.envelopes, *either_town.postbox.envelopes)]
    assert len(set(sent)) == 6
    assert len(sent) == (7 if takes_the_last else 6)


def test_nothing_is_sent_before_its_lease_is_over_when_the_process_died(either_town: Municipality) -> None:
    """A process that is killed gives nothing back; `tests/crash` kills real ones."""
    for _ in range(4):
        either_town.enrols()
    either_town.sorts()
    with either_town.database.write() as session:
        take(session, "somebody who died", MAIL, either_town.clock.now, 3)
    assert either_town.delivers() == Delivered(sent=1, left=3)
    either_town.clock.now += LEASE + timedelta(seconds=1)
    assert either_town.delivers() == Delivered(sent=3)


def test_a_message_is_counted_as_sent_when_it_took_longer_than_its_lease(either_town: Municipality) -> None:
    either_town.enrols()
    assert either_town.delivers(SlowPostbox(clock=either_town.clock, minutes=16)) == Delivered(sent=1)
    assert [row["ok"] for row in either_town.rows(ATTEMPT)] == [True]

    either_town.enrols()

    @dataclass(slots=True)
    class Overtaken(SlowPostbox):
        def send(self, envelope: Envelope) -> Answer:
            answer = SlowPostbox.send(self, envelope)
            assert either_town.delivers() == Delivered(sent=1)
            return answer

    assert either_town.delivers(Overtaken(clock=either_town.clock, minutes=16)) == Delivered(sent=1)
    assert [row["ok"] for row in either_town.rows(ATTEMPT)] == [True] * 3


def test_a_lease_outlasts_the_mail_that_is_begun_last_when_the_server_takes_all_the_time_it_has() -> None:
    """Four answers by a connection that was kept and fails; then two addresses to connect to, ten answers before the
    mail and two behind it, each just in time.
    """
    each: float = NotifyEmail.socket_connect_timeout  # where the address does not say
    assert LAST_BEGUN + timedelta(seconds=18 * each + ANSWER_WITHIN) < LEASE


@dataclass(slots=True)
class WatchingPostbox(SlowPostbox):
    """Sees with each message how many it had taken that are not marked as sent."""

    town: Municipality | None = None
    unmarked: list[int] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Answer:
        assert self.town is not None
        self.unmarked.append(len(self.envelopes) - len(self.town.messages(state="sent")))
        return SlowPostbox.send(self, envelope)


@pytest.mark.parametrize(("minutes", "most"), [(1, 0), (0, MOST_UNMARKED - 1)])
def test_what_was_sent_is_marked_before_the_next_unless_they_follow_at_once(
    either_town: Municipality, minutes: int, most: int
) -> None:
    """So much may come again after a kill or a power cut."""
    for _ in range(MOST_UNMARKED + 3):
        either_town.enrols()
    watching = WatchingPostbox(clock=either_town.clock, minutes=minutes, town=either_town)
    deliver(either_town.database, replace(either_town.post(watching), most_an_hour=1000))
    assert max(watching.unmarked) == most
    assert len(either_town.messages(state="sent")) == MOST_UNMARKED + 3


def test_every_batch_is_sent_when_there_are_more_than_one(town: Municipality) -> None:
    for _ in range(BATCH + 3):
        town.enrols()
    told: list[int] = []
    delivered = deliver(town.database, replace(town.post(), most_an_hour=1000), told.append)
    assert delivered == Delivered(sent=BATCH + 3)
    assert sum(told) == BATCH + 3


@dataclass(slots=True)
class SlowingPostbox(SlowPostbox):
    """Takes four messages at once and then its time; with the fifth everybody who works here leaves."""

    town: Municipality | None = None

    def send(self, envelope: Envelope) -> Answer:
        assert self.town is not None
        if len(self.envelopes) < 4:
            return Postbox.send(self, envelope)
        with self.town.database.write() as session:
            session.connection().execute(update(STAFF).values(active=False))
        return SlowPostbox.send(self, envelope)


def test_a_large_batch_is_read_anew_when_its_messages_go_quickly_no_more(
    either_town: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a batch of the smallest kind has read lives as long as a third of its lease."""
    monkeypatch.setattr("onboarding.sending.BATCH", 2)
    for _ in range(9):
        either_town.enrols()
    slowing = SlowingPostbox(clock=either_town.clock, minutes=1, town=either_town)
    assert deliver(either_town.database, replace(either_town.post(slowing), most_an_hour=1000)) == Delivered(
        sent=5, skipped=4
    )


def test_two_deliveries_send_each_message_once_when_they_share_the_outbox(either_town: Municipality) -> None:
    for _ in range(6):
        either_town.enrols()
    other = Postbox()

    @dataclass(slots=True)
    class Interrupted(Postbox):
        def send(self, envelope: Envelope) -> Answer:
            if not self.envelopes:
                deliver(either_town.database, either_town.post(other))
            return Postbox.send(self, envelope)

    first = Interrupted()
    either_town.sorts()
    with either_town.database.write() as session:
        take(session, "somebody else", MAIL, either_town.clock.now - LEASE - timedelta(seconds=1), 2)
    either_town.delivers(first)
    assert every_message_id_once(first.envelopes + other.envelopes)
    assert len(first.envelopes) + len(other.envelopes) == 6


def test_what_may_have_come_is_gathered_with_nothing_when_the_next_try_found_nobody(either_town: Municipality) -> None:
    """Its delivery died with it in hand; the mail server was away for a day; and then there was more to tell."""
    first = either_town.enrols()
    either_town.sorts()
    with either_town.database.write() as session:
        take(session, "dead", MAIL, either_town.clock.now, 50)
    either_town.clock.passes(minutes=20)
    either_town.delivers(AwayPostbox())
    either_town.clock.passes(days=2)
    either_town.enrols().pauses()
    either_town.clock.passes(days=2)
    either_town.delivers()
    told = either_town.messages(enrolment_id=1)
    assert [(row["state"], row["digest_id"]) for row in told] == [("sent", None)]
    assert [first.reference in mail.text for mail in either_town.postbox.envelopes] == [True, False]


def test_what_may_have_come_is_gathered_with_nothing_when_it_was_refused_for_good_and_is_sent_again(
    either_town: Municipality,
) -> None:
    first = either_town.enrols()
    either_town.delivers(SilentPostbox())
    either_town.clock.passes(hours=2)
    either_town.delivers(RefusingPostbox(permanent=True))
    assert [(row["state"], row["reason"]) for row in either_town.messages()] == [("dead", "may_be_received")]
    either_town.enrols().pauses()
    either_town.clock.passes(days=2)
    with either_town.database.write() as session:
        resend(session, [], either_town.clock.now)
    either_town.delivers()
    assert [(row["state"], row["digest_id"]) for row in either_town.messages(enrolment_id=1)] == [("sent", None)]
    assert [first.reference in mail.text for mail in either_town.postbox.envelopes] == [True, False]


def test_a_storm_is_told_together_when_another_delivery_has_sorted_it_and_not_gathered_it_yet(
    either_town: Municipality,
) -> None:
    """A sweep that began before this delivery writes them while it sends."""
    began = either_town.clock.now
    either_town.enrols()
    either_town.clock.passes(minutes=1)

    @dataclass(slots=True)
    class WhileItSends(Postbox):
        def send(self, envelope: Envelope) -> Answer:
            if not self.envelopes:
                now, either_town.clock.now = either_town.clock.now, began
                for _ in range(MOST_AN_HOUR + 1):
                    either_town.enrols("Per Hansen")
                either_town.clock.now = now
                with either_town.database.write() as session:
                    sort(session, unsorted(session, now), {MAIL: Destination.FOLDER}, now)
            return Postbox.send(self, envelope)

    sends = WhileItSends()
    either_town.delivers(sends)
    assert len(sends.envelopes) == 1
    either_town.delivers()
    (storm,) = either_town.postbox.envelopes
    assert storm.subject == f"{MOST_AN_HOUR + 1} beskeder på én gang: {MOST_AN_HOUR + 1} flyttede eller ændrede"
