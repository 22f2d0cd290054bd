"""What the other ends take from a process that is to die: written down before they answer, and read by the one that
goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifications.channels.envelope import Answer, Envelope
from tests.years.servers import Server, answer

_KEPT = ("message_id", "recipient", "subject", "html")


@dataclass(frozen=True)
class Writer:
    """A channel to a server of the process that goes on. `step` is taken before and after each message."""

    server: Server
    path: Path
    step: Callable[[], None]

    @property
    def name(self) -> str:
        return self.server.name

    def send(self, envelope: Envelope) -> Answer:
        self.step()
        mode = self.server.draws()
        line = json.dumps([self.name, mode, *(getattr(envelope, name) for name in _KEPT)])
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode() + b"\n")
        self.step()
        return answer(mode)


@dataclass(frozen=True)
class Book:
    path: Path
    servers: Mapping[str, Server]

    def reads(self, marked: int, at: datetime) -> int:
        """Tells the servers what they took. So many of the first were `marked`; gives how many were not."""
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        self.path.unlink(missing_ok=True)
        for number, (name, mode, *kept) in enumerate(map(json.loads, lines)):
            envelope = Envelope(**dict(zip(_KEPT, kept, strict=True)), text="", sent_at=at)
            notes = self.servers[name].notes if number < marked else self.servers[name].notes_unheard
            notes(envelope, mode)
        return len(lines) - marked
