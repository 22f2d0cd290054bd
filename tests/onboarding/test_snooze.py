"""Reminders that rest: what was written and not sent is held back, what was sent is not sent again; who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.refusal import Refused
from models.message import State
from models.snooze import SnoozeRow
from models.types import table
from reports.words import UNSENT
from tests.municipality import SYD, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.onboarding.test_overtaken import AFTER, ESCALATION, late
from tests.support import RefusingPostbox, assert_folds

SNOOZE = table(SnoozeRow)
Says = Callable[[Candidate], Any]


def snoozed(olena: Candidate) -> Any:
    return olena.snoozes(olena.town.clock.today + timedelta(days=30))


def left_to_others(olena: Candidate) -> Any:
    return olena.is_handled_elsewhere()


either_way = pytest.mark.parametrize(
    ("says", "reason"), [(snoozed, "snoozed"), (left_to_others, "handled_elsewhere")], ids=["snooze", "elsewhere"]
)


def reminded(town: Municipality) -> Candidate:
    """The reminder of a deadline that has passed is written, and not sent yet."""
    olena = late(town)
    town.sweeps_every_day_until(town.clock.today + timedelta(days=3))
    assert [row["state"] for row in town.messages(kind=AFTER)] == [State.QUEUED]
    return olena


@either_way
def test_what_is_written_and_not_sent_is_held_back(either_town: Municipality, says: Says, reason: str) -> None:
    olena = reminded(either_town)
    says(olena)
    either_town.delivers()
    assert [(row["state"], row["reason"]) for row in either_town.messages(kind=AFTER)] == [(State.SKIPPED, reason)]
    assert UNSENT[reason].endswith("."), "and the page says why"
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=29))
    either_town.delivers()
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.SKIPPED]
    assert either_town.messages(kind=ESCALATION) == [], "the manager is not told either"
    assert_folds(either_town.database)


def test_the_weightiest_is_told_on_the_day_when_the_snooze_is_over(either_town: Municipality) -> None:
    olena = reminded(either_town)
    snoozed(olena)
    day = either_town.clock.today + timedelta(days=30)
    assert olena.shown()["next_due_on"] == day.isoformat()
    either_town.sweeps_every_day_until(day + timedelta(days=20))
    either_town.delivers()
    told = either_town.messages(kind=ESCALATION)
    assert [(row["state"], row["on_day"]) for row in told] == [(State.SENT, day)] * 2
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.SKIPPED]
    assert_folds(either_town.database)


def test_it_is_told_anew_when_it_is_due_again_before_anything_weightier(either_town: Municipality) -> None:
    olena = reminded(either_town)
    olena.snoozes(either_town.clock.today + timedelta(days=1))
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=1))
    either_town.delivers()
    (again,) = either_town.messages(kind=AFTER)
    assert (again["state"], again["reason"], again["on_day"]) == (State.SENT, None, either_town.clock.today)


@either_way
def test_nobody_is_told_twice_when_one_of_two_was_told_before(
    either_town: Municipality, says: Says, reason: str
) -> None:
    olena = late(either_town)
    either_town.clock.passes(weeks=8)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox(whom=VIBY_MANAGER))
    says(olena)
    assert [row["reason"] for row in either_town.messages(kind=ESCALATION, state=State.SKIPPED)] == [reason]
    olena.is_reminded_again()
    either_town.sweeps()
    either_town.delivers()
    assert [row["state"] for row in either_town.messages(kind=ESCALATION)] == [State.SENT, State.SENT]
    came_later = [envelope.recipient for envelope in either_town.postbox.envelopes if "Eskalering" in envelope.subject]
    assert came_later == [VIBY_MANAGER], "the coordinator had it already"


@either_way
def test_nothing_is_held_back_when_it_is_refused(either_town: Municipality, says: Says, reason: str) -> None:
    olena = reminded(either_town)
    with pytest.raises(Refused, match="listen"):
        olena.snoozes(either_town.clock.today + timedelta(days=5), "boredom")
    with pytest.raises(Refused, match="listen"):
        olena.is_handled_elsewhere("boredom")
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.QUEUED]
    assert either_town.rows(SNOOZE) == []
    del says, reason


def test_the_rest_is_cancelled_when_the_stage_is_left(either_town: Municipality) -> None:
    olena = reminded(either_town)
    snoozed(olena)
    olena.moves("admit")
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=40))
    assert either_town.messages(kind=ESCALATION) == []
    assert olena.shown()["snooze"] is None
    olena.undoes()
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.SKIPPED]
    either_town.sweeps()
    assert [row["state"] for row in either_town.messages(kind=ESCALATION)] == [State.QUEUED] * 2
    assert_folds(either_town.database)


def test_the_coordinator_is_told_when_somebody_else_did_it(either_town: Municipality) -> None:
    olena = reminded(either_town)
    olena.snoozes(either_town.clock.today + timedelta(days=9))
    assert olena.told("snoozed") == [], "who did it knows"
    olena.is_handled_elsewhere(by=VIBY_MANAGER)
    olena.is_reminded_again(by=SYD)
    assert olena.told()[-2:] == [("handled_elsewhere", VIBY), ("reminded_again", VIBY)]
    delivered = either_town.delivers()
    assert (delivered.dead, delivered.failed) == (0, 0)


def test_it_is_said_who_and_until_when_and_why_when_a_case_is_shown(either_town: Municipality) -> None:
    olena = reminded(either_town)
    day = either_town.clock.today + timedelta(days=9)
    made = olena.snoozes(day, "awaits_answer")
    assert (made["until"], made["reason"], made["moves"], made["status"]) == (
        day.isoformat(),
        "awaits_answer",
        [],
        "open",
    )
    shown = olena.shown()
    assert shown["snooze"] == {
        "until": day.isoformat(),
        "reason": "awaits_answer",
        "reason_title": "Venter på svar",
        "reminders_left": True,
    }
    assert shown["overdue"], "a fact is a fact"
    last = shown["transitions"][-1]
    said = ("snooze", VIBY, "awaits_answer", day.isoformat())
    assert tuple(last[name] for name in ("action", "by", "reason", "review_on")) == said
    assert olena.shown(on=day)["snooze"] is None, "the day has come"
    olena.is_handled_elsewhere("manager")
    elsewhere = {"until": None, "reason": "manager", "reason_title": "Lederen følger op", "reminders_left": False}
    assert olena.shown()["snooze"] == elsewhere
    olena.is_reminded_again()
    assert olena.shown()["snooze"] is None


def test_it_is_said_that_none_is_left_when_every_reminder_was_sent(either_town: Municipality) -> None:
    olena = late(either_town)
    day = either_town.clock.today + timedelta(days=40)
    assert olena.snoozes(day)["reminders_left"], "the escalation is to come"
    assert olena.is_reminded_again()["reminders_left"]
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=30))
    either_town.delivers()
    assert not olena.snoozes(day)["reminders_left"]
    assert olena.shown()["snooze"]["reminders_left"] is False


def test_a_reminder_that_was_not_sent_is_left_when_it_is_held_back(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=30))
    assert olena.snoozes(either_town.clock.today + timedelta(days=9))["reminders_left"]


def test_a_command_that_is_sent_twice_acts_once(either_town: Municipality) -> None:
    olena = reminded(either_town)
    day = either_town.clock.today + timedelta(days=9)
    first, again = (olena.snoozes(day, command_id="twice") for _ in range(2))
    assert first == again
    assert [row["action"] for row in olena.shown()["transitions"]].count("snooze") == 1
