"""The account of the years can fail: each thing that must not happen has a name there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.municipality import Municipality
from tests.years.cases import Case, Fact, Over
from tests.years.office import AT_ONCE, Office
from tests.years.oracle import Oracle
from tests.years.reading import LIST, NEW_ONES
from tests.years.servers import Arrived
from tests.years.storms import MOST_AN_HOUR

TEN = datetime(2026, 9, 7, 8, tzinfo=UTC)


@pytest.fixture
def oracle(town: Municipality) -> Oracle:
    office = Office(town, Random(1))
    office._hires("manager", None)
    (person,) = office.people.values()
    person.paces = {"handovers": AT_ONCE}
    return Oracle(office)


def comes(oracle: Oracle, number: int, at: datetime, *, known: bool = True, owed: bool = True) -> None:
    """A message about a list of new ones; `owed` what it tells of is."""
    (email,) = oracle.office.people
    if owed:
        oracle.owes_to([email], Fact(LIST, NEW_ONES, "handovers", ("coordinator",), at))
        oracle.delivery_begins(at)
    oracle.hears(Arrived("mail", email, f"<{number}@x>", "3 nye forløb", "", at, known))


def test_as_many_as_may_come_within_an_hour_are_no_storm(oracle: Oracle) -> None:
    for number in range(MOST_AN_HOUR * 2):
        comes(oracle, number, TEN + number // MOST_AN_HOUR * timedelta(hours=1))
    assert not oracle.wrong


def test_it_is_a_storm_when_one_more_comes_within_the_hour(oracle: Oracle) -> None:
    for number in range(MOST_AN_HOUR + 1):
        comes(oracle, number, TEN + number * timedelta(minutes=59) / MOST_AN_HOUR)
    assert [wrong.partition(":")[0] for wrong in oracle.wrong] == ["a storm"]


def test_the_same_message_once_more_is_no_storm_when_it_may_have_come(oracle: Oracle) -> None:
    for number in range(MOST_AN_HOUR):
        comes(oracle, number, TEN, known=number > 0)
    comes(oracle, 0, TEN, owed=False)
    assert not oracle.wrong


def test_what_comes_twice_and_what_is_nobodys_is_named(oracle: Oracle) -> None:
    comes(oracle, 1, TEN)
    comes(oracle, 1, TEN, owed=False)
    comes(oracle, 2, TEN, owed=False)
    assert [wrong.partition(":")[0] for wrong in oracle.wrong] == ["repeated", "repeated, over or nobody's"]


def reminds(oracle: Oracle, number: int, at: datetime, *, known: bool = True) -> Case:
    """Of a deadline, always the same one, that is owed and comes."""
    (email,) = oracle.office.people
    fact = Fact("IM-0001", "Frist", "deadlines", ("coordinator",), at, (1, "before"))
    case = Case("IM-0001", "immigrant_track", {}, "Syd", email, None, person={"status": "ended"})
    oracle.cases["IM-0001"] = case
    oracle.owes(fact)
    oracle.delivery_begins(at)
    oracle.hears(Arrived("mail", email, f"<{number}@x>", "IM-0001: Frist om 3 dage", "", at, known))
    return case


def test_a_reminder_that_came_while_the_process_died_is_not_told_again_as_another_message(oracle: Oracle) -> None:
    case = reminds(oracle, 1, TEN, known=False)
    oracle.overtaken().is_over(case, Over(1, "pause"))
    reminds(oracle, 2, TEN + timedelta(hours=1))
    assert [wrong.partition(":")[0] for wrong in oracle.wrong] == ["repeated, over or nobody's"]


def test_a_reminder_that_came_while_the_process_died_does_not_come_once_more_when_it_is_over(oracle: Oracle) -> None:
    case = reminds(oracle, 1, TEN, known=False)
    oracle.overtaken().is_over(case, Over(1, "pause"))
    (email,) = oracle.office.people
    oracle.hears(Arrived("mail", email, "<1@x>", "IM-0001: Frist om 3 dage", "", TEN, known=True))
    assert [wrong.partition(":")[0] for wrong in oracle.wrong] == ["over"]


def test_what_never_comes_is_lost(oracle: Oracle) -> None:
    (email,) = oracle.office.people
    oracle.owes_to([email], Fact(LIST, NEW_ONES, "handovers", ("coordinator",), TEN))
    oracle.delivery_begins(TEN)
    oracle.ends()
    assert [wrong.partition(":")[0] for wrong in oracle.wrong] == ["lost"]


def test_what_was_undone_before_it_was_told_comes_as_no_news(oracle: Oracle) -> None:
    reminds(oracle, 1, TEN)
    moved = Fact("IM-0001", "Ikke optaget", "moves", ("coordinator",), TEN, number=2)
    oracle.owes(moved)
    oracle.owes(Fact("IM-0001", "Overgangen er fortrudt", "moves", ("coordinator",), TEN, number=3, takes_back=(2,)))
    oracle.delivery_begins(TEN)
    (email,) = oracle.office.people
    oracle.hears(Arrived("mail", email, "<2@x>", "IM-0001: Ikke optaget", "", TEN, known=True))
    assert "undone" in [wrong.partition(":")[0] for wrong in oracle.wrong]
