"""One POST, to the machine that was looked at and no other."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event

import pytest

from notifications.channels.https_post import (
    MOST_READ,
    BadUrl,
    Inside,
    NotReached,
    Place,
    Poster,
    Unanswered,
    looked_up,
)
from tests.notifications.channels.fakes import Receiver
from tests.notifications.https_server import Said

URL = Receiver.ADDRESS
HEADERS = {"webhook-id": "m", "webhook-timestamp": "0", "webhook-signature": ""}


class Rebinding:
    """A name that leads to another machine each time that it is looked up: last to ours."""

    def __init__(self, *places: Place) -> None:
        self.places = list(places)

    def __call__(self, _host: str, _port: int) -> Sequence[Place]:
        return [self.places.pop(0)]


def test_the_answer_comes_back_when_something_is_posted(receiver: Receiver) -> None:
    receiver.answers = lambda _asked: Said(201, {"modtaget": True}, {"X-Navn": "æ".encode().decode("latin-1")})
    reply = receiver.poster().post(URL, b"{}", HEADERS)
    assert (reply.status, reply.body) == (201, b'{"modtaget": true}')
    assert reply.headers["x-navn"]
    (asked,) = receiver.asked
    assert (asked.path, asked.headers["host"], asked.body) == ("/hook?kommune=aarhus", Receiver.NAME, b"{}")


def test_nobody_is_called_when_a_name_leads_inside(receiver: Receiver) -> None:
    places = [Place("8.8.8.8", 443), Place("127.0.0.1", receiver.port)]  # one of them is enough
    with pytest.raises(Inside):
        Poster(resolve=lambda *_: places, trust=lambda: receiver.trust).post(URL, b"", HEADERS)
    assert receiver.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::1]", "0"])
def test_nobody_is_called_when_this_machine_is_named_in_a_way_of_its_own(receiver: Receiver, host: str) -> None:
    with pytest.raises((Inside, NotReached)) as failure:
        Poster(trust=lambda: receiver.trust).post(f"https://{host}:{receiver.port}/", b"", HEADERS)
    if failure.type is NotReached:  # where the system does not read it as a number at all
        assert isinstance(failure.value.__cause__, socket.gaierror)
    assert receiver.asked == []


def test_the_machine_that_was_looked_at_is_the_one_called_when_the_name_changes_its_mind(receiver: Receiver) -> None:
    outside_first = Rebinding(Place("192.0.2.1", 1), Place("127.0.0.1", receiver.port))
    poster = Poster(
        resolve=outside_first,
        may_call=lambda address: str(address) == "192.0.2.1",
        trust=lambda: receiver.trust,
        within=1,
    )
    with pytest.raises(NotReached):
        poster.post(URL, b"", HEADERS)
    assert receiver.asked == []
    assert len(outside_first.places) == 1  # looked up once


def test_a_name_is_looked_up_once_when_it_is_called(receiver: Receiver) -> None:
    receiver.poster().post(URL, b"", HEADERS)
    assert receiver.looked_up == [(Receiver.NAME, 443)]


def test_our_own_machine_may_be_called_when_it_is_listed_and_only_at_its_port(receiver: Receiver) -> None:
    own = frozenset({(Receiver.NAME, 8443)})
    poster = Poster(own, resolve=lambda *_: [Place("127.0.0.1", receiver.port)], trust=lambda: receiver.trust)
    assert poster.post(f"https://{Receiver.NAME.upper()}:8443/", b"", HEADERS).status == 401
    for elsewhere in (f"https://{Receiver.NAME}/", f"https://x.{Receiver.NAME}:8443/"):
        with pytest.raises(Inside):
            poster.post(elsewhere, b"", HEADERS)
    assert len(receiver.asked) == 1


def test_nothing_is_sent_when_the_certificate_is_made_out_to_another_name(receiver: Receiver) -> None:
    with pytest.raises(NotReached):
        receiver.poster().post("https://en-anden.example.org/", b"hemmeligt", HEADERS)
    assert receiver.asked == []


def test_nothing_is_sent_when_the_certificate_is_nobodys(receiver: Receiver) -> None:
    poster = Poster(resolve=lambda *_: [Place("127.0.0.1", receiver.port)], may_call=lambda _: True)
    with pytest.raises(NotReached):
        poster.post(URL, b"hemmeligt", HEADERS)
    assert receiver.asked == []


def test_it_is_not_followed_when_the_answer_points_elsewhere(receiver: Receiver) -> None:
    receiver.answers = lambda _asked: Said(307, None, {"Location": f"https://{Receiver.NAME}/andetsteds"})
    assert receiver.poster().post(URL, b"", HEADERS).status == 307
    assert len(receiver.asked) == 1


def test_no_proxy_is_asked_when_the_environment_names_one(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert receiver.poster().post(URL, b"", HEADERS).status == 401


def test_the_next_address_is_tried_when_the_first_does_not_answer(receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        places = [Place("127.0.0.1", taken.getsockname()[1]), Place("127.0.0.1", receiver.port)]
        poster = Poster(resolve=lambda *_: places, may_call=lambda _: True, trust=lambda: receiver.trust)
        assert poster.post(URL, b"", HEADERS).status == 401


def test_the_next_address_is_tried_in_time_when_the_first_keeps_silent(receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(4):  # more than it lets wait: the next are not answered at all
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        places = [Place("127.0.0.1", full.getsockname()[1]), Place("127.0.0.1", receiver.port)]
        poster = Poster(resolve=lambda *_: places, may_call=lambda _: True, trust=lambda: receiver.trust, within=2)
        assert poster.post(URL, b"", HEADERS).status == 401


def test_nothing_went_out_when_nobody_greets_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        places = [Place("127.0.0.1", silent.getsockname()[1])]
        began = time.monotonic()
        with pytest.raises(NotReached) as failure:
            Poster(resolve=lambda *_: places, may_call=lambda _: True, within=0.3).post(URL, b"", HEADERS)
    assert isinstance(failure.value.__cause__, TimeoutError)
    assert time.monotonic() - began < 5


def test_it_ends_in_time_when_nobody_says_where_the_name_leads(receiver: Receiver) -> None:
    said = Event()

    def resolve(_host: str, _port: int) -> Sequence[Place]:
        said.wait(20)
        return [Place("127.0.0.1", receiver.port)]

    begun = time.monotonic()
    with pytest.raises(NotReached) as failure:
        Poster(resolve=resolve, may_call=lambda _: True, trust=lambda: receiver.trust, within=0.3).post(
            URL, b"", HEADERS
        )
    assert isinstance(failure.value.__cause__, TimeoutError)
    assert time.monotonic() - begun < 5
    said.set()
    assert receiver.asked == []  # nor later


@pytest.mark.parametrize("slowness", ["dawdles", "drips"])
def test_it_is_unknown_what_became_of_it_when_the_answer_is_slow(receiver: Receiver, slowness: str) -> None:
    setattr(receiver, slowness, 2 if slowness == "dawdles" else 0.1)
    began = time.monotonic()
    with pytest.raises(Unanswered) as failure:
        receiver.poster(within=0.5).post(URL, b"", HEADERS)
    assert failure.value.late
    assert time.monotonic() - began < 1.5
    assert len(receiver.asked) == 1


def test_it_is_unknown_what_became_of_it_when_the_other_end_hangs_up(receiver: Receiver) -> None:
    receiver.hangs_up = True
    with pytest.raises(Unanswered) as failure:
        receiver.poster().post(URL, b"", HEADERS)
    assert not failure.value.late
    assert len(receiver.asked) == 1


def test_no_more_is_read_than_is_needed_when_the_answer_is_huge(receiver: Receiver) -> None:
    receiver.answers = lambda _asked: Said(200, "x" * 10_000_000)
    reply = receiver.poster().post(URL, b"", HEADERS)
    assert (reply.status, len(reply.body)) == (200, MOST_READ)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "modtager.example.org",
        "http://modtager.example.org/",
        "ftp://modtager.example.org/",
        "https://",
        "https:///hook",
        "https://modtager.example.org:99999/",
        "https://[forkert/",
        "https://..example.org/",
        "https://modtager.example.org/a b",
        "https://modtager.example.org/\r\nX: y",
    ],
)
def test_it_is_no_address_when_https_cannot_go_there(receiver: Receiver, url: str) -> None:
    with pytest.raises(BadUrl):
        receiver.poster().post(url, b"", HEADERS)
    assert receiver.asked == []


def test_this_machine_is_where_its_name_leads() -> None:
    assert Place("127.0.0.1", 443) in looked_up("127.0.0.1", 443)
