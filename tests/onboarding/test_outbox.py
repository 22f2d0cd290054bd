"""Leases, waits and dead letters: how a message is kept until it has been sent, or given up where people see it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from engine.refusal import Refused
from models.message import MAIL, State
from notifications.channels.envelope import Answer
from onboarding.outbox import LEASE, count_waiting, finish, release, resend, take
from onboarding.outcome import MOST_ATTEMPTS, Outcome, wait_after
from tests.municipality import ATTEMPT, Municipality

SENT = Outcome(State.SENT, None, Answer(ok=True, detail="Modtaget."))
FAILED = Outcome(State.QUEUED, None, Answer(ok=False, detail="Optaget."))
AWAY = Outcome(State.QUEUED, None, Answer(ok=False, detail="Ingen svarer.", unreachable=True))
UNKNOWN = Outcome(State.QUEUED, None, Answer(ok=False, detail="Kan være modtaget.", uncertain=True))


def takes(town: Municipality, lease: str, count: int = 50) -> list[int]:
    town.sorts()
    with town.database.write() as session:
        return take(session, lease, MAIL, town.clock.now, count)


def finishes(town: Municipality, message_id: int, lease: str, outcome: Outcome) -> State:
    with town.database.write() as session:
        return finish(session, message_id, lease, outcome, "postbox", town.clock.now, Random(1))


def only(town: Municipality) -> dict[str, Any]:
    (message,) = town.messages()
    return message


@pytest.fixture
def queued(either_town: Municipality) -> Municipality:
    """One message in the outbox."""
    either_town.enrols()
    return either_town


def test_the_oldest_are_taken_first_when_there_are_more_than_asked_for(either_town: Municipality) -> None:
    for _ in range(5):
        either_town.enrols()
        either_town.clock.passes(minutes=1)
    assert takes(either_town, "a", 3) == [1, 2, 3]
    assert takes(either_town, "b", 3) == [4, 5]
    assert takes(either_town, "c", 3) == []


def test_a_message_is_nobody_elses_when_it_is_leased(queued: Municipality) -> None:
    assert takes(queued, "a") == [1]
    queued.clock.now += LEASE
    assert takes(queued, "b") == []


def test_a_message_can_be_taken_again_when_its_lease_has_run_out(queued: Municipality) -> None:
    takes(queued, "a")
    queued.clock.now += LEASE + timedelta(seconds=1)
    assert takes(queued, "b") == [1]


def overtaken(town: Municipality) -> None:
    """The message was taken under the lease »a«, which ran out, and then under »b«."""
    takes(town, "a")
    town.clock.now += LEASE + timedelta(seconds=1)
    takes(town, "b")


def test_the_late_one_leaves_the_message_alone_when_another_has_taken_it_since(queued: Municipality) -> None:
    overtaken(queued)
    assert finishes(queued, 1, "a", FAILED) is State.QUEUED
    assert (only(queued)["lease"], only(queued)["attempts"]) == ("b", 0)
    assert finishes(queued, 1, "b", SENT) is State.SENT
    assert finishes(queued, 1, "a", FAILED) is State.SENT
    assert (only(queued)["state"], only(queued)["attempts"]) == ("sent", 1)
    tries = [(row["number"], row["ok"]) for row in queued.rows(ATTEMPT)]
    assert tries == [(1, False), (2, True), (3, False)]  # what was tried is known all the same


@pytest.mark.parametrize("then", [FAILED, SENT])
def test_what_was_sent_is_sent_when_the_lease_was_lost_meanwhile(queued: Municipality, then: Outcome) -> None:
    overtaken(queued)
    assert finishes(queued, 1, "a", SENT) is State.SENT
    assert finishes(queued, 1, "b", then) is State.SENT
    assert (only(queued)["state"], only(queued)["reason"]) == ("sent", None)
    assert [row["ok"] for row in queued.rows(ATTEMPT)] == [True, then is SENT]
    queued.clock.passes(days=1)
    assert takes(queued, "c") == []


def test_what_was_sent_is_sent_when_another_had_failed_meanwhile(queued: Municipality) -> None:
    overtaken(queued)
    finishes(queued, 1, "b", FAILED)
    assert finishes(queued, 1, "a", SENT) is State.SENT
    queued.clock.passes(days=1)
    assert takes(queued, "c") == []


def test_a_message_is_free_when_it_is_given_back(queued: Municipality) -> None:
    takes(queued, "a")
    with queued.database.write() as session:
        release(session, "a")
    assert takes(queued, "b") == [1]


def test_a_sent_message_is_finished_when_marked(queued: Municipality) -> None:
    takes(queued, "a")
    queued.clock.passes(seconds=2)
    finishes(queued, 1, "a", SENT)
    message = only(queued)
    assert (message["state"], message["attempts"], message["lease"], message["leased_until"]) == ("sent", 1, None, None)
    assert message["finished_at"] == queued.clock.now
    (attempt,) = queued.rows(ATTEMPT)
    assert (attempt["number"], attempt["channel"], attempt["ok"], attempt["at"]) == (
        1,
        "postbox",
        True,
        queued.clock.now,
    )
    assert takes(queued, "b") == []
    with queued.database.read() as session:
        assert count_waiting(session) == 0


def test_a_message_waits_longer_each_time_when_it_fails(queued: Municipality) -> None:
    waits = []
    for number in range(1, MOST_ATTEMPTS):
        assert takes(queued, f"lease {number}") == [1]
        assert finishes(queued, 1, f"lease {number}", FAILED) is State.QUEUED
        waits.append(only(queued)["send_after"] - queued.clock.now)
        queued.clock.now = only(queued)["send_after"] - timedelta(microseconds=1)
        assert takes(queued, "too early") == []
        queued.clock.now += timedelta(microseconds=1)
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=6)
    assert timedelta(hours=6) < waits[-1] <= timedelta(hours=12)


def test_a_message_is_given_up_when_it_has_failed_too_often(queued: Municipality) -> None:
    for number in range(MOST_ATTEMPTS):
        takes(queued, str(number))
        state = finishes(queued, 1, str(number), FAILED)
        queued.clock.passes(hours=13)
    assert state is State.DEAD
    message = only(queued)
    assert (message["state"], message["reason"], message["attempts"]) == ("dead", "too_many_attempts", MOST_ATTEMPTS)
    assert [row["number"] for row in queued.rows(ATTEMPT)] == list(range(1, MOST_ATTEMPTS + 1))
    assert takes(queued, "again") == []


def test_a_message_is_tried_once_more_when_nobody_knows_whether_it_came(queued: Municipality) -> None:
    """However many clear refusals come in between: they make no copies."""
    for outcome in (UNKNOWN, FAILED, AWAY, FAILED):
        assert takes(queued, "a") == [1]
        assert finishes(queued, 1, "a", outcome) is State.QUEUED
        queued.clock.passes(hours=13)
    takes(queued, "a")
    assert finishes(queued, 1, "a", UNKNOWN) is State.DEAD
    assert (only(queued)["reason"], only(queued)["attempts"]) == ("may_be_received", 4)


def test_it_is_said_that_it_may_have_come_when_a_message_is_given_up_after_clear_refusals(queued: Municipality) -> None:
    for outcome in (UNKNOWN, *[FAILED] * (MOST_ATTEMPTS - 1)):
        takes(queued, "a")
        state = finishes(queued, 1, "a", outcome)
        queued.clock.passes(hours=13)
    assert state is State.DEAD
    assert (only(queued)["reason"], only(queued)["attempts"]) == ("may_be_received", MOST_ATTEMPTS)


def test_the_server_has_time_to_recover_when_nobody_knows_whether_it_came(queued: Municipality) -> None:
    takes(queued, "a")
    finishes(queued, 1, "a", UNKNOWN)
    wait = only(queued)["send_after"] - queued.clock.now
    assert timedelta(minutes=30) <= wait <= timedelta(hours=1)


def test_a_message_is_not_given_up_when_the_server_is_away_for_a_weekend(queued: Municipality) -> None:
    waits = []
    while sum(waits, timedelta()) < timedelta(days=3):
        assert takes(queued, "a") == [1]
        assert finishes(queued, 1, "a", AWAY) is State.QUEUED
        again_at = only(queued)["send_after"]
        waits.append(again_at - queued.clock.now)
        queued.clock.now = again_at
    assert only(queued)["attempts"] == 0
    assert [row["number"] for row in queued.rows(ATTEMPT)] == list(range(1, len(waits) + 1))
    assert waits[0] <= timedelta(seconds=5)
    assert max(waits) <= timedelta(minutes=15)  # when the server is back, nobody waits for half a day
    takes(queued, "a")
    assert finishes(queued, 1, "a", SENT) is State.SENT


@pytest.mark.parametrize(
    ("attempts", "least", "most"), [(1, 2.5, 5), (2, 10, 20), (3, 40, 80), (9, 21_600, 43_200), (999, 21_600, 43_200)]
)
def test_the_wait_lies_between_its_half_and_its_whole_when_drawn(attempts: int, least: float, most: float) -> None:
    drawn = [wait_after(attempts, Random(seed)).total_seconds() for seed in range(200)]
    assert least <= min(drawn) < max(drawn) <= most
    assert max(drawn) - min(drawn) > (most - least) * 0.9  # spread, so that many do not come back together


def given_up(town: Municipality) -> None:
    takes(town, "a")
    finishes(town, 1, "a", Outcome(State.DEAD, "refused_for_good", Answer(ok=False, detail="Nej.", permanent=True)))


@pytest.mark.parametrize("named", [[1], []])
def test_a_dead_letter_has_every_attempt_again_when_resent(queued: Municipality, named: list[int]) -> None:
    given_up(queued)
    queued.clock.passes(hours=1)
    with queued.database.write() as session:
        assert resend(session, named, queued.clock.now) == 1
    message = only(queued)
    assert (message["state"], message["reason"], message["attempts"], message["finished_at"]) == (
        "queued",
        None,
        0,
        None,
    )
    assert takes(queued, "b") == [1]
    finishes(queued, 1, "b", SENT)
    assert [row["number"] for row in queued.rows(ATTEMPT)] == [1, 2]


@pytest.mark.parametrize("named", [[1, 99], [99], [2]])
def test_nothing_is_resent_when_one_of_those_named_is_not_dead(queued: Municipality, named: list[int]) -> None:
    queued.enrols()
    given_up(queued)
    with pytest.raises(Refused, match="sosu messages --dead"), queued.database.write() as session:
        resend(session, named, queued.clock.now)
    assert queued.messages(id=1)[0]["state"] == "dead"


def test_a_named_letter_is_resent_once_when_it_is_named_twice(queued: Municipality) -> None:
    given_up(queued)
    with queued.database.write() as session:
        assert resend(session, [1, 1], queued.clock.now) == 1
