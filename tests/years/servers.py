"""The machines that take messages in, and all that goes wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from notifications.channels.envelope import Answer, Envelope

OK, AWAY, BUSY, LOST, REFUSED, KILLED = "ok", "away", "busy", "lost", "refused", "killed"


class Killed(BaseException):
    """The process that delivers is gone, right after the other end took a message."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came to somebody. `known`: our side heard that it came; `doubted`: it heard nothing, and noted so. `again`:
    an earlier try counts against it; a digest goes on as it was then, and is gathered into no other.
    """

    channel: str
    address: str
    message_id: str
    subject: str
    html: str
    at: datetime
    known: bool
    doubted: bool = False
    again: bool = False


@dataclass
class Server:
    """One channel's other end. `mode` holds for everything; besides, one in some hundred goes wrong by itself.

    `hears` is told of all that arrives, `failed` of every message with which something went wrong, and what; `doubts`,
    by its Message-ID, of what came while the process died, once another try of it has failed. `broken` is what the
    oracle itself raised: a delivery takes that for a failed attempt. `tried` are those that go again as they were.
    """

    name: str
    random: Random
    clock: Callable[[], datetime]
    hears: Callable[[Arrived], None]
    failed: Callable[[str, Envelope, str], None]
    doubts: Callable[[str], None]
    mode: str = OK
    mishaps: float = 0.01
    broken: Exception | None = None
    troubles: dict[str, int] = field(default_factory=dict)
    died_with: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)

    def send(self, envelope: Envelope) -> Answer:
        mode = self.draws()
        self.notes(envelope, mode)
        return answer(mode)

    def draws(self) -> str:
        """What happens to the next message."""
        if self.mode == OK and self.random.random() < self.mishaps:
            return self.random.choice([BUSY, BUSY, LOST, REFUSED, KILLED])
        return self.mode

    def notes(self, envelope: Envelope, mode: str) -> None:
        """What happened to a message."""
        if mode == OK:
            self._takes(envelope, known=True)
            return
        self.troubles[mode] = self.troubles.get(mode, 0) + 1
        self.failed(self.name, envelope, mode)
        if envelope.message_id in self.died_with:
            self.doubts(envelope.message_id)
        if mode == BUSY:
            self.tried.add(envelope.message_id)
        elif mode in (LOST, KILLED):
            self._takes(envelope, known=False, doubted=mode == LOST)
            self.tried.add(envelope.message_id)
        if mode == KILLED:
            self.died_with.add(envelope.message_id)

    def notes_unheard(self, envelope: Envelope, mode: str) -> None:
        """The same, where the process died before it wrote that down: it knows no more than that it had it in hand."""
        if mode in (OK, LOST, KILLED):
            self._takes(envelope, known=False)
            self.died_with.add(envelope.message_id)
        self.tried.add(envelope.message_id)

    def _takes(self, envelope: Envelope, *, known: bool, doubted: bool = False) -> None:
        who, what = (self.name, envelope.recipient), (envelope.message_id, envelope.subject, envelope.html)
        again = envelope.message_id in self.tried
        arrived = Arrived(*who, *what, self.clock(), known, doubted, again)
        try:
            self.hears(arrived)
        except Exception as error:
            self.broken = error
            raise


def answer(mode: str) -> Answer:
    """What the other end says; nobody hears it where the process is killed."""
    if mode == KILLED:
        raise Killed
    return _ANSWERS[mode]


_ANSWERS = {
    OK: Answer(ok=True, detail="Modtaget."),
    AWAY: Answer(ok=False, detail="Der er ingen, der svarer.", unreachable=True),
    BUSY: Answer(ok=False, detail="Prøv igen senere."),
    # It counts against nothing once it is sent again, or by another way.
    REFUSED: Answer(ok=False, detail="Postkassen findes ikke.", permanent=True),
    LOST: Answer(ok=False, detail="Svaret gik tabt.", uncertain=True),
}
