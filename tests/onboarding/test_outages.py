"""A channel that reaches nobody is one incident to operations, by another channel, and its queue waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.other_end import MOST_SILENCES
from onboarding.outages import OUTAGE, Operations, begin, end, outages
from onboarding.post import Post
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.onboarding.test_preferences import chooses, has_a_phone
from tests.support import Postbox


@dataclass(slots=True)
class DeadPostbox(Postbox):
    """Nobody answers there, until somebody repairs it."""

    tries: int = 0
    repaired: bool = False
    says: str = "Der er ingen, der svarer."

    def send(self, envelope: Envelope) -> Answer:
        self.tries += 1
        if self.repaired:
            return Postbox.send(self, envelope)
        return Answer(ok=False, detail=self.says, unreachable=True)


@dataclass(slots=True)
class ClosedPostbox(DeadPostbox):
    """It says no, for now or for good, to all or only to `whom`, until somebody repairs it."""

    permanent: bool = True
    whom: tuple[str, ...] = ()

    def send(self, envelope: Envelope) -> Answer:
        self.tries += 1
        if self.repaired or (self.whom and envelope.recipient not in self.whom):
            return Postbox.send(self, envelope)
        return Answer(ok=False, detail="Vi tager ikke imod fra jer.", permanent=self.permanent)


@dataclass
class Watched:
    """A town whose mail can fail and whose operations are told by text message."""

    town: Municipality
    mail: DeadPostbox = field(default_factory=DeadPostbox)
    phone: Postbox = field(default_factory=lambda: Postbox("sms"))

    def tells(self, *people: str, minutes: int = 20) -> list[Delivered]:
        """One message to each of them, each in a delivery of its own."""
        delivered = list[Delivered]()
        for email in people:
            self.town.enrols(coordinator=email, area=SYD_AREA if email == SYD else VIBY_AREA)
            delivered.append(self.delivers())
            self.town.clock.passes(minutes=minutes)
        return delivered

    def delivers(self, *, tells_by: str = "sms", there: Sequence[str] = (MAIL, "sms")) -> Delivered:
        every = {MAIL: self.mail, "sms": self.phone}
        ways = {way: every[way] for way in there}
        told = Operations(tells_by, ways[tells_by], "+4512345678")
        here = dict.fromkeys(ways, Destination.FOLDER)
        post = replace(self.town.post(), channels=ways, destinations=here, operations=told)
        post = replace(post, open_address=self.town.keyring.open)
        assert isinstance(post, Post)
        return deliver(self.town.database, post)

    def subjects(self) -> list[str]:
        return [envelope.subject for envelope in self.phone.envelopes]


def test_operations_hear_of_it_once_when_mail_is_away_for_hours(either_town: Municipality) -> None:
    watched = Watched(either_town)
    for _ in range(9):
        either_town.enrols()
    for _ in range(40):
        watched.delivers()
        either_town.clock.passes(minutes=7)
    assert watched.subjects() == ["Beskeder kan ikke sendes (mail)"]
    (told,) = watched.phone.envelopes
    assert "Der er ingen, der svarer." in told.text
    assert "9 beskeder venter" in told.text
    assert len(either_town.rows(OUTAGE)) == 1
    assert {row["state"] for row in either_town.messages()} == {"queued"}


def test_what_a_server_answers_is_read_as_it_was_said_when_operations_are_told(either_town: Municipality) -> None:
    watched = Watched(either_town, DeadPostbox(says="451 <koordinator@example.org>: try & try again"))
    for _ in range(9):
        either_town.enrols()
    for _ in range(2):
        watched.delivers()
        either_town.clock.passes(minutes=20)
    (told,) = watched.phone.envelopes
    assert "451 <koordinator@example.org>: try & try again" in told.text
    assert "451 &lt;koordinator@example.org&gt;: try &amp; try again" in told.html


def test_one_message_is_tried_a_time_when_the_channel_is_out(either_town: Municipality) -> None:
    watched = Watched(either_town)
    for _ in range(9):
        either_town.enrols()
    watched.delivers()
    assert watched.mail.tries == MOST_SILENCES
    for tries in range(1, 6):
        either_town.clock.passes(minutes=20)
        watched.delivers()
        assert watched.mail.tries == MOST_SILENCES + tries


def test_everything_is_sent_and_operations_hear_that_it_is_over_when_it_works_again(either_town: Municipality) -> None:
    watched = Watched(either_town)
    for _ in range(9):
        either_town.enrols()
    watched.delivers()
    either_town.clock.passes(minutes=20)
    watched.delivers()
    watched.mail.repaired = True
    either_town.clock.passes(minutes=20)
    assert watched.delivers() == Delivered(sent=9)
    assert watched.subjects() == ["Beskeder kan ikke sendes (mail)", "Beskeder sendes igen (mail)"]
    with either_town.database.read() as session:
        assert outages(session) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_operations_hear_that_nothing_waits_when_everybody_chose_another_way_or_the_channel_is_not_there(
    either_town: Municipality, is_there: bool
) -> None:
    watched = Watched(either_town, DeadPostbox(repaired=True), DeadPostbox("sms"))
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms")
    for _ in range(MOST_SILENCES):
        either_town.enrols()
    for _ in range(2):
        watched.delivers(tells_by=MAIL)
        either_town.clock.passes(minutes=20)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, MAIL)
    for _ in range(2):
        watched.delivers(tells_by=MAIL, there=(MAIL, "sms") if is_there else (MAIL,))
        either_town.clock.passes(days=1, minutes=1)
    told = [mail.subject for mail in watched.mail.envelopes if "IM-" not in mail.subject]
    assert told == ["Beskeder kan ikke sendes (sms)", "Ingen beskeder venter mere (sms)"]
    assert "om det virker igen" in watched.mail.envelopes[-1].text
    with either_town.database.read() as session:
        assert outages(session) == []


def test_nobody_is_disturbed_when_it_was_away_for_a_moment(either_town: Municipality) -> None:
    watched = Watched(either_town)
    for _ in range(4):
        either_town.enrols()
    watched.delivers()
    watched.mail.repaired = True
    either_town.clock.passes(minutes=1)
    watched.delivers()
    either_town.clock.passes(hours=2)
    watched.delivers()
    assert watched.subjects() == []


def test_it_is_not_told_by_the_channel_that_is_out(either_town: Municipality) -> None:
    watched = Watched(either_town)
    for _ in range(4):
        either_town.enrols()
    for _ in range(4):
        watched.delivers(tells_by=MAIL)
        either_town.clock.passes(minutes=30)
    assert watched.mail.envelopes == []
    assert [row["told_at"] for row in either_town.rows(OUTAGE)] == [None]


def test_it_is_not_told_by_the_channel_that_is_out_when_that_would_take_what_is_for_operations(
    either_town: Municipality,
) -> None:
    """Who takes a message for operations and none for anybody else is not known to reach them."""
    watched = Watched(either_town, ClosedPostbox(whom=(VIBY, SYD)))
    either_town.enrols()
    either_town.enrols(area=SYD_AREA, coordinator=SYD)
    for _ in range(4):
        watched.delivers(tells_by=MAIL)
        either_town.clock.passes(minutes=30)
    assert watched.mail.envelopes == []
    assert [(row["channel"], row["ended_at"], row["told_at"]) for row in either_town.rows(OUTAGE)] == [
        (MAIL, None, None)
    ]


def test_an_outage_goes_on_with_the_latest_answer_and_another_begins_when_it_was_over(
    either_town: Municipality,
) -> None:
    began_at = either_town.clock.now
    for says in ("Ingen svarer.", "Stadig ingen svarer.", "Ingen svarer igen."):
        with either_town.database.write() as session:
            begin(session, MAIL, says, either_town.clock.now)
            if says.startswith("Stadig"):
                end(session, MAIL, either_town.clock.now)
        either_town.clock.passes(minutes=1)
    first, second = sorted(either_town.rows(OUTAGE), key=lambda row: row["id"])
    assert (first["detail"], first["began_at"]) == ("Stadig ingen svarer.", began_at)
    assert (second["detail"], second["ended_at"]) == ("Ingen svarer igen.", None)
