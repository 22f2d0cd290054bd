"""Whoever stands in gets what they may see, for as long as they may see it, and not too much at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from engine.topic import Topic
from models.message import Pace, State
from models.staff import Staff
from models.types import table
from onboarding import users
from onboarding.deliver import deliver
from onboarding.outbox import resend
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.preferences import choose_times, choose_topic
from onboarding.staffing import add_staff
from tests.municipality import MESSAGE, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.absent import DEPUTY, OTHER, THIRD, away
from tests.onboarding.test_beyond_a_stand_in import references_in
from tests.support import RefusingPostbox

BOSS = "admin@example.org"
CHANGES: dict[str, Callable[[Session], object]] = {
    "moved": lambda session: add_staff(session, OTHER, "Ida", "coordinator", [SYD_AREA]),
    "promoted": lambda session: add_staff(session, OTHER, "Ida", "manager", [VIBY_AREA]),
    "outgrown": lambda session: add_staff(session, VIBY, "Karen", "coordinator", [VIBY_AREA, SYD_AREA]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_goes_to_whom_it_is_for_when_the_stand_in_could_not_be_chosen_any_more(
    office: Municipality, change: str
) -> None:
    away(office, VIBY, OTHER)
    office.enrols()
    with office.database.write() as session:
        CHANGES[change](session)
    office.delivers()
    assert (len(office.postbox.to(VIBY)), office.postbox.to(OTHER)) == (1, [])


def test_it_goes_to_whom_it_is_for_when_the_last_in_a_row_could_not_be_chosen_any_more(office: Municipality) -> None:
    """Nor to the one between, who is away."""
    away(office, VIBY, OTHER)
    away(office, OTHER, THIRD)
    with office.database.write() as session:
        add_staff(session, THIRD, "Ole", "coordinator", [SYD_AREA])
    office.enrols()
    office.delivers()
    assert [mail.recipient for mail in office.postbox.envelopes] == [VIBY]


def test_the_stand_in_gets_it_again_when_they_are_back_in_the_area(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        CHANGES["moved"](session)
        add_staff(session, OTHER, "Ida", "coordinator", [SYD_AREA, VIBY_AREA])
    office.enrols()
    office.delivers()
    assert [mail.recipient for mail in office.postbox.envelopes] == [OTHER]


def test_a_stand_in_gets_a_digest_of_each_when_it_is_too_much_altogether(office: Municipality) -> None:
    ida, post = Inbox(office.postbox, OTHER), replace(office.post(), most_an_hour=5)
    for colleague in (VIBY, THIRD):
        away(office, colleague, OTHER)
    for coordinator in (VIBY, THIRD, OTHER):
        for _ in range(2):
            office.enrols(coordinator=coordinator)
    deliver(office.database, post)
    digests = ida.reads_messages()
    assert [mail.subject for mail in digests] == ["2 beskeder på én gang: 2 flyttede eller ændrede"] * 3
    assert sum("kollega, som du er stedfortræder for" in mail.text for mail in digests) == 2


def test_what_a_stand_in_was_sent_for_one_counts_when_there_is_a_storm_for_another(office: Municipality) -> None:
    ida, post = Inbox(office.postbox, OTHER), replace(office.post(), most_an_hour=5)
    for colleague in (VIBY, THIRD):
        away(office, colleague, OTHER)
    for coordinator in (VIBY, OTHER):
        for _ in range(2):
            office.enrols(coordinator=coordinator)
    deliver(office.database, post)
    assert len(ida.reads_messages()) == 4
    for _ in range(2):
        office.enrols(coordinator=THIRD)
    deliver(office.database, post)
    assert len(ida.reads_messages()) == 1


def test_nobody_else_is_in_the_storm_of_a_stand_in(office: Municipality) -> None:
    karen, post = Inbox(office.postbox, VIBY), replace(office.post(), most_an_hour=2)
    away(office, THIRD, OTHER)
    for coordinator in (THIRD, OTHER, VIBY):
        for _ in range(2):
            office.enrols(coordinator=coordinator)
    deliver(office.database, post)
    assert len(karen.reads_messages()) == 2


def test_the_stand_in_is_told_once_when_what_was_for_themselves_was_given_up(office: Municipality) -> None:
    _chooses_the_hour(office, {DEPUTY: "11:00", VIBY_MANAGER: "12:00"})
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    office.enrols().moves("reject")
    office.clock.passes(days=1, hours=1, minutes=30)
    office.delivers(RefusingPostbox(permanent=True, whom=DEPUTY))
    assert [row["state"] for row in _endings(office, DEPUTY)] == ["dead"]
    office.clock.passes(hours=1)
    office.delivers()
    (told,) = office.postbox.to(DEPUTY)
    assert "stedfortræder for" in told.text
    assert [(row["state"], row["reason"]) for row in _endings(office, DEPUTY)] == [("skipped", "nothing_new")]
    with office.database.write() as session:
        assert resend(session, [], office.clock.now) == 0


def test_the_stand_in_is_told_once_of_each_when_their_own_digest_was_given_up(office: Municipality) -> None:
    _chooses_the_hour(office, {DEPUTY: "11:00", VIBY_MANAGER: "12:00"})
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    for _ in range(2):
        office.enrols().moves("reject")
    office.clock.passes(days=1, hours=1, minutes=30)
    office.delivers(RefusingPostbox(permanent=True, whom=DEPUTY))
    office.clock.passes(hours=1)
    office.delivers()
    assert len(office.postbox.to(DEPUTY)) == 1
    with office.database.write() as session:
        resend(session, [], office.clock.now)
    office.delivers()
    assert [mail.subject for mail in office.postbox.to(DEPUTY)] == ["2 afsluttede"]


def test_the_stand_in_is_not_told_again_when_what_was_for_themselves_may_have_come(office: Municipality) -> None:
    _chooses_the_hour(office, {DEPUTY: "11:00", VIBY_MANAGER: "12:00"})
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    office.enrols().moves("reject")
    office.clock.passes(days=1, hours=1, minutes=30)
    office.delivers()
    (own,) = _endings(office, DEPUTY)
    given_up = {"state": State.DEAD, "reason": MAY_BE_RECEIVED}
    office.changes(MESSAGE, {"id": own["id"]}, given_up)
    office.clock.passes(hours=1)
    office.delivers()
    assert len(office.postbox.to(DEPUTY)) == 1
    assert [row["reason"] for row in _endings(office, VIBY_MANAGER)] == ["nothing_new"]


def _chooses_the_hour(office: Municipality, of_digests: dict[str, str]) -> None:
    with office.database.write() as session:
        for email, hour in of_digests.items():
            choose_times(session, email, hours=None, digest_days="2", digest_at=hour)


def _endings(office: Municipality, email: str) -> list[dict[str, Any]]:
    """What there is for somebody of an ending."""
    recipient = next(row["id"] for row in office.rows(table(Staff)) if row["email"] == email)
    return office.messages(recipient_id=recipient, topic="endings", kind="reject")


@pytest.mark.parametrize("how_many", [1, 2])
@pytest.mark.parametrize("then", ["removed", "moved", "never"])
def test_whoever_was_away_is_told_when_the_stand_in_never_was(
    either_town: Municipality, how_many: int, then: str
) -> None:
    """The stand-in would have heard by a digest of their own on Friday, and was gone, or wanted none, by then."""
    with either_town.database.write() as session:
        add_staff(session, DEPUTY, "Vice", "manager", [VIBY_AREA])
        choose_times(session, DEPUTY, hours=None, digest_days="5", digest_at=None)
    away(either_town, VIBY_MANAGER, DEPUTY, days=2)
    candidates = [either_town.enrols() for _ in range(how_many)]
    for candidate in candidates:
        candidate.drops_out()
    for _ in range(3):
        either_town.delivers()
        either_town.clock.passes(days=1)
    assert either_town.postbox.to(DEPUTY) == either_town.postbox.to(VIBY_MANAGER) == []
    with either_town.database.write() as session:
        if then == "removed":
            users.remove(session, DEPUTY, by=BOSS, at=either_town.clock.now)
        elif then == "moved":
            users.change(session, DEPUTY, "Vice", "manager", [SYD_AREA], by=BOSS, at=either_town.clock.now)
        else:
            choose_topic(session, DEPUTY, Topic.ENDINGS, Pace.NEVER)
    for _ in range(7):
        either_town.delivers()
        either_town.clock.passes(days=1)
    assert references_in(either_town, VIBY_MANAGER, candidates) == [one.reference for one in candidates]
    assert len(either_town.postbox.to(VIBY_MANAGER)) == 1
    assert either_town.postbox.to(DEPUTY) == []
