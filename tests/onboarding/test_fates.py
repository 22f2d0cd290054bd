"""What providers know later: asked for at the end of a delivery, more and more seldom, and never for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.topic import Topic
from models.message import MAIL, Pace, State
from notifications.channels.envelope import Answer, Envelope, Fate, NotKnown, NotReceived, Received
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.fates import MOST_ASKED
from onboarding.outbox import resend
from reports.messages import dead_letters
from tests.municipality import ATTEMPT, MESSAGE, VIBY, Municipality
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone
from tests.support import Postbox, TellingPostbox

GONE = NotReceived("Telefonen kunne ikke nås.")


@pytest.fixture
def postbox(either_town: Municipality) -> TellingPostbox:
    """One message is in it, and nobody has been asked of it."""
    postbox = TellingPostbox()
    either_town.enrols()
    assert either_town.delivers(postbox) == Delivered(sent=1)
    return postbox


def only(town: Municipality) -> tuple[str, str | None]:
    (message,) = town.messages()
    return message["state"], message["reason"]


def test_nobody_is_asked_when_a_message_was_just_sent(either_town: Municipality, postbox: TellingPostbox) -> None:
    either_town.clock.passes(seconds=59)
    assert either_town.delivers(postbox) == Delivered()
    assert postbox.asked_for == []
    assert only(either_town) == ("sent", None)


def test_a_message_is_received_when_the_provider_says_so(either_town: Municipality, postbox: TellingPostbox) -> None:
    told_at = either_town.clock.now + timedelta(seconds=7)
    sent_at = either_town.messages()[0]["finished_at"]
    postbox.knows = Received(told_at)
    either_town.clock.passes(minutes=1)
    assert either_town.delivers(postbox) == Delivered(received=1)
    assert only(either_town) == ("delivered", None)
    assert either_town.messages()[0]["finished_at"] == sent_at
    (attempt,) = either_town.rows(ATTEMPT)
    assert (attempt["reference"], attempt["received_at"], attempt["ask_after"]) == ("1", told_at, None)
    either_town.clock.passes(days=1)
    assert either_town.delivers(postbox) == Delivered()
    assert postbox.asked_for == ["1"]


@pytest.mark.parametrize(("told", "believed"), [(None, 60), (-3600, 0), (3600, 60)])
def test_no_message_is_received_before_it_was_sent_or_tomorrow_when_the_providers_clock_is_wrong(
    town: Municipality, told: int | None, believed: int
) -> None:
    sent_at, postbox = town.clock.now, TellingPostbox()
    postbox.knows = Received(None if told is None else sent_at + timedelta(seconds=told))
    town.enrols()
    town.delivers(postbox)
    town.clock.passes(minutes=1)
    town.delivers(postbox)
    assert town.rows(ATTEMPT)[0]["received_at"] == sent_at + timedelta(seconds=believed)


def test_a_message_is_given_up_and_can_be_sent_again_when_it_will_not_be_received(
    either_town: Municipality, postbox: TellingPostbox
) -> None:
    postbox.knows = GONE
    either_town.clock.passes(minutes=1)
    assert either_town.delivers(postbox) == Delivered(dead=1)
    assert only(either_town) == ("dead", "not_received")
    with either_town.database.read() as session:
        (letter,) = dead_letters(session)
    assert letter["detail"] == GONE.detail
    with either_town.database.write() as session:
        resend(session, [], either_town.clock.now)
    postbox.knows = Received()
    assert either_town.delivers(postbox) == Delivered(sent=1)
    either_town.clock.passes(minutes=1)
    assert either_town.delivers(postbox) == Delivered(received=1)
    assert only(either_town) == ("delivered", None)
    assert len({envelope.message_id for envelope in postbox.envelopes}) == 1


@pytest.mark.parametrize("pace", [Pace.AT_ONCE, Pace.DIGEST])
def test_it_comes_by_mail_when_a_phone_will_not_receive_it(either_town: Municipality, pace: Pace) -> None:
    phone, references = TellingPostbox("sms", knows=GONE), [either_town.enrols().reference for _ in range(2)]
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, pace, "sms")
    post = by_both(either_town, phone)
    deliver(either_town.database, post)
    if pace is Pace.DIGEST:
        either_town.clock.passes(days=1)
        deliver(either_town.database, post)
    either_town.clock.passes(minutes=1)
    asked_of = deliver(either_town.database, post)
    assert (asked_of.dead, asked_of.failed, asked_of.left) == (0, len(phone.envelopes), len(phone.envelopes))
    assert deliver(either_town.database, post) == Delivered(sent=len(phone.envelopes))
    mails = either_town.postbox.to(VIBY)
    assert [mail.message_id for mail in mails] == [one.message_id for one in phone.envelopes]
    assert all(sum(f"/sag/{one}" in mail.text for mail in mails) == 1 for one in references)


def test_it_is_given_up_when_a_phone_will_not_receive_it_and_mail_has_it_too(either_town: Municipality) -> None:
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.AT_ONCE, "sms", MAIL)
    either_town.enrols()
    post = by_both(either_town, TellingPostbox("sms", knows=GONE))
    assert deliver(either_town.database, post) == Delivered(sent=2)
    either_town.clock.passes(minutes=1)
    assert deliver(either_town.database, post) == Delivered(dead=1)
    assert len(either_town.postbox.to(VIBY)) == 1


def test_it_is_asked_more_and_more_seldom_and_not_after_two_days_when_nothing_is_known(town: Municipality) -> None:
    postbox, asked, sent_at = TellingPostbox(), [], town.clock.now
    postbox.knows = NotKnown()
    town.enrols()
    for minute in (0, 1, 2, 9, 10, 11, 59, 60, 359, 360, 1439, 1440, 2819, 2820, 2879, 2881, 10_000):
        town.clock.now = sent_at + timedelta(minutes=minute)
        before = len(postbox.asked_for)
        town.delivers(postbox)
        asked += [minute] * (len(postbox.asked_for) - before)
    assert asked == [1, 10, 60, 360, 1440, 2820]
    assert only(town) == ("sent", None)
    assert town.rows(ATTEMPT)[0]["ask_after"] is None


def test_nobody_is_asked_when_no_delivery_ran_for_days(either_town: Municipality, postbox: TellingPostbox) -> None:
    either_town.clock.passes(days=2)
    assert either_town.delivers(postbox) == Delivered()
    assert postbox.asked_for == []
    assert only(either_town) == ("sent", None)
    assert either_town.rows(ATTEMPT)[0]["ask_after"] is None


def test_the_asking_ends_and_is_taken_up_with_the_others_when_the_provider_is_silent(town: Municipality) -> None:
    postbox = TellingPostbox()
    for _ in range(3):
        town.enrols()
    town.delivers(postbox)
    postbox.knows = NotKnown(silent=True)
    town.clock.passes(minutes=1)
    for asked in (["1"], ["1", "2"]):
        assert town.delivers(postbox) == Delivered()
        assert postbox.asked_for == asked
    postbox.knows, postbox.asked_for = Received(), []
    town.clock.passes(minutes=1)
    assert town.delivers(postbox) == Delivered(received=3)
    assert postbox.asked_for == ["3", "1", "2"]


def test_the_asking_ends_when_a_channel_breaks(town: Municipality) -> None:
    class Breaking(TellingPostbox):
        def fate(self, reference: str) -> Fate:
            self.asked_for.append(reference)
            raise RuntimeError(f"of {reference}")

    postbox = Breaking()
    for _ in range(2):
        town.enrols()
    town.delivers(postbox)
    town.clock.passes(minutes=1)
    assert town.delivers(postbox) == Delivered()
    assert postbox.asked_for == ["1"]


def test_the_next_delivery_goes_on_when_there_is_too_much_to_ask_for(town: Municipality) -> None:
    postbox = TellingPostbox()
    post = replace(town.post(postbox), most_an_hour=100)
    for _ in range(MOST_ASKED + 2):
        town.enrols()
    assert deliver(town.database, post) == Delivered(sent=MOST_ASKED + 2)
    town.clock.passes(minutes=1)
    assert deliver(town.database, post) == Delivered(received=MOST_ASKED)
    assert deliver(town.database, post) == Delivered(received=2)


def test_the_next_delivery_goes_on_when_the_provider_is_slow(town: Municipality) -> None:
    class Slow(TellingPostbox):
        def fate(self, reference: str) -> Fate:
            town.clock.passes(seconds=25)
            return TellingPostbox.fate(self, reference)

    postbox = Slow()
    for _ in range(5):
        town.enrols()
    town.delivers(postbox)
    town.clock.passes(minutes=1)
    assert town.delivers(postbox) == Delivered(received=3)
    assert town.delivers(postbox) == Delivered(received=2)


def test_nobody_is_asked_of_what_another_channel_took_when_its_provider_has_a_name_for_it(town: Municipality) -> None:
    class Naming(Postbox):
        def send(self, envelope: Envelope) -> Answer:
            return Answer(True, "Lagt i postkassen.", reference="sPs71M8A2T")

    town.enrols()
    town.delivers(Naming())
    (attempt,) = town.rows(ATTEMPT)
    assert (attempt["reference"], attempt["ask_after"]) == ("sPs71M8A2T", None)


def test_nothing_is_written_when_another_delivery_was_told_first(
    either_town: Municipality, postbox: TellingPostbox
) -> None:
    class Meanwhile(TellingPostbox):
        """While it is asked, another delivery asks and is told."""

        def fate(self, reference: str) -> Fate:
            assert either_town.delivers(postbox) == Delivered(received=1)
            return GONE

    either_town.clock.passes(minutes=1)
    assert either_town.delivers(Meanwhile()) == Delivered()
    assert only(either_town) == ("delivered", None)


@pytest.mark.parametrize("told", [(GONE, Received()), (Received(), GONE), (GONE, NotKnown())])
def test_it_is_received_when_one_of_two_sendings_was(either_town: Municipality, told: tuple[Fate, Fate]) -> None:
    """A lease ran out in the middle, and another delivery sent it too."""

    class Each(TellingPostbox):
        def fate(self, reference: str) -> Fate:
            return dict(zip(("1", "2"), told, strict=True))[reference]

    postbox = Each()
    either_town.enrols()
    either_town.delivers(postbox)
    again = {name: value for name, value in either_town.rows(ATTEMPT)[0].items() if name != "id"}
    with either_town.database.write() as session:
        session.connection().execute(ATTEMPT.insert(), again | {"number": 2, "reference": "2"})
    either_town.clock.passes(minutes=1)
    assert either_town.delivers(postbox).dead == 0
    assert only(either_town) == ("delivered" if Received() in told else "sent", None)


def test_what_somebody_put_back_in_the_queue_stays_there_when_the_answer_comes_late(
    either_town: Municipality, postbox: TellingPostbox
) -> None:
    later = either_town.clock.now + timedelta(hours=1)
    either_town.changes(MESSAGE, {}, {"state": State.QUEUED, "send_after": later, "finished_at": None})
    either_town.clock.passes(minutes=1)
    postbox.knows = GONE
    assert either_town.delivers(postbox) == Delivered(left=1)
    assert postbox.asked_for == ["1"]
    assert only(either_town) == ("queued", None)


def test_an_index_alone_is_read_when_there_is_nothing_to_ask_for(town: Municipality) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "attempt.ask_after <=" in statement:
            asked.append((statement, parameters))

    event.listen(town.database.engine, "before_cursor_execute", note)
    town.delivers(TellingPostbox())
    event.remove(town.database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with town.database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert session.connection().execute(text("SELECT count(*) FROM attempt")).scalar_one() == 0
    assert "ix_attempt_ask" in plan[0][3]
    assert len(plan) == 1  # nothing is sorted
