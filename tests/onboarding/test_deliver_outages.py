"""Servers that are away, that hang, and that take a message in without saying so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

import pytest

from notifications.channels.apprise_mail import AppriseMail
from notifications.channels.envelope import Answer, Envelope
from onboarding.delivered import Delivered
from tests.municipality import ATTEMPT, Municipality
from tests.notifications.mail_server import MailServer
from tests.support import Clock, Postbox

AWAY = Answer(ok=False, detail="Postkassen er væk.", unreachable=True)
LATE = Answer(ok=False, detail="Postkassen svarede ikke. Beskeden kan være modtaget.", uncertain=True)
BUSY = Answer(ok=False, detail="Postkassen er fuld.")


@dataclass(slots=True)
class FaultyPostbox(Postbox):
    """Gives these answers in turn, each after a quarter of a minute, and takes nothing in."""

    answers: Iterator[Answer] = field(default_factory=lambda: cycle([AWAY]))
    clock: Clock = field(default_factory=Clock)
    tried: int = 0

    def send(self, envelope: Envelope) -> Answer:
        self.tried += 1
        self.clock.passes(seconds=15)
        return next(self.answers)


def faulty(town: Municipality, *answers: Answer) -> FaultyPostbox:
    return FaultyPostbox(answers=cycle(answers), clock=town.clock)


@pytest.fixture
def crowded(either_town: Municipality) -> Municipality:
    """Ten messages in the outbox."""
    for _ in range(10):
        either_town.enrols()
    return either_town


def test_each_message_is_tried_once_when_the_server_is_slow_to_refuse(crowded: Municipality) -> None:
    postbox = faulty(crowded, BUSY)
    assert crowded.delivers(postbox) == Delivered(failed=10, left=10)
    assert postbox.tried == 10


def test_nothing_is_sent_that_came_after_the_delivery_began(town: Municipality) -> None:
    """Or a busy day would keep one delivery going until the evening."""
    town.enrols()

    @dataclass(slots=True)
    class Visited(Postbox):
        def send(self, envelope: Envelope) -> Answer:
            town.clock.passes(seconds=1)
            town.enrols()
            return Postbox.send(self, envelope)

    assert town.delivers(Visited()) == Delivered(sent=1, left=1)


@pytest.mark.parametrize("answer", [AWAY, LATE])
def test_the_rest_stays_in_the_queue_when_the_server_is_away(crowded: Municipality, answer: Answer) -> None:
    postbox = faulty(crowded, answer)
    assert crowded.delivers(postbox) == Delivered(failed=3, left=10, stopped=answer.detail)
    assert postbox.tried == 3
    assert [row["lease"] for row in crowded.messages()] == [None] * 10
    assert crowded.delivers().sent >= 7


def test_a_delivery_goes_on_when_the_server_is_away_now_and_then(crowded: Municipality) -> None:
    assert crowded.delivers(faulty(crowded, AWAY, LATE, BUSY)) == Delivered(failed=10, left=10)


def test_everything_is_sent_when_the_server_was_away_for_a_weekend(crowded: Municipality) -> None:
    away = faulty(crowded, AWAY)
    for _ in range(64):
        assert crowded.delivers(away).dead == 0
        crowded.clock.passes(hours=1)
    assert away.tried == len(crowded.rows(ATTEMPT))
    assert {row["attempts"] for row in crowded.messages()} == {0}
    assert crowded.delivers() == Delivered(sent=1)
    assert len(crowded.postbox.envelopes) == 1  # what is more than a day late comes together
    # Each morning's digest that nobody could be given became part of the next one.
    assert [row["state"] for row in crowded.messages()] == ["gathered"] * 10 + ["skipped"] * 2 + ["sent"]
    assert [row["reason"] for row in crowded.messages(state="skipped")] == ["nothing_new"] * 2


def test_a_message_comes_once_when_the_server_takes_its_time(either_town: Municipality, server: MailServer) -> None:
    either_town.enrols()
    server.dawdles = 0.8
    channel = AppriseMail(server.url("mode=insecure&cto=0.2"))
    assert either_town.delivers(channel) == Delivered(sent=1)
    assert len(server.mails) == 1


def test_a_message_waits_and_comes_twice_a_day_at_the_most_when_the_server_never_says_that_it_came(
    either_town: Municipality, server: MailServer
) -> None:
    either_town.enrols()
    server.dawdles = 30
    channel = AppriseMail(server.url(), answer_within=0.2)
    results = []
    for _ in range(9):
        results.append(either_town.delivers(channel))
        either_town.clock.passes(hours=6)
    assert {result.dead for result in results} == {0}
    assert results[1].stopped == "Mailserveren svarede ikke i tide. Beskeden kan være modtaget."
    assert 3 <= len(server.mails) <= 2 + 2 * 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    server.dawdles = 0
    either_town.clock.passes(days=1)
    assert either_town.delivers(channel) == Delivered(sent=1)
