"""How often a delivery asks the database: as often for many messages as for a few that go as quickly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import event

from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.sending import MOST_UNMARKED
from tests.municipality import Municipality


def asked(town: Municipality, messages: int, *, apart: int = 0) -> int:
    """The statements of a delivery of so many, written so many minutes apart; those that begin a transaction count."""
    for _ in range(messages):
        town.enrols()
        town.clock.passes(minutes=apart)
    count = 0

    def note(*_about: Any) -> None:
        nonlocal count
        count += 1

    event.listen(town.database.engine, "before_cursor_execute", note)
    delivered = deliver(town.database, replace(town.post(), most_an_hour=1000))
    event.remove(town.database.engine, "before_cursor_execute", note)
    assert delivered == Delivered(sent=messages)
    return count


def test_a_delivery_asks_as_often_when_there_are_more_messages(either_town: Municipality) -> None:
    assert asked(either_town, 3) == asked(either_town, MOST_UNMARKED - 1)


def test_a_mark_is_made_once_more_when_so_many_were_sent(either_town: Municipality) -> None:
    of_one_mark = asked(either_town, MOST_UNMARKED - 1)
    assert asked(either_town, 2 * MOST_UNMARKED) - of_one_mark <= 4


def test_messages_are_sorted_together_when_they_were_written_at_different_times(either_town: Municipality) -> None:
    assert asked(either_town, 3) == asked(either_town, 9, apart=1)
