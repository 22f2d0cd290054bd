"""A mail server that takes everything and keeps only what each mail was called: quick, and in a process of its own.

What it does is what RFC 5321 asks of a server that delivers nothing: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP and QUIT,
in their order. It stands for no real server, which would write each mail down before it says yes; so a rate measured
here is what the sender can do.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r\n[ \t]+)?(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
_END_OF_MAIL = b"\r\n.\r\n"


@dataclass(slots=True)
class Taken:
    """What came in since it was last asked for: Message-IDs, one a mail, and how many connections were made."""

    ids: list[str] = field(default_factory=list)
    recipients: int = 0
    connections: int = 0
    characters: int = 0


class _Conversation(asyncio.Protocol):
    def __init__(self, taken: Taken, *, pipelines: bool) -> None:
        self.taken, self.pipelines = taken, pipelines
        self.buffer = bytearray()
        self.sender, self.recipients, self.reads_mail = False, 0, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.taken.connections += 1
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._reads_on():
            pass

    def _reads_on(self) -> bool:
        """False when what has come is not whole yet."""
        end = self.buffer.find(_END_OF_MAIL if self.reads_mail else b"\r\n")
        if end < 0:
            return False
        length = end + len(_END_OF_MAIL if self.reads_mail else b"\r\n")
        said = bytes(self.buffer[:end])
        del self.buffer[:length]
        answer = self._takes(said) if self.reads_mail else self._answers(said)
        self.transport.write(answer + b"\r\n")
        if answer.startswith(b"221"):
            self.transport.close()
        return True

    def _takes(self, mail: bytes) -> bytes:
        named = _MESSAGE_ID.search(mail)
        self.taken.ids.append(named[1].decode() if named else "")
        self.taken.recipients += self.recipients
        self.taken.characters += len(mail)
        self._begins_anew()
        return b"250 2.0.0 taken"

    def _answers(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            self._begins_anew()
            further = b"250-PIPELINING\r\n" if self.pipelines else b""
            return b"250-sink\r\n" + further + b"250 8BITMIME" if verb == b"EHLO" else b"250 sink"
        if verb == b"MAIL" and not self.sender:
            self.sender = True
        elif verb == b"RCPT" and self.sender:
            self.recipients += 1
        elif verb == b"DATA" and self.recipients:
            self.reads_mail = True
            return b"354 go on"
        elif verb == b"RSET":
            self._begins_anew()
        elif verb == b"QUIT":
            return b"221 2.0.0 bye"
        elif verb != b"NOOP":
            return b"503 5.5.1 not now" if verb in (b"MAIL", b"RCPT", b"DATA") else b"502 5.5.2 not known"
        return b"250 2.0.0 ok"

    def _begins_anew(self) -> None:
        self.sender, self.recipients, self.reads_mail = False, 0, False


async def _serve(*, pipelines: bool) -> None:
    """Says its port, and at each line that it reads what it has taken since."""
    taken, loop = Taken(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(taken, pipelines=pipelines), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps([taken.ids, taken.recipients, taken.connections, taken.characters]), flush=True)
        taken.ids, taken.recipients, taken.connections, taken.characters = [], 0, 0, 0


class Sink:
    """The process, as seen from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._says())

    def taken(self) -> Taken:
        """What has come since this was last asked."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Taken(*json.loads(self._says()))

    def _says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def running(*, pipelines: bool = False) -> Iterator[Sink]:
    """One that takes several commands at once (RFC 2920), as most servers do, or one that does not."""
    command = [sys.executable, "-m", "benchmarks.sink", *(["pipelining"] if pipelines else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Sink(process)
        assert process.stdin is not None
        process.stdin.close()  # which it takes for the end


if __name__ == "__main__":
    asyncio.run(_serve(pipelines=sys.argv[1:] == ["pipelining"]))
