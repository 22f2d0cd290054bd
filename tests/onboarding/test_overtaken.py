"""Reminders of what is over: they are not sent, and what nobody was sent is told again when it is due again."""

from __future__ import annotations

from datetime import timedelta

from engine import kinds
from engine.case import Rung
from models.message import State
from onboarding.absences import be_away
from onboarding.preferences import choose_times
from onboarding.staffing import add_staff
from tests.municipality import MESSAGE, VIBY_AREA, VIBY_MANAGER, Candidate, Municipality
from tests.support import RefusingPostbox

AFTER, ESCALATION = kinds.OF_RUNG[Rung.AFTER], kinds.OF_RUNG[Rung.ESCALATION]


def late(town: Municipality) -> Candidate:
    """Somebody whose coordinator was reminded of a deadline that has passed, and nothing is sent yet."""
    olena = town.enrols()
    town.delivers()
    town.clock.passes(days=15)
    olena.records("interest_confirmed")
    town.delivers()
    return olena


def test_a_reminder_is_not_sent_when_the_stage_was_left_before(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.QUEUED]
    olena.moves("admit")
    either_town.delivers()
    assert [(row["state"], row["reason"]) for row in either_town.messages(kind=AFTER)] == [(State.SKIPPED, "overtaken")]


def test_nothing_more_is_sent_when_somebody_dropped_out(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.clock.passes(weeks=8)
    either_town.sweeps()
    assert {row["state"] for row in either_town.messages(kind=ESCALATION)} == {State.QUEUED}
    olena.drops_out()
    either_town.delivers()
    assert {row["state"] for row in either_town.messages(kind=ESCALATION)} == {State.SKIPPED}


def test_it_is_told_once_of_the_new_deadline_when_a_pause_has_moved_it(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    first = either_town.messages(kind=AFTER)[0]
    olena.pauses()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    olena.resumes()
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.SKIPPED]
    either_town.sweeps()
    (again,) = either_town.messages(kind=AFTER)
    new = (first["id"], State.QUEUED, None, first["due_on"] + timedelta(weeks=3), either_town.clock.today)
    assert tuple(again[name] for name in ("id", "state", "reason", "due_on", "on_day")) == new
    either_town.delivers()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=2))
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.SENT]


def test_nobody_is_told_twice_when_one_of_two_was_told_before_the_pause(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.clock.passes(weeks=8)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox(whom=VIBY_MANAGER))
    olena.pauses()
    either_town.clock.passes(weeks=3)
    olena.resumes()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=21))
    either_town.delivers()
    told = either_town.messages(kind=ESCALATION)
    assert [row["state"] for row in told] == [State.SENT, State.SENT]
    assert len({row["recipient_id"] for row in told}) == 2


def test_it_is_told_to_whom_it_is_for_when_a_stand_in_was_to_hear_of_it_and_did_not(either_town: Municipality) -> None:
    """The stand-in's own, for which the other one was left out, was overtaken before their hours."""
    deputy = "vice.viby@example.org"
    olena = late(either_town)
    either_town.clock.passes(weeks=8)
    away = either_town.clock.today
    with either_town.database.write() as session:
        add_staff(session, deputy, "Vice", "manager", [VIBY_AREA])
        choose_times(session, deputy, hours="16:00-17:00", digest_days=None, digest_at=None)
        be_away(session, VIBY_MANAGER, away, away + timedelta(days=7), deputy, either_town.signed(VIBY_MANAGER))
    either_town.sweeps()
    either_town.delivers()
    assert either_town.postbox.to(VIBY_MANAGER) == either_town.postbox.to(deputy) == []
    olena.pauses()
    either_town.clock.passes(weeks=3)
    olena.resumes()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=21))
    either_town.delivers()
    either_town.clock.passes(hours=7)
    either_town.delivers()
    assert [len(either_town.postbox.to(email)) for email in (VIBY_MANAGER, deputy)] == [1, 1]


def test_it_is_told_again_when_the_move_that_overtook_it_is_undone(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    olena.moves("admit")
    olena.undoes()
    either_town.sweeps()
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.QUEUED]


def test_what_is_being_sent_is_left_to_the_delivery(either_town: Municipality) -> None:
    olena = late(either_town)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    (waiting,) = either_town.messages(kind=AFTER)
    ahead = either_town.clock.now + timedelta(minutes=5)
    either_town.changes(MESSAGE, {"id": waiting["id"]}, {"lease": "another", "leased_until": ahead})
    olena.moves("admit")
    assert [row["state"] for row in either_town.messages(kind=AFTER)] == [State.QUEUED]
