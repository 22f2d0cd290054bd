"""One request by https, to the very machine that was looked at, within a time and a size.

A name can lead to another machine each time that it is looked up (DNS rebinding). So it is looked up once: each
address that it leads to is looked at, and the connection goes to one of these, while the certificate has to be made
out to the name. Nothing is followed to anywhere else, and no proxy of the environment is asked.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from notifications.channels.outside import HTTPS_PORT, is_outside

#: Seconds for the whole of it. A lease is a quarter of an hour, and many messages share it.
WITHIN = 20.0
#: Bytes of an answer that are read. What providers tell of a message is some hundred.
MOST_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection goes: an IP address and a port."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other end answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class NotPosted(Exception):
    """There is no answer. No text: it could hold an address."""


class BadUrl(NotPosted):
    """This is not an https address."""


class Inside(NotPosted):
    """The name leads to a machine that may not be called."""


class NotReached(NotPosted):
    """Nothing of the request went out, or not the whole of it. Its cause is the OSError."""


class Unanswered(NotPosted):
    """The whole request went out, and nothing that can be read came back. `late`: the other end is still silent."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


def looked_up(host: str, port: int) -> Sequence[Place]:
    """Where a name leads. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(Place(str(address[0]), port) for *_, address in found))


@cache
def believed() -> ssl.SSLContext:
    """Those whom the machine trusts, by TLS 1.2 or newer. Made once: reading its certificates takes long."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Poster:
    """Posts to addresses that people typed, and asks the providers that the program knows.

    `own` are the machines, name and port, that may be called wherever they are. `resolve`, `may_call` and `trust` say
    where a name leads, which machines may be called and whose certificates are believed; no setting changes them.
    """

    def __init__(
        self,
        own: frozenset[tuple[str, int]] = frozenset(),
        *,
        resolve: Callable[[str, int], Sequence[Place]] = looked_up,
        may_call: Callable[[IPv4Address | IPv6Address], bool] = is_outside,
        trust: Callable[[], ssl.SSLContext] = believed,
        within: float = WITHIN,
    ) -> None:
        self._own, self._resolve, self._may_call, self._trust = own, resolve, may_call, trust
        self._within = within

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Raises `NotPosted`: `BadUrl`, `Inside`, `NotReached`, `Unanswered`."""
        return self._request("POST", url, body, headers)

    def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        """As `post`, by which nothing is changed at the other end."""
        return self._request("GET", url, None, headers)

    def _request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        host, port, target = _parts_of(url)
        clock = _Clock(self._within)
        try:
            connection = _Connection(host, port, self._places(host, port, clock), clock, self._trust())
        except OSError as error:
            raise NotReached from error
        try:
            connection.connect()
            connection.request(method, target, body, {**headers, "Connection": "close"})
        except OSError as error:
            connection.close()
            raise NotReached from error
        except (HTTPException, ValueError):  # what cannot stand in a request
            connection.close()
            raise BadUrl from None
        try:
            return _read(connection.getresponse())
        except TimeoutError as error:
            raise Unanswered(late=True) from error
        except (OSError, HTTPException) as error:
            raise Unanswered(late=False) from error
        finally:
            connection.close()

    def _places(self, host: str, port: int, clock: _Clock) -> Sequence[Place]:
        """Where the name leads, when all of it may be called."""
        places = _within(clock.left(), partial(self._resolve, host, port))
        if (host, port) not in self._own and not all(self._may_call(ip_address(place.address)) for place in places):
            raise Inside
        return places


def _within(seconds: float, look_up: Callable[[], Sequence[Place]]) -> Sequence[Place]:
    """What is found in time. Raises TimeoutError, and what `look_up` does. The system ends a look-up when it likes: one
    that takes longer is left to itself, and what it finds then is called by nobody.
    """
    found = Future[Sequence[Place]]()

    def look() -> None:
        try:
            found.set_result(look_up())
        except Exception as error:
            found.set_exception(error)

    Thread(target=look, name="look-up", daemon=True).start()  # the program does not wait for it to end either
    return found.result(seconds)


def _parts_of(url: str) -> tuple[str, int, str]:
    """The name as it is looked up and stands in a certificate, the port, and what is asked for there."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").encode("idna").decode(), parts.port or HTTPS_PORT
    except ValueError:
        raise BadUrl from None
    if parts.scheme != "https" or not host:
        raise BadUrl
    return host, port, urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _read(response: HTTPResponse) -> Reply:
    body = b""
    with suppress(OSError, HTTPException):  # the status has been said: what else was to follow changes nothing
        body = response.read(MOST_READ)
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


class _Clock:
    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Raises TimeoutError when nothing is."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class _Connection(HTTPSConnection):
    """Goes to places that are given, and speaks with whoever proves to be `host`."""

    def __init__(self, host: str, port: int, places: Sequence[Place], clock: _Clock, trust: ssl.SSLContext) -> None:
        super().__init__(host, port, context=trust)
        self._places, self._clock, self._trusted = places, clock, trust

    def connect(self) -> None:
        plain = self._reached()
        try:
            plain.settimeout(self._clock.left())
            sealed = self._trusted.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise
        self.sock: Any = _InTime(sealed, self._clock)

    def _reached(self) -> socket.socket:
        error: OSError = OSError("the name leads nowhere")
        for tried, place in enumerate(self._places):
            try:
                share = self._clock.left() / (len(self._places) - tried)  # a silent one leaves time for the others
                return socket.create_connection((place.address, place.port), timeout=share)
            except OSError as failed:
                error = failed
        raise error


class _InTime:
    """A socket whose reading and writing end with the clock, however slowly the other end drips."""

    def __init__(self, sock: ssl.SSLSocket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock
        self.close = sock.close

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._clock.left())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._sock, self._clock))


class _Incoming(io.RawIOBase):
    def __init__(self, sock: ssl.SSLSocket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock
        self._raw = sock.makefile("rb", buffering=0)  # holds the socket open until it is closed itself

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
