"""Reminders that nobody was sent go to whoever has the case by then, and to nobody who had them by another way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from engine import kinds
from engine.case import Rung
from engine.topic import Topic
from models.message import MAIL, Pace, State
from onboarding.deliver import deliver
from onboarding.outbox import take
from onboarding.staffing import add_staff, remove_staff
from tests.municipality import (
    SYD,
    SYD_AREA,
    SYD_MANAGER,
    VIBY,
    VIBY_AREA,
    VIBY_MANAGER,
    Inbox,
    Municipality,
)
from tests.onboarding.listed import list_of_one
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone
from tests.support import AwayPostbox, Postbox

ESCALATION = kinds.OF_RUNG[Rung.ESCALATION]
#: Who may hear of a case in Viby that goes to Syd.
REMINDED = (SYD, SYD_MANAGER, VIBY, VIBY_MANAGER)


def test_whoever_has_the_case_by_then_is_reminded_when_it_is_handed_over_before(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    olena.is_assigned(SYD, SYD_AREA)
    either_town.delivers()
    new_ones = (SYD, SYD_MANAGER)
    assert [recipient for kind, recipient in olena.told() if kind == ESCALATION] == [VIBY, VIBY_MANAGER]
    either_town.clock.passes(days=1)
    either_town.sweeps()
    either_town.delivers()
    told = [row for row in either_town.messages(kind=ESCALATION) if row["state"] == State.SENT]
    assert len(told) == len(new_ones)
    for email in new_ones:
        assert f"{olena.reference}: Eskalering: 11 dage over tid" in Inbox(either_town.postbox, email).reads_subjects()
    for email in (VIBY, VIBY_MANAGER):
        assert not [one for one in either_town.postbox.to(email) if "Eskalering" in one.subject]


def test_whoever_has_the_case_by_then_is_reminded_of_what_a_dead_delivery_had_in_hand(
    either_town: Municipality,
) -> None:
    """The lease is over, and nobody has gone on with it yet."""
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    either_town.sorts()
    with either_town.database.write() as session:
        take(session, "dead", MAIL, either_town.clock.now, 50)
    either_town.clock.passes(minutes=16)
    olena.is_assigned(SYD, SYD_AREA)
    either_town.clock.passes(days=1)
    either_town.sweeps()
    either_town.delivers()
    mails = {email: either_town.postbox.to(email) for email in REMINDED}
    told = {email: sum("Eskalering" in one.subject + one.text for one in mails[email]) for email in REMINDED}
    assert told == {SYD: 1, SYD_MANAGER: 1, VIBY: 0, VIBY_MANAGER: 0}


def test_whoever_has_the_case_by_then_is_reminded_when_a_list_hands_it_over(
    either_town: Municipality, tmp_path: Path
) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    given = replace(olena.applicant, area=SYD_AREA, coordinator=SYD)
    either_town.imports(list_of_one(tmp_path, given))
    either_town.clock.passes(days=1)
    either_town.sweeps()
    told = [(row["state"], row["recipient_id"]) for row in either_town.messages(kind=ESCALATION)]
    assert [state for state, _ in told] == [State.SKIPPED, State.SKIPPED, State.QUEUED, State.QUEUED]


def test_whoever_gets_the_case_of_somebody_who_was_taken_out_is_reminded(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    with either_town.database.write() as session:
        add_staff(session, SYD, "Lars Syd", "coordinator", [VIBY_AREA, SYD_AREA])
        remove_staff(session, VIBY)
    either_town.clock.passes(days=24)
    either_town.sweeps()
    either_town.delivers()
    assert ("skipped", "recipient_inactive") in {(row["state"], row["reason"]) for row in either_town.messages()}
    olena.is_assigned(SYD)
    either_town.clock.passes(days=1)
    either_town.sweeps()
    either_town.delivers()
    (told,) = Inbox(either_town.postbox, SYD).reads_messages()
    assert told.subject == "Overtaget: 1 haster, 1 til dig"
    assert f"{olena.reference}: Eskalering: 11 dage over tid" in told.text
    assert len([one for one in either_town.postbox.to(VIBY_MANAGER) if "Eskalering" in one.subject]) == 1


def test_nobody_is_told_by_one_way_what_they_had_by_another(either_town: Municipality) -> None:
    """The phone was not reached before the case was handed over to a colleague of the same area."""
    has_a_phone(either_town, VIBY_MANAGER)
    chooses(either_town, VIBY_MANAGER, Topic.ESCALATIONS, Pace.AT_ONCE, "sms", MAIL)
    with either_town.database.write() as session:
        add_staff(session, SYD, "Lars Syd", "coordinator", [VIBY_AREA, SYD_AREA])
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    deliver(either_town.database, by_both(either_town, AwayPostbox("sms")))
    assert len([one for one in either_town.postbox.to(VIBY_MANAGER) if "Eskalering" in one.subject]) == 1
    olena.is_assigned(SYD)
    either_town.clock.passes(days=1)
    either_town.sweeps()
    sms = Postbox("sms")
    deliver(either_town.database, by_both(either_town, sms))
    assert sms.envelopes == []
    assert len([one for one in either_town.postbox.to(VIBY_MANAGER) if "Eskalering" in one.subject]) == 1


def test_a_new_manager_is_told_nothing_of_what_the_one_before_had_by_one_of_two_ways(either_town: Municipality) -> None:
    """Their phone was not reached before the candidate was ill for a day."""
    has_a_phone(either_town, VIBY_MANAGER)
    chooses(either_town, VIBY_MANAGER, Topic.ESCALATIONS, Pace.AT_ONCE, "sms", MAIL)
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    deliver(either_town.database, by_both(either_town, AwayPostbox("sms")))
    olena.pauses()
    either_town.clock.passes(days=1)
    olena.resumes()
    with either_town.database.write() as session:
        add_staff(session, "ny.leder@example.org", "Ny Leder", "manager", [VIBY_AREA])
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=7))
    either_town.delivers()
    assert [one.subject for one in either_town.postbox.to("ny.leder@example.org")] == []
