"""Send what the outbox holds: one message, one recipient and one channel a call, each marked as soon as it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy.exc import OperationalError

from models.message import State
from models.session import Database
from notifications import guard
from notifications.channels.envelope import Answer, Channel, Envelope
from notifications.render import Renderer
from onboarding.outbox import LEASE, Outcome, finish, release, take, waiting
from onboarding.telling import Told, tell

BATCH = 50

_LONGEST_REASON = 63


@dataclass(slots=True)
class Delivered:
    """Numbers of messages: `failed` will be tried again, `dead` will not, `left` are still in the queue."""

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    dead: int = 0
    left: int = 0

    def count(self, state: State) -> None:
        match state:
            case State.SENT:
                self.sent += 1
            case State.QUEUED:
                self.failed += 1
            case State.SKIPPED:
                self.skipped += 1
            case State.DEAD:
                self.dead += 1

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery needs besides the outbox. `clock` gives aware UTC; `random` spreads the retries."""

    channel: Channel
    renderer: Renderer
    public_url: str
    clock: Callable[[], datetime]
    random: Random


def deliver(database: Database, post: Post, progress: Callable[[int], None] | None = None) -> Delivered:
    """Sends until nothing more is due; `progress` is told of each message."""
    delivered = Delivered()
    while True:
        lease, taken_at = str(uuid4()), post.clock()
        with database.write() as session:
            ids = take(session, lease, taken_at, BATCH)
        if not ids:
            break
        for message_id, told in _told(database, ids, post.public_url):
            if post.clock() > taken_at + LEASE / 2:
                with database.write() as session:
                    release(session, lease)  # the other end is slow: the rest is taken again before the lease is lost
                break
            outcome = told if isinstance(told, Outcome) else send(told, post)
            with database.write() as session:
                now = post.clock()
                state = finish(session, message_id, lease, outcome, post.channel.name, now, post.random)
            delivered.count(state)
            if progress is not None:
                progress(1)
    with database.read() as session:
        delivered.left = waiting(session)
    return delivered


def _told(database: Database, ids: Sequence[int], public_url: str) -> list[tuple[int, Told | Outcome]]:
    """What each message has to say. One that cannot be read or told is given up, and holds up no other."""
    try:
        with database.read() as session:
            return list(zip(ids, tell(session, ids, public_url), strict=True))
    except OperationalError:
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(ids) == 1:
            return [(ids[0], Outcome(State.DEAD, f"cannot_be_told: {type(error).__name__}"[:_LONGEST_REASON]))]
    return [alone for message_id in ids for alone in _told(database, [message_id], public_url)]


def send(message: Told, post: Post) -> Outcome:
    """Puts a message into words, looks whether it may go, and hands it to the channel."""
    if message.recipient is None:
        return Outcome(State.SKIPPED, "nobody_in_audience")
    if not message.active:
        return Outcome(State.SKIPPED, "recipient_inactive")
    news = message.news
    try:
        rendered = post.renderer.render(news.pathway_key, message.kind, news.context, message.because)
    except Exception as error:  # a template can go wrong in any way, and the next message must go out
        return Outcome(State.DEAD, f"template_error: {type(error).__name__}"[:_LONGEST_REASON])
    refused = guard.check(rendered, news.names, news.known)
    if refused is not None:
        return Outcome(State.DEAD, refused)
    envelope = Envelope(
        message_id=identifier(message, post.public_url),
        recipient=message.recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=post.clock(),
    )
    answer = _answer(post.channel, envelope)
    if answer.ok:
        return Outcome(State.SENT, None, answer)
    return Outcome(State.DEAD, "refused_for_good", answer) if answer.permanent else Outcome(State.QUEUED, None, answer)


def _answer(channel: Channel, envelope: Envelope) -> Answer:
    try:
        return channel.send(envelope)
    except Exception as error:
        # A channel that breaks is a failed attempt like any other; the text of the error could hold an address.
        return Answer(ok=False, detail=f"channel broke: {type(error).__name__}", permanent=False)


def identifier(message: Told, public_url: str) -> str:
    """The RFC 5322 Message-ID: the same at every attempt, so that a repeated message can be seen as the same."""
    digest = hashlib.sha256("|".join(map(str, message.stamp)).encode()).hexdigest()[:32]
    host = urlsplit(public_url).hostname or "localhost"
    return f"<{digest}@{host.encode('idna').decode()}>"
