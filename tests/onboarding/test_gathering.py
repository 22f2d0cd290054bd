"""Many messages to one person become one when there are too many of them, or they are sorted anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from models.message import MAIL, Pace
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.outbox import take
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.endings import ends
from tests.support import RefusingPostbox, SilentPostbox, TellingPostbox

MONDAYS_DIGEST = 1


def test_what_was_received_counts_as_told_when_there_is_a_storm(either_town: Municipality) -> None:
    postbox = TellingPostbox()
    karen, post = Inbox(postbox, VIBY), replace(either_town.post(postbox), most_an_hour=3)
    for known, subjects in ((3, 3), (1, 1)):  # the three, and then the digest: each is received within the hour
        for _ in range(3):
            either_town.enrols()
        deliver(either_town.database, post)
        assert len(karen.reads_messages()) == subjects
        either_town.clock.passes(minutes=10)
        assert deliver(either_town.database, post).received == known
    for _ in range(3):
        either_town.enrols()
    assert deliver(either_town.database, post) == Delivered()  # they wait for the next digest
    assert karen.reads_messages() == []
    assert len(either_town.messages(state="queued", pace=Pace.DIGEST)) == 3
    either_town.clock.passes(hours=1)
    assert deliver(either_town.database, post) == Delivered(sent=1, gathered=3)


def test_only_what_somebody_was_told_is_read_when_it_is_counted(town: Municipality) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "count(*)" in statement and "message.finished_at >" in statement:
            asked.append((statement, parameters))

    event.listen(town.database.engine, "before_cursor_execute", note)
    for _ in range(2):
        town.enrols()
    town.delivers()
    event.remove(town.database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with town.database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert ["ix_message_sent" in step[3] for step in plan if "message" in step[3]] == [True]


def test_a_storm_is_one_message_and_one_an_hour_when_there_are_too_many(either_town: Municipality) -> None:
    karen, lars = Inbox(either_town.postbox, VIBY), Inbox(either_town.postbox, SYD)
    post = replace(either_town.post(), most_an_hour=4)
    for _ in range(3):
        either_town.enrols()
    deliver(either_town.database, post)
    assert len(karen.reads_messages()) == 3
    either_town.enrols(area=SYD_AREA, coordinator=SYD)
    for _ in range(2):
        either_town.enrols()
    deliver(either_town.database, post)
    (storm,) = karen.reads_messages()
    assert storm.subject == "2 beskeder på én gang: 2 flyttede eller ændrede"
    assert len(lars.reads_messages()) == 1  # it is not his storm
    for minute in range(0, 59, 7):
        either_town.clock.passes(minutes=7)
        for _ in range(5):
            either_town.enrols()
        deliver(either_town.database, post)
        assert len(karen.reads_messages()) <= (0 if minute < 50 else 1)
    either_town.clock.passes(hours=1)
    deliver(either_town.database, post)
    later = karen.reads_messages()
    assert len(later) <= 1
    told = {row["id"] for row in either_town.messages(recipient_id=1) if row["state"] in ("sent", "gathered")}
    assert told == {row["id"] for row in either_town.messages(recipient_id=1)}


def test_every_digest_of_a_storm_says_that_it_is_one_when_nobody_chose_a_digest(either_town: Municipality) -> None:
    karen, post = Inbox(either_town.postbox, VIBY), replace(either_town.post(), most_an_hour=2)
    for _ in range(4):
        for _ in range(5):
            either_town.enrols()
        deliver(either_town.database, post)
        either_town.clock.passes(minutes=40)
    texts = [mail.text for mail in karen.reads_messages()]
    assert len(texts) > 1
    assert [text for text in texts if "usædvanligt mange beskeder" not in text or "har valgt" in text] == []


def is_silent(town: Municipality) -> None:
    assert town.delivers(SilentPostbox()).failed > 0


def is_killed(town: Municipality) -> None:
    """The delivery, with all of it in hand."""
    town.sorts()
    with town.database.write() as session:
        assert take(session, "killed", MAIL, town.clock.now, 100) != []


@pytest.mark.parametrize("goes_wrong", [is_silent, is_killed])
def test_a_message_that_may_have_come_is_repeated_as_it_was_when_others_are_gathered(
    either_town: Municipality, goes_wrong: Callable[[Municipality], None]
) -> None:
    """Its Message-ID shows that it is the same; in a digest nothing would."""
    for _ in range(3):
        either_town.enrols()
    goes_wrong(either_town)
    either_town.clock.passes(days=3)
    for _ in range(3):
        either_town.enrols()
    either_town.clock.passes(days=2)
    assert either_town.delivers().gathered == 3
    subjects = [envelope.subject for envelope in either_town.postbox.envelopes]
    assert sorted(subjects) == [*(f"IM-000{n}: Nyt forløb" for n in (1, 2, 3)), "Siden sidst: 3 flyttede eller ændrede"]


def test_what_was_refused_is_gathered_with_the_others_when_it_cannot_have_come(either_town: Municipality) -> None:
    for _ in range(3):
        either_town.enrols()
    either_town.delivers(RefusingPostbox())
    either_town.clock.passes(days=3)
    for _ in range(3):
        either_town.enrols()
    either_town.clock.passes(days=2)
    assert either_town.delivers() == Delivered(sent=1, gathered=6)
    assert [mail.subject for mail in either_town.postbox.envelopes] == ["Siden sidst: 6 flyttede eller ændrede"]


def test_a_storm_is_told_together_when_it_was_refused_before(either_town: Municipality) -> None:
    """Her mailbox is full for some hours, and she is sent no more singly when it is not."""
    full = RefusingPostbox(whom=VIBY)
    post = replace(either_town.post(full), most_an_hour=4)
    references = list[str]()
    for _ in range(6):
        references += [either_town.enrols().reference for _ in range(3)]
        either_town.enrols(area=SYD_AREA, coordinator=SYD)
        for _ in range(4):
            deliver(either_town.database, post)
            either_town.clock.passes(minutes=15)
    assert full.to(VIBY) == []
    full.whom = "nobody"
    for _ in range(60):
        deliver(either_town.database, post)
        either_town.clock.passes(minutes=1)
    assert len([mail for mail in full.to(VIBY) if mail.subject.startswith("IM-")]) <= post.most_an_hour
    for _ in range(30):
        deliver(either_town.database, post)
        either_town.clock.passes(hours=1)
    told = "".join(mail.text for mail in full.to(VIBY))
    assert [told.count(f"/sag/{reference}") for reference in references] == [1] * len(references)


def test_what_is_refused_day_after_day_is_given_up_when_each_day_has_a_digest(either_town: Municipality) -> None:
    """A digest that began anew each morning would be tried for ever, and nobody would see it."""
    full = RefusingPostbox(whom=VIBY_MANAGER)
    for _ in range(5):
        ends(either_town, 2)
        for _ in range(4):
            either_town.delivers(full)
            either_town.clock.passes(hours=6)
    assert either_town.messages(state="dead", kind="digest") != []


def test_what_waits_is_sorted_anew_when_its_recipient_was_sent_nothing_yet(either_town: Municipality) -> None:
    ends(either_town, 2)
    either_town.sorts()
    waiting = either_town.messages(pace=Pace.DIGEST)
    assert {row["recipient_id"] for row in waiting} == {3}
    assert len(waiting) == 2
