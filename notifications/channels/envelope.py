"""What a channel is given, what it answers, and what it has to be."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol, runtime_checkable

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,64}@[!-;=?A-~]{1,255}>")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message to one person.

    `message_id` is a Message-ID of RFC 5322 (`<message-17@sosu.example>`) that stays the same however often the
    message is sent, so that a repeated one can be seen as the same. `recipient` is their address in the channel: a
    mail address, a phone number (E.164), an Apprise address, a web address. `link` is where to see more. `sent_at` is
    an aware time. Raises ValueError for an identifier or a time that is not that.
    """

    message_id: str
    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    sent_at: datetime
    link: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if _MESSAGE_ID.fullmatch(self.message_id) is None:
            raise ValueError(f"not a Message-ID: {self.message_id!r}")
        if self.sent_at.tzinfo is None:
            raise ValueError("sent_at needs a time zone")

    @property
    def key(self) -> str:
        """As lasting as the identifier, for providers that take less: at most 32 letters, digits, `-` and `_`."""
        local = self.message_id[1:].partition("@")[0]
        return local if _PLAIN_KEY.fullmatch(local) else sha256(self.message_id.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message.

    `detail` is Danish and may be shown and logged: it holds neither addresses nor anything of the message. `permanent`:
    sending this message to this person again would fail again. `unreachable`: nothing was said of this message, since
    no message gets through: the server is away, the password wrong, the folder full. `uncertain`: the message went out,
    and nobody said whether it came; with `unreachable`, nobody says so of any. `reference` is the provider's own name
    for it, where it has one, and with `traceable` the channel is `Traceable`: it can be asked by that name what became
    of the message.
    """

    ok: bool
    detail: str
    permanent: bool = False
    unreachable: bool = False
    uncertain: bool = False
    reference: str | None = None
    traceable: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """The recipient's machine has the message; `at` is when it came there, an aware time, where that was told."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotReceived:
    """The recipient will not get the message any more. `detail` says why, as an answer's does."""

    detail: str


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody knows yet. `silent`: nobody said anything of this message, and would of others."""

    silent: bool = False


Fate = Received | NotReceived | NotKnown


class Channel(Protocol):
    """A way to reach people. It answers every envelope, and raises only for mistakes in the program."""

    @property
    def name(self) -> str:
        """Stands with each attempt: `mail`, `eml`, `sms`, `teams`, `ntfy`, `webhook`."""

    def send(self, envelope: Envelope) -> Answer: ...


@runtime_checkable
class Keeping(Protocol):
    """A channel that can keep its connection from one message to the next."""

    def kept(self) -> AbstractContextManager[None]:
        """Within it, it does; at the end the connection is closed."""


def kept(channel: Channel) -> AbstractContextManager[None]:
    """Within it, the channel keeps its connection if it can."""
    return channel.kept() if isinstance(channel, Keeping) else nullcontext()


@runtime_checkable
class Traceable(Protocol):
    """A channel that can be asked later what became of a message that was taken."""

    @property
    def name(self) -> str: ...

    def fate(self, reference: str) -> Fate:
        """`reference` is an answer's."""


@runtime_checkable
class Reachable(Protocol):
    """A channel whose other end can be looked for without sending anything."""

    def reach(self, within: float) -> Answer:
        """Whether it answers, and knows us; each step may take `within` seconds."""


def hand_over(channel: Channel, envelope: Envelope) -> Answer:
    """What the channel answers, also when it breaks."""
    try:
        return channel.send(envelope)
    except Exception as error:
        # A channel that breaks is a failed attempt like any other; the text of the error could hold an address.
        return Answer(ok=False, detail=f"Kanalen svigtede ({type(error).__name__}).", permanent=False)


def fate_of(channel: Traceable, reference: str) -> Fate:
    """What the channel knows of a message, also when it breaks."""
    try:
        return channel.fate(reference)
    except Exception:
        return NotKnown(silent=True)
