"""Deliveries that are killed while they sort, copy, gather and send: everybody is told of everything once, in a message
or in a digest, and what comes again is the same message.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from engine.kinds import LIST_IMPORTED
from models.message import MAIL, State
from notifications.queue import MESSAGE
from onboarding.addressing import STAFF
from onboarding.outbox import LEASE
from onboarding.sending import MOST_UNMARKED
from onboarding.store import ENROLMENT
from tests.crash.conftest import PHONE
from tests.crash.crowd import SWEPT_AT, count_of, opened
from tests.crash.processes import Worker
from tests.crash.words import SMS, read
from tests.crash.worker import post_by_both
from tests.municipality import VIBY

#: The digests of the morning are due, and nothing is a day late.
BEGUN_AT = SWEPT_AT + timedelta(hours=3)
#: By which way, to whom, and what: reference, kind and day.
Told = tuple[str, str, tuple[str, str, str]]


def to_be_told(url: str) -> Counter[Told]:
    """Read off the outbox before any delivery has touched it."""
    m = MESSAGE.c
    wanted = select(m.kind, m.on_day, m.topic, ENROLMENT.c.reference, STAFF.c.email)
    with opened(url) as database, database.read() as session:
        rows = (
            session.connection()
            .execute(wanted.join_from(MESSAGE, STAFF).outerjoin(ENROLMENT, m.enrolment_id == ENROLMENT.c.id))
            .all()
        )
    told = Counter[Told]()
    for row in rows:
        said = (row.reference or "", row.kind, row.on_day.isoformat())
        told[MAIL, row.email, said] += 1
        if row.email == VIBY and row.topic == "moves":
            told[SMS, PHONE, said] += 1
    return told


def as_in_the_outbox(said: tuple[str, str, str]) -> tuple[str, str, str]:
    """A message of a list is of no case, though it names the first."""
    return ("", *said[1:]) if said[1] == LIST_IMPORTED else said


def ledger(folder: Path) -> list[Any]:
    path = folder / "ledger"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def killed_until_done(folder: Path, dies: Callable[[], bool], moves: Callable[[], None]) -> list[int]:
    """Delivers until a delivery comes to its end; gives how many messages went out again because of each kill."""
    again = []
    while dies():
        moves()
        lines = ledger(folder)
        again.append(len(lines) - len({(way, message_id) for way, _, message_id, _ in lines}) - sum(again))
    return again


def assert_told_once(url: str, folder: Path, expected: Counter[Told], kills: int) -> None:
    lines = ledger(folder)
    once = {(way, message_id): (to, text) for way, to, message_id, text in lines}
    assert len(lines) - len(once) <= kills * MOST_UNMARKED
    for way, to, message_id, text in lines:
        assert once[way, message_id] == (to, text), "what comes again is the same"
    said = [(way, to, as_in_the_outbox(one)) for (way, _), (to, text) in once.items() for one in read(text).said]
    assert Counter(said) == expected
    assert any(read(text).why for _, text in once.values()), "nothing was gathered"
    waiting = count_of(url, MESSAGE, MESSAGE.c.state.in_((State.QUEUED, State.DEAD)))
    assert waiting == 0


def test_everybody_is_told_once_when_a_delivery_dies_at_each_of_its_steps(sorted_out: str, tmp_path: Path) -> None:
    expected, now, step = to_be_told(sorted_out), BEGUN_AT, 0

    def dies() -> bool:
        nonlocal step
        step += 2 if ledger(tmp_path) else 1  # of what comes before the first message each step has its turn
        return Worker(sorted_out, post_by_both, tmp_path, now, dies_at=step).died()

    def moves() -> None:
        nonlocal now
        now += LEASE + timedelta(minutes=1)

    again = killed_until_done(tmp_path, dies, moves)
    assert min(again) == 0
    assert 0 < max(again) <= MOST_UNMARKED
    assert len(again) > 20
    assert_told_once(sorted_out, tmp_path, expected, len(again))


def test_everybody_is_told_once_when_deliveries_are_killed_at_any_moment(sorted_out: str, tmp_path: Path) -> None:
    expected, now, random, most = to_be_told(sorted_out), BEGUN_AT, Random(17), 6

    def dies() -> bool:
        nonlocal most
        most += 1  # on a slow machine too they are through by the evening: the next day a deadline is told otherwise
        worker = Worker(sorted_out, post_by_both, tmp_path, now)
        return worker.is_killed(random.randrange(most), random.uniform(0, 0.03))

    def moves() -> None:
        nonlocal now
        now += LEASE + timedelta(minutes=1)

    again = killed_until_done(tmp_path, dies, moves)
    assert 0 <= min(again) <= max(again) <= MOST_UNMARKED
    assert_told_once(sorted_out, tmp_path, expected, len(again))
