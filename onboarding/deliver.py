"""Send what the outbox holds: one message, one recipient and one channel a call, each marked as soon as it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy.exc import OperationalError

from models.message import State
from models.session import Database
from notifications import guard
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Channel, Envelope
from notifications.render import Renderer
from onboarding.outbox import LEASE, Outcome, finish, release, take, waiting
from onboarding.telling import Told, tell
from onboarding.trial import KEPT_BACK, TrialMode, standing

BATCH = 50
#: Of a lease; what is begun by then has the rest of it to end in. Then the others are given back, and taken again.
LAST_BEGUN = LEASE / 3
#: Messages in a row about which the other end says nothing. Then the others are left in the queue.
MOST_SILENCES = 3

_LONGEST_REASON = 63


@dataclass(slots=True)
class Delivered:
    """Numbers of messages: `sent`; `failed`, to be tried again; `skipped`, with nobody to go to; `dead`, given up until
    somebody sends them again. `left` are in the queue when it ends, those that failed among them.

    `stopped`: why a delivery gave up on the other end, in a Danish sentence.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    dead: int = 0
    left: int = 0
    stopped: str | None = None

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
        """The numbers."""
        return {name: value for name, value in asdict(self).items() if name != "stopped"}


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery needs besides the outbox. `destination` is how far the channel goes, `clock` gives aware UTC,
    `random` spreads the retries.
    """

    channel: Channel
    destination: Destination
    renderer: Renderer
    public_url: str
    clock: Callable[[], datetime]
    random: Random


def deliver(database: Database, post: Post, progress: Callable[[int], None] | None = None) -> Delivered:
    """Sends what is due when it begins, and tries each message once; `progress` is told of each.

    It stops when the other end has gone silent. What it took and did not begin is free again when it ends, and when it
    is killed, with the lease.
    """
    run = _Run(database, post, progress or (lambda _: None), post.clock())
    while run.sends_a_batch() and run.delivered.stopped is None:
        pass
    with database.read() as session:
        run.delivered.left = waiting(session)
    return run.delivered


@dataclass(slots=True)
class _Run:
    database: Database
    post: Post
    progress: Callable[[int], None]
    begun_at: datetime
    delivered: Delivered = field(default_factory=Delivered)
    _silences: int = 0
    _in_flight: int | None = None
    _trial: TrialMode = field(default_factory=TrialMode)

    def sends_a_batch(self) -> bool:
        """False when nothing is due any more."""
        lease, taken_at, done = str(uuid4()), self.post.clock(), False
        try:
            with self.database.write() as session:
                ids = take(session, lease, taken_at, BATCH, self.begun_at)
                self._trial = standing(session)
            done = self._send_each(ids, lease, taken_at + LAST_BEGUN)
        finally:
            if not done:  # also at Ctrl-C; but nobody knows what became of the one in flight
                with self.database.write() as session:
                    release(session, lease, self._in_flight)
        return bool(ids)

    def _send_each(self, ids: Sequence[int], lease: str, last_begun: datetime) -> bool:
        """False when some are left: the other end is too slow for all of them, or silent."""
        for message_id, told in _told(self.database, ids, self.post.public_url):
            if self.post.clock() > last_begun or self.delivered.stopped is not None:
                return False
            self._in_flight = message_id
            outcome = told if isinstance(told, Outcome) else send(told, self.post, self._trial)
            with self.database.write() as session:
                now = self.post.clock()
                state = finish(session, message_id, lease, outcome, self.post.channel.name, now, self.post.random)
            self._in_flight = None
            self._hear(outcome.answer)
            self.delivered.count(state)
            self.progress(1)
        return True

    def _hear(self, answer: Answer | None) -> None:
        if answer is None:
            return
        self._silences = self._silences + 1 if answer.unreachable or answer.uncertain else 0
        if self._silences == MOST_SILENCES:
            self.delivered.stopped = answer.detail


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


def send(message: Told, post: Post, trial: TrialMode) -> Outcome:
    """Puts a message into words, looks whether it may go, and hands it to the channel."""
    if message.recipient is None or message.recipient_id is None:
        return Outcome(State.SKIPPED, "nobody_in_audience")
    if not message.active:
        return Outcome(State.SKIPPED, "recipient_inactive")
    if trial.keeps_back(message.recipient_id, post.destination):
        return Outcome(State.SKIPPED, KEPT_BACK)
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
    answer = hand_over(post.channel, envelope)
    if answer.ok:
        return Outcome(State.SENT, None, answer)
    return Outcome(State.DEAD, "refused_for_good", answer) if answer.permanent else Outcome(State.QUEUED, None, answer)


def hand_over(channel: Channel, envelope: Envelope) -> Answer:
    """What the channel answers, also when it breaks."""
    try:
        return channel.send(envelope)
    except Exception as error:
        # A channel that breaks is a failed attempt like any other; the text of the error could hold an address.
        return Answer(ok=False, detail=f"Kanalen svigtede ({type(error).__name__}).", permanent=False)


def identifier(message: Told, public_url: str) -> str:
    """The RFC 5322 Message-ID: the same at every attempt, so that a repeated message can be seen as the same."""
    digest = hashlib.sha256("|".join(map(str, message.stamp)).encode()).hexdigest()[:32]
    return f"<{digest}@{domain_of(public_url)}>"


def domain_of(public_url: str) -> str:
    """What stands behind the @ of our Message-IDs."""
    return (urlsplit(public_url).hostname or "localhost").encode("idna").decode()
