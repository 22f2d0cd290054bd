"""Put in front of PYTHONPATH, this writes down every try of a Python process to reach another machine.

Python imports a module of this name at start, in children and grandchildren too. Each try is a line in the file that
SOSU_TEST_OUTBOUND names; nothing is hindered.
"""

import ipaddress
import os
import sys

_WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _WATCHED:
        return
    target = arguments[_WATCHED[event]]
    if event in ("socket.connect", "socket.sendto"):
        if not isinstance(target, tuple):
            return  # a socket in the file system
        target = target[0]
    if not _is_here(target):
        with open(os.environ["SOSU_TEST_OUTBOUND"], "a", encoding="utf-8") as file:
            file.write(f"{event} {target!r} by {sys.argv}\n")


if "SOSU_TEST_OUTBOUND" in os.environ:
    sys.addaudithook(_watch)
