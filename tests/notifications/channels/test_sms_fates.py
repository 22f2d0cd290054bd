"""What a gateway tells later of a text message, over real sockets to a server that speaks as it is documented."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from notifications.channels.envelope import Fate, NotKnown, NotReceived, Received, Traceable
from notifications.channels.https_post import Poster
from notifications.channels.ntfy import Ntfy
from notifications.channels.sms import Sms
from tests.notifications.channels.envelopes import envelope
from tests.notifications.channels.fakes import CPSMS, GatewayAPI
from tests.notifications.https_server import Said

NUMBER, DIGITS = "+4520123456", 4520123456
URL = f"gatewayapi://{GatewayAPI.TOKEN}@SOSU"
NOON = datetime(2017, 6, 21, 10, 15, 29, tzinfo=UTC)


def sent(gateway: GatewayAPI) -> tuple[Sms, str]:
    """The channel, and what the gateway calls a message that it took."""
    channel = Sms(URL, gateway.poster())
    answer = channel.send(envelope(NUMBER))
    assert answer.traceable
    assert answer.reference is not None
    return channel, answer.reference


@pytest.mark.parametrize(
    ("state", "fate"),
    [
        ("UNKNOWN", NotKnown()),
        ("SCHEDULED", NotKnown()),
        ("BUFFERED", NotKnown()),
        ("ENROUTE", NotKnown()),
        ("DELIVERED", Received(NOON)),
        ("ACCEPTED", NotKnown()),
        ("EXPIRED", NotReceived("Telefonen kunne ikke nås, før tiden løb ud.")),
        ("DELETED", NotReceived("Beskeden blev slettet hos SMS-tjenesten, før den nåede frem.")),
        ("UNDELIVERABLE", NotReceived("Beskeden kan ikke afleveres. Nummeret er nok ikke i brug.")),
        ("REJECTED", NotReceived("Mobilnettet afviste beskeden.")),
        ("SKIPPED", NotReceived("Mobilnettet tog imod beskeden, men gav den ikke videre.")),
    ],
)
def test_each_state_is_understood_when_gatewayapi_is_asked(gatewayapi: GatewayAPI, state: str, fate: Fate) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.became[DIGITS] = state, NOON.timestamp()
    assert channel.fate(reference) == fate
    assert gatewayapi.asked[-1].path == f"/rest/mtsms/{reference}"
    assert gatewayapi.asked[-1].headers["host"] == "gatewayapi.com"


@pytest.mark.parametrize("at", [None, "i dag", True, -1, float("nan"), 1e300])
def test_it_is_received_when_no_time_of_it_can_be_read(gatewayapi: GatewayAPI, at: Any) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.became[DIGITS] = "DELIVERED", at
    known = channel.fate(reference)
    assert isinstance(known, Received)
    assert known.at is None or known.at.year == 1970


@pytest.mark.parametrize(
    "document",
    [
        "tak",
        None,
        [],
        [1],
        {},
        [{"recipients": None}],
        [{"recipients": ["DELIVERED"]}],
        [{"recipients": [{"dsnstatus": "DELIVERED"}]}] * 2,
        [{"recipients": [{"dsnstatus": "DELIVERED"}, {"dsnstatus": "EXPIRED"}]}],
        [{"recipients": [{"dsnstatus": 7}]}],
    ],
)
def test_nothing_is_known_when_the_answer_cannot_be_read(gatewayapi: GatewayAPI, document: Any) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.answers = lambda _asked: Said(200, document)
    assert channel.fate(reference) == NotKnown()


def test_it_is_understood_when_the_message_stands_in_no_list(gatewayapi: GatewayAPI) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.answers = lambda _asked: Said(200, {"recipients": [{"dsnstatus": "DELIVERED"}]})
    assert channel.fate(reference) == Received()


@pytest.mark.parametrize(
    ("status", "silent"), [(400, False), (404, False), (422, False), (401, True), (403, True), (429, True), (500, True)]
)
def test_only_what_is_said_of_us_ends_the_asking_when_nothing_is_told(
    gatewayapi: GatewayAPI, status: int, silent: bool
) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.answers = lambda _asked: Said(status, {"code": "0x0201"})
    assert channel.fate(reference) == NotKnown(silent=silent)


def test_the_gateway_is_silent_when_it_hangs_up(gatewayapi: GatewayAPI) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.hangs_up = True
    assert channel.fate(reference) == NotKnown(silent=True)


@pytest.mark.parametrize("reference", ["", "me", "../me", "1?token=x", "1\u0663"])
def test_nothing_is_asked_when_it_is_no_name_of_gatewayapis(gatewayapi: GatewayAPI, reference: str) -> None:
    assert Sms(URL, gatewayapi.poster()).fate(reference) == NotKnown()
    assert gatewayapi.asked == []


def test_cpsms_is_not_asked_when_it_took_a_message(cpsms: CPSMS) -> None:
    channel = Sms(f"cpsms://{CPSMS.USER}:{CPSMS.KEY}@SOSU", cpsms.poster())
    assert not channel.send(envelope(NUMBER)).traceable
    assert channel.fate("421332671") == NotKnown()
    assert len(cpsms.asked) == 1


def test_a_gateway_of_apprises_is_not_asked() -> None:
    assert Sms("seven://hemmelig-noegle").fate("421332671") == NotKnown()


def test_only_channels_that_can_be_asked_are_traceable() -> None:
    assert isinstance(Sms(URL), Traceable)
    assert not isinstance(Ntfy(Poster()), Traceable)


def test_nothing_personal_is_logged_when_a_gateway_is_asked(
    gatewayapi: GatewayAPI, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    channel, reference = sent(gatewayapi)
    gatewayapi.became[DIGITS] = "UNDELIVERABLE", None
    with caplog.at_level(logging.DEBUG):
        known = channel.fate(reference)
    said = caplog.text + "".join(capfd.readouterr()) + repr(known)
    for secret in ("20123456", GatewayAPI.TOKEN, "IM-0042"):
        assert secret not in said
