"""Whoever acts while a delivery is at work, or another one is, waits for it and is never broken off, on the database
that lets both write.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from engine.topic import Topic
from models.keys import Keyring
from models.message import MAIL, Pace, State
from models.session import Database
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, NotReceived, Received
from notifications.queue import MESSAGE
from onboarding.drop import drop
from onboarding.gathering import gather
from onboarding.hours import keep_hours
from onboarding.locking import hold
from onboarding.outages import OUTAGE, begin
from onboarding.outbox import Sent, mark_sent, release, take
from onboarding.preferences import choose_topic
from onboarding.sorting import sort, sort_missing, unsorted
from onboarding.staffing import add_staff
from tests.municipality import VIBY_AREA, VIBY_MANAGER, Candidate, Inbox, Municipality
from tests.onboarding.absent import OTHER, THIRD, away
from tests.onboarding.test_sign_ins import Work, one_after_the_other, wait_until_it_waits
from tests.support import AwayPostbox, TellingPostbox

WORLD = {MAIL: Destination.WORLD}


@pytest.fixture
def town(postgres: Database, key_file: Path) -> Municipality:
    """Its coordinator came after its manager: what a delivery does for one and then the other is not in the order in
    which their messages were written.
    """
    made = Municipality(postgres, Keyring.read(key_file))
    with made.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    return made


def in_the_middle(town: Municipality, works: Work, acts: Work) -> None:
    """`acts` begins when `works` has changed its first messages, which then goes on when the other waits or is done."""
    begun, running = False, list[Future[object]]()

    def in_its_own() -> object:
        with town.database.write() as session:
            return acts(session)

    def begin(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal begun
        if not begun and statement.startswith("UPDATE message"):
            begun = True
            running.append(pool.submit(in_its_own))
            wait_until_it_waits(town, running[0])

    with ThreadPoolExecutor(1) as pool:
        event.listen(town.database.engine, "after_cursor_execute", begin)
        try:
            with town.database.write() as session:
                works(session)
        finally:
            event.remove(town.database.engine, "after_cursor_execute", begin)
        running[0].result(30)


def ends(town: Municipality, olena: Candidate) -> Work:
    return lambda session: drop(session, olena.reference, "moved", town.signed(OTHER))


def is_late(town: Municipality) -> Candidate:
    """Of which her coordinator and the manager have still to be told."""
    olena = town.enrols(coordinator=OTHER)
    town.delivers()
    town.clock.passes(weeks=4)
    town.sweeps()
    return olena


def test_neither_is_lost_when_a_case_ends_while_a_delivery_puts_off_what_is_due_in_the_evening(
    town: Municipality,
) -> None:
    olena = is_late(town)
    with town.database.write() as session:
        sort(session, unsorted(session, town.clock.now), WORLD, town.clock.now)
    town.clock.passes(hours=10)
    in_the_middle(town, lambda session: keep_hours(session, WORLD, {}, town.clock.now), ends(town, olena))
    assert olena.status == "ended"


def test_what_was_sorted_anew_meanwhile_is_not_put_off_when_it_is_read_by_a_stand_in(town: Municipality) -> None:
    """A delivery waits in the evening for whoever is just then choosing otherwise."""
    is_late(town)
    with town.database.write() as session:
        sort(session, unsorted(session, town.clock.now), WORLD, town.clock.now)
        add_staff(session, THIRD, "Ole Viby", "coordinator", [VIBY_AREA])
    town.clock.passes(hours=10)
    away(town, OTHER, THIRD, town.clock.today)
    one_after_the_other(
        town,
        lambda session: choose_topic(session, OTHER, Topic.MOVES, Pace.DIGEST, (MAIL,)),
        lambda session: keep_hours(session, WORLD, {}, town.clock.now),
    )
    anew = [row for row in town.messages(state="queued") if row["pace"] is None]
    assert anew
    assert all(row["send_after"] == row["created_at"] for row in anew)


def test_what_somebody_has_in_hand_waits_for_hours_too_when_it_is_let_go_as_it_was(town: Municipality) -> None:
    """Whoever changes some messages holds others beside them."""
    is_late(town)
    with town.database.write() as session:
        sort(session, unsorted(session, town.clock.now), WORLD, town.clock.now)
    town.clock.passes(hours=10)
    waits = MESSAGE.c.state == State.QUEUED
    one_after_the_other(
        town,
        lambda session: hold(session, waits),
        lambda session: keep_hours(session, WORLD, {}, town.clock.now),
    )
    at_once = town.messages(state="queued", pace="at_once")
    assert at_once
    assert all(row["send_after"] > town.clock.now for row in at_once)


def test_neither_is_lost_when_a_case_ends_while_what_a_channel_leaves_behind_is_sorted_anew(
    town: Municipality,
) -> None:
    olena = is_late(town)
    town.sorts()
    town.changes(MESSAGE, {"state": "queued"}, {"channel": "sms"})
    in_the_middle(town, lambda session: sort_missing(session, {MAIL}), ends(town, olena))
    assert olena.status == "ended"


def test_neither_is_lost_when_a_case_ends_while_digests_that_waited_are_gathered_anew(town: Municipality) -> None:
    olena, per = town.enrols(coordinator=OTHER), town.enrols("Per Hansen", coordinator=OTHER)
    town.delivers()
    town.clock.passes(weeks=5)
    town.sweeps()
    town.clock.passes(days=3)
    town.delivers(AwayPostbox())
    town.clock.passes(days=1)
    town.sorts()
    in_the_middle(town, lambda session: gather(session, {}, town.clock.now), ends(town, olena))
    assert olena.status == "ended"
    told = len(town.postbox.envelopes)
    town.delivers()
    about_per = [(e.recipient, e.subject) for e in town.postbox.envelopes[told:] if per.reference in e.subject + e.text]
    assert sorted(recipient for recipient, _ in about_per) == [OTHER, VIBY_MANAGER]


def test_a_digest_is_told_once_when_another_delivery_takes_it_while_it_is_to_be_gathered_anew(
    town: Municipality,
) -> None:
    mette, first, second = Inbox(town.postbox, VIBY_MANAGER), is_admitted(town), is_admitted(town)
    town.clock.passes(days=1)
    town.delivers(AwayPostbox())  # hers is written, and waits
    is_admitted(town)
    town.clock.passes(days=1)
    town.sorts()
    one_after_the_other(
        town,
        lambda session: take(session, "another", MAIL, town.clock.now, 100),
        lambda session: gather(session, {}, town.clock.now),
    )
    [digest] = town.messages(kind="digest", lease="another")
    assert [row["state"] for row in town.messages(digest_id=digest["id"])] == ["gathered", "gathered"]
    with town.database.write() as session:
        release(session, "another")
    town.clock.passes(minutes=1)
    town.delivers()
    told = "".join(envelope.text for envelope in mette.reads_messages())
    assert [told.count(f"/sag/{one.reference}\n") for one in (first, second)] == [1, 1]


def test_it_was_received_when_it_went_out_twice_and_the_second_is_marked_while_the_first_is_given_up(
    town: Municipality,
) -> None:
    """A delivery whose lease ran out marks what it sent at the very moment at which another one hears that a phone will
    not receive it.
    """
    postbox = TellingPostbox(knows=NotReceived("Telefonen kunne ikke nås."))
    town.enrols()
    town.delivers(postbox)
    town.clock.passes(minutes=1)
    [message] = town.messages()
    late, marked = Answer(True, "Modtaget.", reference="2", traceable=True), False

    def marks(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal marked
        if not marked and statement.startswith("SELECT attempt.id") and "ask_after IS NOT NULL" in statement:
            marked = True
            with town.database.write() as session:
                mark_sent(session, [Sent(message["id"], late, town.clock.now)], postbox.name)

    event.listen(town.database.engine, "after_cursor_execute", marks)
    try:
        town.delivers(postbox)
    finally:
        event.remove(town.database.engine, "after_cursor_execute", marks)
    assert [row["state"] for row in town.messages()] == ["dead"]
    postbox.knows = Received()
    town.clock.passes(minutes=1)
    town.delivers(postbox)
    assert [(row["state"], row["reason"]) for row in town.messages()] == [("delivered", None)]


def test_an_outage_is_one_when_two_deliveries_notice_it_together(town: Municipality) -> None:
    def notices(says: str) -> Work:
        return lambda session: begin(session, MAIL, says, town.clock.now)

    one_after_the_other(town, notices("Ingen svarer."), notices("Stadig ingen svarer."))
    assert [(row["detail"], row["ended_at"]) for row in town.rows(OUTAGE)] == [("Stadig ingen svarer.", None)]


def is_admitted(town: Municipality) -> Candidate:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    return olena


def test_the_others_are_sent_when_somebody_has_a_message_in_hand_that_is_to_be_sorted(town: Municipality) -> None:
    olena, per = town.enrols(), town.enrols("Per Hansen")
    held = update(MESSAGE).where(MESSAGE.c.enrolment_id == 1).values(attempts=MESSAGE.c.attempts)
    with ThreadPoolExecutor(1) as pool:
        with town.database.write() as session:
            session.connection().execute(held)
            pool.submit(town.delivers).result(30)
            assert [per.reference in mail.subject for mail in town.postbox.envelopes] == [True]
        town.delivers()
    assert olena.reference in town.postbox.envelopes[-1].subject
