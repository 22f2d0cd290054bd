"""ntfy over a real socket, to a server that publishes as ntfy's documentation has it."""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from notifications.channels.envelope import Answer
from notifications.channels.https_post import Place, Poster
from notifications.channels.ntfy import Ntfy
from tests.notifications.channels.apprise_itself import asks
from tests.notifications.channels.envelopes import LINK, RENDERED, envelope
from tests.notifications.channels.fakes import NtfyServer
from tests.notifications.https_server import Said, running

TOPIC = "hemmeligt-emne-9f3a"
OWN = "ntfy.kommune.example.org"


@pytest.mark.parametrize(
    "address", [f"ntfys://{TOPIC}", f"ntfy://{TOPIC}", f"https://ntfy.sh/{TOPIC}", f"ntfys://ntfy.sh/{TOPIC}"]
)
def test_subject_text_and_link_arrive_when_something_is_published(ntfy_sh: NtfyServer, address: str) -> None:
    answer = Ntfy(ntfy_sh.poster()).send(envelope(address))
    assert answer == Answer(True, "Modtaget af ntfy-serveren.", reference="sPs71M8A2T")
    (asked,) = ntfy_sh.asked
    assert asked.path == "/"
    assert asked.document == {
        "topic": TOPIC,
        "title": "IM-0042: Trin 2 er begyndt – æøå",
        "message": RENDERED.text.strip(),
        "click": LINK,
        "sequence_id": envelope(address).key,
    }
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("who", "authorization"),
    [
        ("tk_hemmelig", "Bearer tk_hemmelig"),
        ("bruger:kode", f"Basic {b64encode(b'bruger:kode').decode()}"),
    ],
)
def test_the_municipalitys_own_server_is_used_when_the_address_names_it(
    tmp_path: Path, who: str, authorization: str
) -> None:
    with running(server := NtfyServer(OWN), tmp_path):
        server.protected[TOPIC] = authorization
        channel = Ntfy(server.poster())
        assert channel.send(envelope(f"ntfys://{who}@{OWN}:8443/{TOPIC}")).ok
        assert server.looked_up == [(OWN, 8443)]
        refused = channel.send(envelope(f"ntfys://{OWN}/{TOPIC}"))
        assert refused == Answer(False, "Ntfy-serveren kender ikke modtagerens adresse (403).", permanent=True)


@pytest.mark.parametrize(
    "address",
    [
        f"ntfys://{TOPIC}",
        f"ntfys://ntfy.sh/{TOPIC}",
        f"ntfys://ntfy.sh:8443/{TOPIC}/{TOPIC}-2",
        f"ntfys://tk_hemmelig@ntfy.sh/{TOPIC}",
        f"ntfys://bruger:k%40de@ntfy.sh/{TOPIC}",
        f"ntfys://ntfy.sh/?to={TOPIC}&token=tk_hemmelig",
        f"https://ntfy.sh/{TOPIC}",
    ],
)
def test_the_same_is_asked_as_apprise_would_ask_when_it_is_given_the_address(
    ntfy_sh: NtfyServer, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    theirs = asks(monkeypatch, address, "Emne", "Tekst")
    Ntfy(ntfy_sh.poster()).send(replace(envelope(address), subject="Emne", text="Tekst", link=""))
    ours = {(asked.document["topic"], asked.headers.get("authorization")) for asked in ntfy_sh.asked}
    assert ours == {(one.document["topic"], one.authorization) for one in theirs}
    assert {(asked.document["title"], asked.document["message"]) for asked in ntfy_sh.asked} == {("Emne", "Tekst")}
    assert set(ntfy_sh.looked_up) == {(urlsplit(one.url).hostname, urlsplit(one.url).port or 443) for one in theirs}


def test_it_is_done_when_the_address_asks_for_more(ntfy_sh: NtfyServer) -> None:
    more = "priority=high&tags=rotating_light,æ&click=https://example.org&delay=30min&avatar_url=https://example.org/i"
    more += "&actions=view, Vis, https://example.org"
    assert Ntfy(ntfy_sh.poster()).send(envelope(f"ntfys://ntfy.sh/{TOPIC}?{more}".replace(" ", "%20"))).ok
    (asked,) = ntfy_sh.asked
    assert asked.headers["x-priority"] == "high"
    assert asked.headers["x-actions"] == "view, Vis, https://example.org"
    assert sorted(asked.document["tags"]) == ["rotating_light", "æ"]
    assert (asked.document["click"], asked.document["delay"]) == ("https://example.org", "30min")
    assert asked.document["icon"] == "https://example.org/i"


@pytest.mark.parametrize("fails", ["en", "to", "tre"])
def test_it_may_have_come_when_one_of_several_topics_did_not_take_it(ntfy_sh: NtfyServer, fails: str) -> None:
    ntfy_sh.protected[fails] = "Bearer tk_andens"
    answer = Ntfy(ntfy_sh.poster()).send(envelope("ntfys://ntfy.sh/en/to/tre"))
    assert [asked.document["topic"] for asked in ntfy_sh.asked] == ["en", "to", "tre"]
    assert (answer.ok, answer.uncertain, answer.permanent) == (False, True, False)
    ntfy_sh.protected.clear()
    assert Ntfy(ntfy_sh.poster()).send(envelope("ntfys://ntfy.sh/en/to/tre")).ok


def test_it_is_refused_when_none_of_several_topics_took_it(ntfy_sh: NtfyServer) -> None:
    ntfy_sh.protected |= dict.fromkeys(("en", "to"), "Bearer tk_andens")
    answer = Ntfy(ntfy_sh.poster()).send(envelope("ntfys://ntfy.sh/en/to"))
    assert (answer.ok, answer.uncertain, answer.permanent) == (False, False, True)


def test_another_attempt_is_known_as_the_same_and_another_message_is_not(ntfy_sh: NtfyServer) -> None:
    once = envelope("ntfys://ntfy.sh/en/to")
    for one in (once, once, replace(once, message_id="<message-43@sosu.example.org>")):
        assert Ntfy(ntfy_sh.poster()).send(one).ok
    known = [asked.document["sequence_id"] for asked in ntfy_sh.asked]
    assert known == [once.key] * 4 + ["message-43"] * 2
    assert all(re.fullmatch("[-_A-Za-z0-9]{1,64}", one) for one in known)  # what ntfy takes for an id


def test_it_is_cut_when_the_server_would_make_a_file_of_it(ntfy_sh: NtfyServer) -> None:
    assert Ntfy(ntfy_sh.poster()).send(replace(envelope(f"ntfys://{TOPIC}"), text="æ" * 5000)).ok
    message = ntfy_sh.asked[0].document["message"]
    assert message == "æ" * 2000 + " …"


def test_the_answer_is_kept_when_the_server_has_had_enough(ntfy_sh: NtfyServer) -> None:
    ntfy_sh.says = Said(429, {"code": 42901, "http": 429, "error": f"limit reached: {TOPIC}"})
    answer = Ntfy(ntfy_sh.poster()).send(envelope(f"ntfys://{TOPIC}"))
    assert answer == Answer(False, "Ntfy-serveren afviste beskeden for nu (429).")


def test_our_own_server_inside_is_called_only_when_it_is_listed(tmp_path: Path) -> None:
    with running(server := NtfyServer(OWN), tmp_path):
        places = [Place("127.0.0.1", server.port)]
        for own, ok in ((frozenset(), False), (frozenset({(OWN, 443)}), True)):
            poster = Poster(own, resolve=lambda *_: places, trust=lambda: server.trust)
            answer = Ntfy(poster).send(envelope(f"ntfys://{OWN}/{TOPIC}"))
            assert (answer.ok, answer.permanent) == (ok, not ok)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "koordinator@example.org",
        "https://example.org/emne",
        "ntfys://",
        "ntfys://emne!",
        f"ntfy://{OWN}/{TOPIC}",  # by http
        f"ntfys://{OWN}/{TOPIC}?verify=no",
        f"ntfys://{OWN}/{TOPIC}?mode=forkert",
        "mailto://127.0.0.1?from=sosu@example.org",
    ],
)
def test_nothing_is_sent_when_the_address_is_no_topic_by_https(ntfy_sh: NtfyServer, address: str) -> None:
    answer = Ntfy(ntfy_sh.poster()).send(envelope(address))
    assert answer == Answer(False, "Modtagerens ntfy-adresse er ikke gyldig.", permanent=True)
    assert ntfy_sh.looked_up == []


def test_no_address_is_logged_when_messages_are_sent_and_refused(
    ntfy_sh: NtfyServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    channel = Ntfy(ntfy_sh.poster())
    with caplog.at_level(logging.DEBUG):
        answers = [channel.send(envelope(f"ntfys://{TOPIC}")), channel.send(envelope(f"ntfys://ntfy.sh/{TOPIC}!"))]
        ntfy_sh.says = Said(403, {"error": f"forbidden: {TOPIC}"})
        answers.append(channel.send(envelope(f"ntfys://tk_hemmelig@ntfy.sh/{TOPIC}")))
    said = caplog.text + "".join(capfd.readouterr()) + repr(answers)
    for secret in (TOPIC, "tk_hemmelig", "IM-0042"):
        assert secret not in said
