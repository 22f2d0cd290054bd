"""What is asked of Prefect's server, where there is none or another program answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.runs import Silent, last_runs
from settings import Settings
from tests.flows.machine import free_port


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Another program at the port, which answers everything like this."""

    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's word
            pass

    server = HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def test_it_is_silent_when_nothing_answers() -> None:
    with pytest.raises(Silent):
        last_runs(Settings(prefect_port=free_port()))


@pytest.mark.parametrize(("status", "body"), [(404, b"[]"), (200, b"<html>"), (200, b'[{"id": 1}]'), (200, b"{}x")])
def test_it_is_silent_when_another_program_answers(status: int, body: bytes) -> None:
    with answering(status, body) as port, pytest.raises(Silent):
        last_runs(Settings(prefect_port=port))
