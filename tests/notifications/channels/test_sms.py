"""Text messages over real sockets to servers that speak as the gateways' documentation has it."""

from __future__ import annotations

import logging
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from apprise import Apprise
from apprise.plugins.seven import NotifySeven

from engine.refusal import Refused
from notifications.channels.envelope import Answer
from notifications.channels.https_post import Poster
from notifications.channels.sms import Sms, known
from tests.notifications.channels.envelopes import LINK, envelope
from tests.notifications.channels.fakes import CPSMS, GatewayAPI
from tests.notifications.https_server import Asked, Said, running

NUMBER, OTHER = "+4520123456", "+4520123457"
GATEWAYAPI_URL = f"gatewayapi://{GatewayAPI.TOKEN}@SOSU"
CPSMS_URL = f"cpsms://{CPSMS.USER}:{CPSMS.KEY}@SOSU"
TEXT = f"IM-0042: Trin 2 er begyndt - æøå\n{LINK}"


def flags(answer: Answer) -> tuple[bool, bool, bool, bool]:
    return answer.ok, answer.permanent, answer.unreachable, answer.uncertain


def test_subject_and_link_are_sent_by_gatewayapi_when_it_is_the_gateway(gatewayapi: GatewayAPI) -> None:
    answer = Sms(GATEWAYAPI_URL, gatewayapi.poster()).send(envelope(NUMBER))
    assert (answer.ok, answer.detail, answer.reference) == (True, "Modtaget af SMS-tjenesten.", "421332671")
    (asked,) = gatewayapi.asked
    assert asked.document == {
        "sender": "SOSU",
        "message": TEXT,
        "recipients": [{"msisdn": 4520123456}],
        "userref": "message-17",
    }
    assert asked.headers["host"] == "gatewayapi.com"


def test_the_account_in_the_union_is_used_when_the_address_says_so(tmp_path: Path) -> None:
    with running(server := GatewayAPI("gatewayapi.eu"), tmp_path):
        assert Sms(f"{GATEWAYAPI_URL}?region=eu", server.poster()).send(envelope(NUMBER)).ok
        assert len(server.asked) == 1


def test_subject_and_link_are_sent_by_cpsms_when_it_is_the_gateway(cpsms: CPSMS) -> None:
    answer = Sms(CPSMS_URL, cpsms.poster()).send(envelope(NUMBER))
    assert (answer.ok, answer.detail, answer.reference) == (True, "Modtaget af SMS-tjenesten.", None)
    (asked,) = cpsms.asked
    assert asked.document == {"to": "4520123456", "message": TEXT, "from": "SOSU", "reference": "message-17"}


@pytest.mark.parametrize(
    ("status", "code", "detail", "permanent", "unreachable"),
    [
        (400, "0x0308", "SMS-tjenesten afviste beskeden (400).", True, False),
        (422, "0x0218", "SMS-tjenesten afviste beskeden (422).", True, False),
        (403, "0x0215", "SMS-tjenesten sender ikke til det nummer (403 0x0215).", True, False),
        (403, "0x0217", "SMS-tjenesten sender ikke til det nummer (403 0x0217).", True, False),
        (403, "0x0214", "SMS-tjenesten sender ikke til det nummer for nu (403 0x0214).", False, False),
        (403, "0x0216", "SMS-tjenesten afviste os (403). Ret SOSU_SMS_URL.", False, True),
        (403, "0x0213", "SMS-tjenesten afviste os (403). Ret SOSU_SMS_URL.", False, True),
        (500, "0x0201", "SMS-tjenesten afviste beskeden for nu (500).", False, False),
    ],
)
def test_gatewayapi_is_understood_when_it_refuses(
    gatewayapi: GatewayAPI, status: int, code: str, detail: str, permanent: bool, unreachable: bool
) -> None:
    gatewayapi.refuses[4520123456] = status, code
    channel = Sms(GATEWAYAPI_URL, gatewayapi.poster())
    answer = channel.send(envelope(NUMBER))
    assert (answer.detail, *flags(answer)) == (detail, False, permanent, unreachable, False)
    assert channel.send(envelope(OTHER)).ok


@pytest.mark.parametrize("as_status", [True, False])
@pytest.mark.parametrize(
    ("code", "detail", "permanent", "unreachable"),
    [
        (400, "SMS-tjenesten afviste beskeden (400).", True, False),
        (402, "SMS-tjenesten afviste os (402). Ret SOSU_SMS_URL.", False, True),
        (403, "SMS-tjenesten afviste os (403). Ret SOSU_SMS_URL.", False, True),
        (500, "SMS-tjenesten afviste beskeden for nu (500).", False, False),
    ],
)
def test_cpsms_is_understood_when_it_refuses(
    cpsms: CPSMS, as_status: bool, code: int, detail: str, permanent: bool, unreachable: bool
) -> None:
    cpsms.refuses["4520123456"], cpsms.as_status = code, as_status
    answer = Sms(CPSMS_URL, cpsms.poster()).send(envelope(NUMBER))
    assert (answer.detail, *flags(answer)) == (detail, False, permanent, unreachable, False)


@pytest.mark.parametrize("gateway", ["gatewayapi", "cpsms"])
def test_nothing_is_said_of_the_message_when_the_key_is_wrong(gateway: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(gateway)
    url = {"gatewayapi": "gatewayapi://forkert@SOSU", "cpsms": "cpsms://bruger:forkert@SOSU"}[gateway]
    answer = Sms(url, server.poster()).send(envelope(NUMBER))
    assert (answer.detail, *flags(answer)) == (
        "SMS-tjenesten afviste os (401). Ret SOSU_SMS_URL.", False, False, True, False,
    )  # fmt: skip


def test_it_is_unknown_whether_it_came_when_the_gateway_hangs_up(gatewayapi: GatewayAPI) -> None:
    gatewayapi.hangs_up = True
    channel = Sms(GATEWAYAPI_URL, gatewayapi.poster())
    answer = channel.send(envelope(NUMBER))
    assert flags(answer) == (False, False, False, True)
    assert answer.detail == "SMS-tjenesten afbrød forbindelsen. Beskeden kan være modtaget."
    gatewayapi.hangs_up = False
    assert channel.send(envelope(NUMBER)).ok
    assert [asked.document["userref"] for asked in gatewayapi.asked] == ["message-17"] * 2


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, None),
        (202, None),
        (200, "<html>Vi er straks tilbage</html>"),
        (200, ["tak"]),
        (200, {"ids": [], "success": []}),
        (200, {"ids": None, "success": None}),
    ],
)
@pytest.mark.parametrize(("gateway", "url"), [("gatewayapi", GATEWAYAPI_URL), ("cpsms", CPSMS_URL)])
def test_it_is_unknown_whether_it_came_when_no_answer_says_that_the_gateway_took_it(
    gateway: str, url: str, status: int, said: Any, request: pytest.FixtureRequest
) -> None:
    """A page that asks people to come back later answers with 200 too."""
    server = request.getfixturevalue(gateway)
    server.answers = lambda _asked: Said(status, said)
    answer = Sms(url, server.poster()).send(envelope(NUMBER))
    assert answer == Answer(
        False, "SMS-tjenesten gav et svar, der ikke kan forstås. Beskeden kan være modtaget.", uncertain=True
    )


def test_no_token_leaves_when_another_machine_answers_for_the_gateway(cpsms: CPSMS) -> None:
    answer = Sms(GATEWAYAPI_URL, cpsms.poster()).send(envelope(NUMBER))
    assert flags(answer) == (False, False, True, False)
    assert answer.detail == "SMS-tjenesten kunne ikke give en sikker forbindelse."
    assert cpsms.asked == []


@pytest.mark.parametrize("recipient", ["", "koordinator@example.org", "112", "+4520123456,+4520123457"])
def test_nothing_is_sent_when_the_recipient_is_not_one_number(gatewayapi: GatewayAPI, recipient: str) -> None:
    answer = Sms(GATEWAYAPI_URL, gatewayapi.poster()).send(envelope(recipient))
    assert (answer.detail, *flags(answer)) == (
        "Modtagerens telefonnummer er ikke gyldigt.", False, True, False, False,
    )  # fmt: skip
    assert gatewayapi.asked == []


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        (f"{GATEWAYAPI_URL}/+4520123456", ["+4520123456"]),
        (f"{GATEWAYAPI_URL}/20123456/+4520123457?region=eu", ["+4520123456", "+4520123457"]),
        (f"{CPSMS_URL}/+4520123456?to=%2B4520123457", ["+4520123456", "+4520123457"]),
        (f"cpsms://{CPSMS.USER}:{CPSMS.KEY}@SOSU%20Syd/20123456", ["+4520123456"]),
    ],
)
def test_apprise_reads_and_writes_an_address_of_ours_like_any_other(url: str, numbers: list[str]) -> None:
    known()
    first, second = Apprise(), Apprise()
    assert first.add(url)
    assert second.add(first[0].url())
    assert first[0].url_id() == second[0].url_id()
    assert first[0].targets == second[0].targets == numbers
    assert GatewayAPI.TOKEN not in first[0].url(privacy=True)
    assert CPSMS.KEY not in first[0].url(privacy=True)


def test_each_number_gets_it_when_apprise_sends_by_an_address_of_ours(gatewayapi: GatewayAPI) -> None:
    known()
    apprise = Apprise()
    assert apprise.add(f"{GATEWAYAPI_URL}/{NUMBER}/{OTHER}")
    apprise[0].poster = gatewayapi.poster()
    assert apprise.notify("tekst", title="emne")
    assert [asked.document["recipients"] for asked in gatewayapi.asked] == [
        [{"msisdn": 4520123456}],
        [{"msisdn": 4520123457}],
    ]
    assert gatewayapi.asked[0].document["message"] == "emne\r\ntekst"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A gateway of Apprise's (seven.io), which keeps what it is asked, answers `status` and names itself as next."""

    class Elsewhere(HTTPServer):
        status = 200
        asked: list[Asked]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            server.asked.append(Asked(self.path, dict(self.headers), body))
            self.send_response(server.status)
            self.send_header("Location", NotifySeven.notify_url)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = Elsewhere(("127.0.0.1", 0), Handler)
    server.asked = []
    monkeypatch.setattr(NotifySeven, "notify_url", f"http://127.0.0.1:{server.server_address[1]}/api/sms")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_gateway_of_apprises_sends_it_when_it_is_the_gateway(elsewhere: Any) -> None:
    channel = Sms("seven://hemmelig-noegle")
    assert channel.send(envelope(NUMBER)) == Answer(True, "Modtaget af SMS-tjenesten.")
    assert channel.send(envelope(OTHER)).ok
    assert [asked.document for asked in elsewhere.asked] == [
        {"to": NUMBER, "text": TEXT},
        {"to": OTHER, "text": TEXT},
    ]


@pytest.mark.parametrize("more", ["", "?optional=yes"])
def test_it_failed_for_now_when_a_gateway_of_apprises_did_not_take_it(elsewhere: Any, more: str) -> None:
    elsewhere.status = 500
    answer = Sms(f"seven://hemmelig-noegle{more}").send(envelope(NUMBER))
    assert answer == Answer(False, "SMS-tjenesten tog ikke imod beskeden.")


def test_nobody_else_is_told_when_a_gateway_of_apprises_points_elsewhere(elsewhere: Any) -> None:
    elsewhere.status = 307
    assert not Sms("seven://hemmelig-noegle").send(envelope(NUMBER)).ok
    assert len(elsewhere.asked) == 1


def test_nothing_personal_is_logged_when_text_messages_are_sent_and_refused(
    gatewayapi: GatewayAPI, elsewhere: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    gatewayapi.refuses[4520123456] = 403, "0x0215"
    with caplog.at_level(logging.DEBUG):
        answers = [Sms(GATEWAYAPI_URL, gatewayapi.poster()).send(envelope(to)) for to in (NUMBER, OTHER, "112")]
        for elsewhere.status in (200, 500):
            answers.append(Sms("seven://hemmelig-noegle").send(envelope(NUMBER)))
        with pytest.raises(Refused):
            Sms("twilio://AC123:hemmelig-noegle@+4520123456")
        logging.getLogger("apprise").warning("som før")
    said = caplog.text + "".join(capfd.readouterr()) + repr(answers)
    for secret in ("20123456", "20123457", GatewayAPI.TOKEN, "hemmelig-noegle", "IM-0042"):
        assert secret not in said
    assert "som før" in said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ikke en adresse",
        "mailto://127.0.0.1?from=sosu@example.org",
        "https://gatewayapi.com/rest/mtsms",
        "gatewayapi://",
        "gatewayapi://hemmelig",
        "gatewayapi://hemmelig@",
        "gatewayapi://hemmelig@EtAltForLangtNavn",
        "gatewayapi://hemmelig@SOSU?region=us",
        "gatewayapi://hemmelig€@SOSU",
        "gatewayapi://hemmelig@SOSU/+4520123456",
        "gatewayapi://hemmelig@SOSU?to=20123456",
        "cpsms://bruger@SOSU",
        "cpsms://:hemmelig@SOSU",
        "cpsms://bruger:hemmelig@SOSU/20123456",
        "twilio://AC123:hemmelig@+4520123456",
        "seven://hemmelig/+4520123456",
        "ntfys://hemmelig",
        "smpp://bruger:hemmelig@smpp.example.org:2775/+4520999999",  # needs a library that is not here
    ],
)
def test_it_is_refused_at_once_when_the_address_cannot_be_used(url: str) -> None:
    with pytest.raises(Refused, match=r"^SOSU_SMS_URL ") as refusal:
        Sms(url, Poster())
    for secret in ("hemmelig", "20123456"):
        assert secret not in str(refusal.value)
