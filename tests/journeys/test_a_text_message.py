"""Two coordinators are told by text message. One phone rings; the other's number is not in use any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.channels.destination import Destination
from notifications.channels.sms import Sms
from onboarding.contacts import put_contact
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.post import Post
from onboarding.preferences import choose_topic
from tests.municipality import ATTEMPT, PUBLIC_URL, RENDERER, SYD, SYD_AREA, VIBY, Municipality
from tests.notifications.channels.fakes import GatewayAPI
from tests.notifications.https_server import running

KARENS, LARS, LARS_NEW = "+4520123456", "+4520123457", "+4520123458"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayAPI]:
    with running(server := GatewayAPI(), tmp_path):
        yield server


def post(town: Municipality, gateway: GatewayAPI) -> Post:
    ways = {MAIL: town.postbox, "sms": Sms(f"gatewayapi://{GatewayAPI.TOKEN}@SOSU", gateway.poster())}
    here = dict.fromkeys(ways, Destination.FOLDER)
    return Post(ways, here, RENDERER, PUBLIC_URL, town.clock, town.post().random, town.keyring.open)


def has(town: Municipality, email: str, number: str) -> None:
    with town.database.write() as session:
        put_contact(session, town.keyring, email, "sms", number, town.signed(email))
        choose_topic(session, email, Topic.MOVES, Pace.AT_ONCE, ["sms"])


def test_it_is_seen_who_got_a_text_message_when_the_gateway_tells(
    either_town: Municipality, gateway: GatewayAPI
) -> None:
    town, by_sms = either_town, post(either_town, gateway)
    has(town, VIBY, KARENS)
    has(town, SYD, LARS)
    town.enrols()
    town.enrols(area=SYD_AREA, coordinator=SYD)
    assert deliver(town.database, by_sms) == Delivered(sent=2)

    # A minute later both are on their way.
    town.clock.passes(minutes=1)
    assert deliver(town.database, by_sms) == Delivered()
    assert [row["state"] for row in town.messages()] == ["sent", "sent"]

    # Karen's phone has it, as the gateway knows; Lars's number leads nowhere.
    gateway.became[4520123456] = "DELIVERED", town.clock.now.timestamp()
    gateway.became[4520123457] = "UNDELIVERABLE", town.clock.now.timestamp()
    town.clock.passes(minutes=10)
    assert deliver(town.database, by_sms) == Delivered(received=1, failed=1, left=1)
    assert [row["state"] for row in town.messages()] == ["delivered", "queued"]

    # Lars has it by mail, and it is seen why.
    assert deliver(town.database, by_sms) == Delivered(sent=1)
    assert [mail.subject for mail in town.postbox.to(SYD)] == ["IM-0002: Nyt forløb"]
    by_phone = next(row for row in town.rows(ATTEMPT) if row["why_not_received"])
    assert by_phone["why_not_received"] == "Beskeden kan ikke afleveres. Nummeret er nok ikke i brug."

    # He corrects his number, and has the next one on his phone.
    has(town, SYD, LARS_NEW)
    gateway.became[4520123458] = "DELIVERED", None
    town.enrols(area=SYD_AREA, coordinator=SYD)
    assert deliver(town.database, by_sms) == Delivered(sent=1)
    town.clock.passes(minutes=1)
    assert deliver(town.database, by_sms) == Delivered(received=1)
    assert [row["state"] for row in town.messages()] == ["delivered", "sent", "delivered"]

    # What is known is not asked for again.
    asked = gateway.asked_for()
    town.clock.passes(hours=1)
    assert deliver(town.database, by_sms) == Delivered()
    assert gateway.asked_for() == asked
