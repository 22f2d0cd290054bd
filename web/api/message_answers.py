"""What a program is answered about messages: each, how it was tried, and the digest that it went with."""

from __future__ import annotations

from datetime import datetime

from web.api.answers import Answered


class Try(Answered):
    """One attempt at sending, what the other end answered, and what it said later: when the recipient received it, or
    why not.
    """

    at: datetime
    channel: str
    ok: bool
    detail: str
    received_at: datetime | None
    why_not_received: str | None


class Digest(Answered):
    """How a digest went; `send_after` and `leased_until` as of a message."""

    message: int
    state: str
    reason: str | None
    attempts: int
    send_after: datetime
    leased_until: datetime | None
    tries: list[Try]


class Message(Answered):
    """`send_after` is when it is tried next, as long as it is queued; `leased_until` until when it is being sent. What
    was gathered went with its `digest`.
    """

    message: int
    enrolment: str | None
    pathway: str | None
    version: int | None
    kind: str
    audience: str
    recipient: str | None
    state: str
    reason: str | None
    attempts: int
    created_at: datetime
    send_after: datetime
    leased_until: datetime | None
    tries: list[Try]
    digest: Digest | None


class Messages(Answered):
    total: int
    page: int
    pages: int
    messages: list[Message]
