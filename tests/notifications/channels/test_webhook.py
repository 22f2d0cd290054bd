"""Webhooks over a real socket, to a program that believes only what is signed."""

from __future__ import annotations

import logging
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from engine.refusal import Refused
from notifications.channels.envelope import Answer
from notifications.channels.https_post import Place, Poster
from notifications.channels.webhook import Webhook, key_of, signature
from tests.notifications.channels.envelopes import LINK, RENDERED, envelope
from tests.notifications.channels.fakes import Receiver
from tests.notifications.https_server import Said

ADDRESS = Receiver.ADDRESS


def test_a_signed_message_arrives_when_it_is_posted(receiver: Receiver) -> None:
    answer = Webhook(Receiver.secret(), receiver.poster()).send(envelope(ADDRESS))
    assert answer == Answer(True, "Modtaget af webhooken.")
    (asked,) = receiver.asked
    assert asked.path == "/hook?kommune=aarhus"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["webhook-timestamp"] == "1818063000"
    assert asked.document == {
        "id": "message-17",
        "subject": "IM-0042: Trin 2 er begyndt – æøå",
        "text": RENDERED.text,
        "link": LINK,
        "sent_at": "2027-08-12T09:30:00+00:00",
    }


def test_it_is_not_believed_when_it_was_signed_with_another_secret(receiver: Receiver) -> None:
    other = f"whsec_{b64encode(b'another key, of thirty-two bytes').decode()}"
    answer = Webhook(other, receiver.poster()).send(envelope(ADDRESS))
    assert answer == Answer(False, "Webhooken kender ikke modtagerens adresse (401).", permanent=True)


def test_the_signature_is_that_of_the_standard_when_the_standards_example_is_signed() -> None:
    """The example of the libraries of Standard Webhooks."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_is_the_same_message_and_another_attempt_when_it_is_sent_again(receiver: Receiver) -> None:
    webhook = Webhook(Receiver.secret(), receiver.poster())
    first = envelope(ADDRESS, "<0123456789abcdef0123456789abcdef@sosu.example>")
    assert webhook.send(first).ok
    assert webhook.send(replace(first, sent_at=first.sent_at + timedelta(minutes=5))).ok
    assert [asked.headers["webhook-id"] for asked in receiver.asked] == ["0123456789abcdef0123456789abcdef"] * 2
    assert [asked.headers["webhook-timestamp"] for asked in receiver.asked] == ["1818063000", "1818063300"]


@pytest.mark.parametrize("identifier", ["<a.b@sosu.example>", f"<{'a' * 64}@sosu.example>", "<a{b}@sosu.example>"])
def test_what_is_signed_cannot_be_read_in_two_ways_when_the_identifier_holds_a_dot(
    receiver: Receiver, identifier: str
) -> None:
    webhook = Webhook(Receiver.secret(), receiver.poster())
    assert webhook.send(envelope(ADDRESS, identifier)).ok
    assert webhook.send(envelope(ADDRESS, identifier)).ok
    first, second = (asked.headers["webhook-id"] for asked in receiver.asked)
    assert first == second
    assert first.isalnum()
    assert len(first) == 32


def test_the_time_is_the_same_instant_when_it_is_told_in_another_zone(receiver: Receiver) -> None:
    there = datetime(2027, 8, 12, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert Webhook(Receiver.secret(), receiver.poster()).send(replace(envelope(ADDRESS), sent_at=there)).ok
    assert receiver.asked[0].headers["webhook-timestamp"] == "1818063000"


@pytest.mark.parametrize(
    ("status", "detail", "permanent"),
    [
        (410, "Webhooken kender ikke modtagerens adresse (410).", True),
        (301, "Webhooken viste videre til en anden adresse (301), og det følges ikke.", True),
        (429, "Webhooken afviste beskeden for nu (429).", False),
        (503, "Webhooken afviste beskeden for nu (503).", False),
    ],
)
def test_the_answer_is_kept_when_it_is_not_taken(receiver: Receiver, status: int, detail: str, permanent: bool) -> None:
    receiver.says = Said(status, headers={"Location": "https://169.254.169.254/latest/meta-data"})
    answer = Webhook(Receiver.secret(), receiver.poster()).send(envelope(ADDRESS))
    assert answer == Answer(False, detail, permanent=permanent)
    assert len(receiver.asked) == len(receiver.looked_up) == 1


def test_nobody_is_called_when_the_address_leads_inside(receiver: Receiver) -> None:
    poster = Poster(resolve=lambda *_: [Place("127.0.0.1", receiver.port)], trust=lambda: receiver.trust)
    answer = Webhook(Receiver.secret(), poster).send(envelope(ADDRESS))
    detail = "Modtagerens adresse fører til en maskine på et lukket netværk og bruges ikke."
    assert answer == Answer(False, detail, permanent=True)
    assert receiver.asked == []


@pytest.mark.parametrize("address", ["", "http://modtager.example.org/hook", "+4520123456", "file:///etc/passwd"])
def test_nothing_is_sent_when_the_address_is_not_one_of_https(receiver: Receiver, address: str) -> None:
    answer = Webhook(Receiver.secret(), receiver.poster()).send(envelope(address))
    assert answer == Answer(False, "Modtagerens adresse kan ikke bruges.", permanent=True)
    assert receiver.looked_up == []


def test_it_is_known_that_nothing_came_when_nobody_answers_there() -> None:
    poster = Poster(resolve=lambda *_: [Place("127.0.0.1", 1)], may_call=lambda _: True)
    answer = Webhook(Receiver.secret(), poster).send(envelope(ADDRESS))
    detail = "Webhooken kan ikke nås: der er ingen, der svarer på adressen."
    assert answer == Answer(False, detail, unreachable=True)


def test_it_is_known_that_nothing_came_when_the_name_leads_nowhere() -> None:
    answer = Webhook(Receiver.secret(), Poster()).send(envelope("https://findes-ikke.invalid/"))
    assert answer == Answer(False, "Webhooken kan ikke nås: adressens navn kan ikke slås op.", unreachable=True)


def test_no_address_is_logged_when_messages_are_sent_and_refused(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    webhook = Webhook(Receiver.secret(), receiver.poster())
    with caplog.at_level(logging.DEBUG):
        answers = [webhook.send(envelope(ADDRESS))]
        receiver.hangs_up = True
        answers.append(webhook.send(envelope(ADDRESS)))
    said = caplog.text + "".join(capfd.readouterr()) + repr(answers)
    for secret in (Receiver.NAME, "/hook", Receiver.secret(), "IM-0042"):
        assert secret not in said


@pytest.mark.parametrize(
    "secret",
    ["hemmelig", "whsec_", "whsec_hemmelig", f"whsec_{b64encode(b'x' * 23).decode()}", b64encode(b"x" * 32).decode(),
     f"whsec_{b64encode(b'x' * 65).decode()}", "whsec_æøå"],
)  # fmt: skip
def test_it_is_refused_at_once_when_the_secret_is_not_one(secret: str) -> None:
    with pytest.raises(Refused, match=r"^SOSU_WEBHOOK_SECRET ") as refusal:
        Webhook(secret, Poster())
    assert "hemmelig" not in str(refusal.value)
