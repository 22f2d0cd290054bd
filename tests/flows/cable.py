"""The line between workers and their PostgreSQL, which a test can cut: whoever is connected loses the connection, and
whoever connects is refused, until it is mended.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread

from sqlalchemy import URL, make_url

_CHUNK = 65_536


class Cable:
    """Listens on loopback and passes everything on to the socket in the file system that a URL names."""

    def __init__(self, url: str) -> None:
        self._to = make_url(url)
        self._port = 0
        self._open: set[socket.socket] = set()
        self.mend()

    @property
    def url(self) -> str:
        """The database at this end of the line."""
        there = URL.create("postgresql", "postgres", host="127.0.0.1", port=self._port, database=self._to.database)
        return there.render_as_string(hide_password=False)

    def mend(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listening.getsockname()[1]
        Thread(target=self._take, args=(self._listening,), daemon=True).start()

    def cut(self) -> int:
        """Gives how many connections were lost."""
        _end(self._listening)
        lost = list(self._open)
        for one in lost:
            _end(one)
        return len(lost) // 2

    def _take(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return  # it was cut
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{self._to.query['host']}/.s.PGSQL.5432")
            self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(_CHUNK):
                other.sendall(said)
        for each in (one, other):
            _end(each)
            self._open.discard(each)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
