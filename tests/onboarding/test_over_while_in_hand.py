"""A reminder that is over while a delivery has it in hand is not sent any more when that delivery dies, or is slow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import kinds
from engine.case import Rung
from engine.topic import Topic
from models.message import MAIL, Pace, State
from notifications.channels.destination import Destination
from onboarding import trial
from onboarding.gathering import gather
from onboarding.one_message import send
from onboarding.outbox import release, take
from onboarding.telling import tell
from onboarding.trial import TrialMode
from tests.municipality import PUBLIC_URL, RENDERER, VIBY, Candidate, Inbox, Municipality
from tests.onboarding.test_preferences import chooses
from tests.support import MONDAY, MeanwhilePostbox

ON, AFTER = kinds.OF_RUNG[Rung.ON], kinds.OF_RUNG[Rung.AFTER]
DEADLINE = MONDAY + timedelta(days=14)


def drops_out(olena: Candidate) -> None:
    olena.drops_out()


def is_paused(olena: Candidate) -> None:
    olena.pauses()


def is_snoozed(olena: Candidate) -> None:
    olena.snoozes(DEADLINE + timedelta(days=10))


def is_handled_elsewhere(olena: Candidate) -> None:
    olena.is_handled_elsewhere()


ACTIONS = (drops_out, is_paused, is_snoozed, is_handled_elsewhere)


def is_taken(town: Municipality, days: int = 0) -> list[int]:
    """A delivery has in hand what reminds of the deadline, so many days after it."""
    town.clock.moves_to(DEADLINE + timedelta(days=days))
    town.sweeps()
    town.sorts()
    with town.database.write() as session:
        return take(session, "another", MAIL, town.clock.now, 100)


def reminders_to_karen(town: Municipality) -> list[str]:
    subjects = Inbox(town.postbox, VIBY).reads_subjects()
    return [subject for subject in subjects if "over tid" in subject or "Frist i dag" in subject]


@pytest.mark.parametrize("acts", ACTIONS)
def test_it_is_not_sent_when_the_delivery_died(either_town: Municipality, acts: Callable[[Candidate], None]) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    assert is_taken(either_town, days=1)
    either_town.clock.passes(minutes=5)
    acts(olena)
    either_town.clock.passes(minutes=11)
    either_town.delivers()
    assert reminders_to_karen(either_town) == []
    assert [(row["state"], row["reason"]) for row in either_town.messages(kind=AFTER)] == [
        (State.SKIPPED, "may_be_received")
    ]


@pytest.mark.parametrize("acts", ACTIONS)
def test_it_is_not_sent_when_the_delivery_gave_it_back(
    either_town: Municipality, acts: Callable[[Candidate], None]
) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    assert is_taken(either_town, days=1)
    acts(olena)
    with either_town.database.write() as session:
        release(session, "another")
    either_town.delivers()
    assert reminders_to_karen(either_town) == []


def test_it_is_told_of_the_new_deadline_when_it_was_given_back_and_a_pause_is_over(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    is_taken(either_town)
    olena.pauses()
    with either_town.database.write() as session:
        release(session, "another")
    either_town.delivers()
    either_town.clock.passes(days=9)
    olena.resumes()
    either_town.delivers()
    either_town.sweeps()
    either_town.delivers()
    assert reminders_to_karen(either_town) == [f"{olena.reference}: Frist i dag, 30. september 2026"]


def test_it_is_not_in_the_digest_that_is_sent_again_when_the_delivery_died(either_town: Municipality) -> None:
    chooses(either_town, VIBY, Topic.DEADLINES, Pace.DIGEST)
    over, stays = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    assert is_taken(either_town, days=1) == []  # they wait for the digest
    either_town.clock.passes(days=1)
    with either_town.database.write() as session:
        assert gather(session, {}, either_town.clock.now) == 2
        assert take(session, "another", MAIL, either_town.clock.now, 100)
    over.drops_out()
    either_town.clock.passes(minutes=16)
    either_town.delivers()
    (digest,) = (mail for mail in either_town.postbox.to(VIBY) if f"{stays.reference}: 2 dage over tid" in mail.text)
    assert f"{over.reference}: 2 dage over tid" not in digest.text
    assert ("skipped", "may_be_received") in {(row["state"], row["reason"]) for row in either_town.messages(kind=AFTER)}


def test_it_is_told_once_when_it_came_and_the_delivery_died_before_it_was_marked(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    ids, post = is_taken(either_town), either_town.post()
    with either_town.database.read() as session:
        told = tell(session, ids, PUBLIC_URL, either_town.clock.today, RENDERER)
    assert [send(one, post, TrialMode()).state for one in told] == [State.SENT]
    either_town.clock.passes(minutes=20)
    olena.pauses()
    either_town.clock.passes(days=9)
    olena.resumes()
    either_town.delivers()
    for _ in range(2):
        either_town.sweeps()
        either_town.delivers()
        either_town.clock.passes(days=1)
    assert reminders_to_karen(either_town) == [
        f"{olena.reference}: Frist i dag, 21. september 2026",
        f"{olena.reference}: 1 dag over tid",
    ]


@pytest.mark.parametrize("act", ACTIONS)
def test_no_reminder_comes_that_was_over_before_a_slow_server_was_given_it(
    either_town: Municipality, act: Callable[[Candidate], None]
) -> None:
    first, olena = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=11)
    either_town.sweeps()

    def meanwhile() -> None:
        act(olena)
        either_town.clock.passes(minutes=4)

    slow = MeanwhilePostbox(meanwhile=meanwhile)
    either_town.delivers(slow)
    assert [first.reference in mail.subject for mail in slow.envelopes] == [True]


def test_nobody_but_those_on_the_list_gets_what_a_slow_server_is_given_after_trial_mode_began(
    either_town: Municipality,
) -> None:
    for _ in range(2):
        either_town.enrols()
    with either_town.database.write() as session:
        trial.turn(session, on=False, by="cli:test", at=either_town.clock.now)

    def meanwhile() -> None:
        with either_town.database.write() as session:
            trial.turn(session, on=True, by="cli:test", at=either_town.clock.now)
        either_town.clock.passes(minutes=4)

    slow = MeanwhilePostbox(meanwhile=meanwhile)
    either_town.delivers(slow, destination=Destination.WORLD)
    assert len(slow.envelopes) == 1
