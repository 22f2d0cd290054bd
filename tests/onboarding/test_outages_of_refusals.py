"""A channel that refuses everybody, in one delivery or over several, is out; one that refuses some is not."""

from __future__ import annotations

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.queue import MESSAGE
from onboarding.delivered import Delivered
from onboarding.other_end import MOST_REFUSED
from onboarding.outages import OUTAGE, outages
from onboarding.staffing import add_staff
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.onboarding.absent import OTHER, away
from tests.onboarding.test_outages import ClosedPostbox, DeadPostbox, Watched
from tests.onboarding.test_preferences import chooses, has_a_phone
from tests.support import RefusingPostbox


def test_no_message_dies_when_the_server_refuses_everybody(either_town: Municipality) -> None:
    """A sender that a server will not have is refused again and again, for good, whoever the message is for."""
    with either_town.database.write() as session:
        colleagues = [f"nr{number}@example.org" for number in range(MOST_REFUSED + 2)]
        for email in colleagues:
            add_staff(session, email, "En kollega", "coordinator", [VIBY_AREA])
    for email in colleagues:
        either_town.enrols(coordinator=email)
    refusing = RefusingPostbox(permanent=True)
    closed = "Postkassen er lukket."
    assert either_town.delivers(refusing) == Delivered(failed=MOST_REFUSED, left=len(colleagues), stopped=closed)
    either_town.clock.passes(minutes=30)
    assert either_town.delivers(refusing) == Delivered(failed=1, left=len(colleagues), stopped=closed)
    either_town.clock.passes(minutes=30)
    assert either_town.delivers() == Delivered(sent=len(colleagues))


@pytest.mark.parametrize("permanent", [True, False])
def test_no_message_dies_when_everybody_is_refused_and_they_are_few(either_town: Municipality, permanent: bool) -> None:
    """Two coordinators are all that there are; the server says 4xx to both, or that it will have none of our mail."""
    with either_town.database.write() as session:
        add_staff(session, "ida@example.org", "Ida", "coordinator", [VIBY_AREA])
    for email in ("ida@example.org", VIBY) * 3:
        either_town.enrols(coordinator=email)
    refusing = RefusingPostbox(permanent=permanent)
    for _ in range(100):
        either_town.delivers(refusing)
        either_town.clock.passes(hours=1)
    assert len(either_town.rows(OUTAGE)) == 1
    repaired = either_town.delivers()
    assert (repaired.sent > 0, repaired.left) == (True, 0)
    assert "dead" not in {row["state"] for row in either_town.rows(MESSAGE)}


def test_a_message_is_given_up_when_only_its_recipient_is_refused(either_town: Municipality) -> None:
    for _ in range(MOST_REFUSED + 2):
        either_town.enrols()
    assert either_town.delivers(RefusingPostbox(permanent=True)).dead == MOST_REFUSED + 2
    assert either_town.rows(OUTAGE) == []


@pytest.mark.parametrize("permanent", [True, False])
def test_no_message_dies_when_everybody_is_refused_one_a_delivery(either_town: Municipality, permanent: bool) -> None:
    watched = Watched(either_town, ClosedPostbox(permanent=permanent))
    first, second, *_ = watched.tells(VIBY, SYD, VIBY, SYD, minutes=1)
    assert (first.stopped, second.stopped) == (None, "Vi tager ikke imod fra jer.")
    assert second == Delivered(failed=second.failed, left=2, stopped=second.stopped)
    for _ in range(60):
        watched.delivers()
        either_town.clock.passes(hours=1)
    assert len(either_town.rows(OUTAGE)) == 1
    assert {row["state"] for row in either_town.messages()} <= {"queued", "gathered", "skipped"}
    assert watched.subjects() == ["Beskeder kan ikke sendes (mail)"]
    watched.mail.repaired = True
    watched.delivers()
    assert "dead" not in {row["state"] for row in either_town.messages()}
    assert either_town.messages(state="queued") == []
    assert watched.subjects()[1:] == ["Beskeder sendes igen (mail)"]


@pytest.mark.parametrize("permanent", [True, False])
def test_one_digest_is_sent_when_the_server_refused_everybody_for_days(
    either_town: Municipality, permanent: bool
) -> None:
    """What it refused before that was known counts against no message either."""
    for email in (VIBY, SYD):
        chooses(either_town, email, Topic.MOVES, Pace.DIGEST, MAIL)
    watched = Watched(either_town, ClosedPostbox(permanent=permanent))
    for _ in range(4):
        for email, area in ((VIBY, VIBY_AREA), (SYD, SYD_AREA)) * 2:
            either_town.enrols(coordinator=email, area=area)
        watched.delivers()
        either_town.clock.passes(days=1)
    watched.delivers()
    assert {row["attempts"] for row in either_town.messages()} == {0}
    watched.mail.repaired = True
    for _ in range(3):
        either_town.clock.passes(hours=1)
        watched.delivers()
    assert [len(watched.mail.to(email)) for email in (VIBY, SYD)] == [1, 1]


def test_whoever_has_a_wrong_address_is_no_outage_when_only_they_are_told_anything(either_town: Municipality) -> None:
    watched = Watched(either_town, ClosedPostbox())
    assert [delivered.dead for delivered in watched.tells(VIBY, VIBY, VIBY)] == [1, 1, 1]
    assert either_town.rows(OUTAGE) == []


def test_a_wrong_address_is_no_outage_when_what_is_for_a_colleague_goes_there_too(either_town: Municipality) -> None:
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    away(either_town, VIBY, OTHER, either_town.clock.today)
    watched = Watched(either_town, ClosedPostbox())
    assert [delivered.dead for delivered in watched.tells(OTHER, VIBY)] == [1, 1]
    either_town.clock.passes(days=1)
    assert [delivered.dead for delivered in watched.tells(OTHER)] == [1]  # she is back, and was not refused herself
    assert either_town.rows(OUTAGE) == []


def test_two_wrong_addresses_are_no_outage_when_a_message_went_through_in_between(either_town: Municipality) -> None:
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    watched = Watched(either_town, ClosedPostbox(whom=(VIBY, SYD)))
    assert [delivered.dead for delivered in watched.tells(VIBY, OTHER, SYD)] == [1, 0, 1]
    assert either_town.rows(OUTAGE) == []


def test_an_outage_of_two_wrong_addresses_is_over_when_somebody_else_is_told(either_town: Municipality) -> None:
    """And each of them is at fault again, whatever comes for them later."""
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    watched = Watched(either_town, ClosedPostbox(whom=(VIBY, SYD)))
    assert watched.tells(VIBY, SYD, minutes=1)[-1].stopped is not None
    watched.tells(OTHER, minutes=1)
    for _ in range(20):
        watched.delivers()
        either_town.clock.passes(minutes=20)
    assert [delivered.dead for delivered in watched.tells(VIBY, SYD, VIBY, SYD)] == [1] * 4
    assert len(either_town.rows(OUTAGE)) == 1
    with either_town.database.read() as session:
        assert outages(session) == []
    assert {row["state"] for row in either_town.messages()} == {"dead", "sent"}


def test_what_a_gateway_refuses_one_by_one_is_an_outage_when_it_goes_by_mail_after_all(
    either_town: Municipality,
) -> None:
    watched = Watched(either_town, DeadPostbox(repaired=True), ClosedPostbox("sms"))
    for email in (VIBY, SYD):
        has_a_phone(either_town, email)
        chooses(either_town, email, Topic.MOVES, Pace.AT_ONCE, "sms")
    watched.tells(VIBY, SYD, VIBY)
    watched.delivers()  # nothing waits by phone by now
    assert [row["channel"] for row in either_town.rows(OUTAGE)] == ["sms"]
    with either_town.database.read() as session:
        assert [outage["channel"] for outage in outages(session)] == ["sms"]
    assert len(watched.mail.envelopes) == 2
