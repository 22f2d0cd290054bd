"""A real https server on a loopback port, which writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from notifications.channels.https_post import Place, Poster
from notifications.channels.outside import is_outside
from tests.notifications.certificates import made_out_to


@dataclass(frozen=True)
class Asked:
    """One request; names of headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """One answer; a document becomes JSON."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return b"" if self.document is None else json.dumps(self.document).encode()


class HttpsServer:
    """`answers` says what a request gets. `dawdles`: seconds before the answer; `drips`: seconds between its bytes.

    `hangs_up`: the connection ends when the whole request has come, without an answer.
    """

    def __init__(self, name: str, answers: Callable[[Asked], Said]) -> None:
        self.name, self.answers = name, answers
        self.asked: list[Asked] = []
        self.looked_up: list[tuple[str, int]] = []
        self.hangs_up = False
        self.dawdles = self.drips = 0.0
        self.port = 0
        self.trust = ssl.create_default_context()

    def poster(self, own: frozenset[tuple[str, int]] = frozenset(), *, within: float = 20) -> Poster:
        """As in use, but that every name leads here, and that here may be called."""

        def resolve(host: str, port: int) -> list[Place]:
            self.looked_up.append((host, port))
            return [Place("127.0.0.1", self.port)]

        return Poster(
            own,
            resolve=resolve,
            may_call=lambda address: address.is_loopback or is_outside(address),
            trust=lambda: self.trust,
            within=within,
        )


@contextmanager
def running(server: HttpsServer, folder: Path) -> Iterator[None]:
    """The server at work, with a certificate made out to its name."""
    certificate = made_out_to(server.name, folder)
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    listener.socket = certificate.server.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    server.port, server.trust = listener.server_address[1], certificate.trust
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def _handler_of(server: HttpsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            self._hear(self.rfile.read(int(self.headers["content-length"])))

        def do_GET(self) -> None:  # likewise
            self._hear(b"")

        def _hear(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers, body, self.command)
            server.asked.append(asked)
            if server.hangs_up:
                return
            said = server.answers(asked)
            time.sleep(server.dawdles)
            with suppress(OSError):  # who asked may have given up
                self._say(said)

        def _say(self, said: Said) -> None:
            lines = [f"HTTP/1.1 {said.status} Svar", f"content-length: {len(said.body)}"]
            lines += [f"{name}: {value}" for name, value in said.headers.items()]
            whole = "\r\n".join([*lines, "", ""]).encode() + said.body
            for part in [whole] if not server.drips else [bytes([byte]) for byte in whole]:
                self.wfile.write(part)
                time.sleep(server.drips)

        def handle(self) -> None:
            with suppress(OSError):  # a caller who believes nobody hangs up in the middle
                super().handle()

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
