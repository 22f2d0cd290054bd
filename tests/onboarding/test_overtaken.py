"""Reminders of what is over, or told by a weightier one, or somebody else's by now: they are not sent, and what nobody
was sent is told again when it is due again.
"""

from __future__ import annotations

from datetime import timedelta

from engine import kinds
from engine.case import Rung
from models.message import State
from onboarding.absences import be_away
from onboarding.preferences import choose_times
from onboarding.staffing import add_staff
from tests.municipality import (
    MESSAGE,
    VIBY,
    VIBY_AREA,
    VIBY_MANAGER,
    Candidate,
    Inbox,
    Municipality,
)
from tests.support import RefusingPostbox

BEFORE, ON, AFTER, ESCALATION = (kinds.OF_RUNG[rung] for rung in (Rung.BEFORE, Rung.ON, Rung.AFTER, Rung.ESCALATION))


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
    either_town.delivers()
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


def rungs(town: Municipality) -> dict[str, tuple[str, str | None]]:
    """Of each reminder to the coordinator of Viby, how it went."""
    kinds_of_rungs = {BEFORE, ON, AFTER, ESCALATION}
    rows = [row for row in town.messages(audience="coordinator") if row["kind"] in kinds_of_rungs]
    return {row["kind"]: (row["state"], row["reason"]) for row in rows}


def swept_and_not_sent(town: Municipality, days: int) -> tuple[Inbox, Candidate]:
    """Somebody's coordinator, whom the mail server has not reached for so many days since they enrolled."""
    karen, olena = Inbox(town.postbox, VIBY), town.enrols()
    town.delivers()
    karen.reads_messages()
    town.sweeps_every_day_until(town.clock.today + timedelta(days=days))
    return karen, olena


def test_a_case_is_told_of_once_when_several_of_its_reminders_waited(either_town: Municipality) -> None:
    """Sweeps went on, and nothing was sent for days."""
    karen, olena = swept_and_not_sent(either_town, days=24)
    overtaken = (State.SKIPPED, "overtaken")
    assert rungs(either_town) == {BEFORE: overtaken, ON: overtaken, AFTER: overtaken, ESCALATION: (State.QUEUED, None)}
    either_town.delivers()
    assert karen.reads_subjects() == [f"{olena.reference}: Eskalering: 10 dage over tid"]


def test_a_deadline_is_told_as_it_stands_on_the_day_on_which_it_is_sent(either_town: Municipality) -> None:
    karen, olena = swept_and_not_sent(either_town, days=14)
    assert rungs(either_town)[ON] == (State.QUEUED, None)
    either_town.clock.passes(days=2)
    either_town.delivers()
    (told,) = karen.reads_messages()
    assert told.subject == f"{olena.reference}: Frist den 21. september 2026"
    assert "Trinnet »Visitation« havde frist den 21. september 2026." in told.text
    assert "Over tid: 2 dage" in told.text


def has_been_on_pause_for_days(town: Municipality, olena: Candidate) -> None:
    """Since before the deadline, as somebody says now; and three weeks later they go on."""
    olena.pauses(on=town.clock.today - timedelta(days=3))
    town.clock.passes(weeks=3)
    olena.resumes()
    town.sweeps()


def test_a_reminder_that_told_nobody_is_told_when_a_pause_makes_it_due_again(either_town: Municipality) -> None:
    """The one before was left for the one on the day, and that was held back."""
    olena = either_town.enrols()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=14))
    has_been_on_pause_for_days(either_town, olena)
    assert rungs(either_town) == {BEFORE: (State.QUEUED, None), ON: (State.SKIPPED, "overtaken")}


def test_what_was_told_is_not_told_again_when_the_weightier_one_is_held_back(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=11))
    either_town.delivers()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    has_been_on_pause_for_days(either_town, olena)
    assert rungs(either_town) == {BEFORE: (State.SENT, None), ON: (State.SKIPPED, "overtaken")}
