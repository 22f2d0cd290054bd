"""How a delivery went, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from models.message import State


@dataclass(slots=True)
class Delivered:
    """Numbers of messages: `sent`; `failed`, to be tried again; `skipped`, with nobody to go to; `dead`, given up until
    somebody sends them again; `gathered`, told in digests, each of which is a message; `received`, sent before and
    now known to have come. `left` are in the queue when it ends, those that failed among them, and not what waits for
    its digest.

    `stopped`: why a delivery gave up on the other end, in a Danish sentence.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    dead: int = 0
    left: int = 0
    gathered: int = 0
    received: int = 0
    stopped: str | None = None

    def count(self, state: State) -> None:
        match state:
            case State.SENT | State.DELIVERED:
                self.sent += 1
            case State.QUEUED:
                self.failed += 1
            case State.SKIPPED:
                self.skipped += 1
            case State.DEAD:
                self.dead += 1

    def as_dict(self) -> dict[str, int]:
        """The numbers."""
        return {name: value for name, value in asdict(self).items() if name != "stopped"}
