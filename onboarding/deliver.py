"""Send what the outbox holds: one message, one recipient and one channel a call, each marked as soon as it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy.exc import OperationalError

from engine.workdays import DENMARK
from models.message import MAIL, State
from models.session import Database
from notifications import guard
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Channel, Envelope
from notifications.render import Renderer
from onboarding.gathering import MOST_AN_HOUR, gather
from onboarding.outbox import LEASE, Outcome, finish, give_up, release, take, waiting
from onboarding.sorting import sort, sort_missing, unsorted
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
    somebody sends them again; `gathered`, told in digests, each of which is a message. `left` are in the queue when it
    ends, those that failed among them.

    `stopped`: why a delivery gave up on the other end, in a Danish sentence.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    dead: int = 0
    left: int = 0
    gathered: int = 0
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


def _no_key(*_: object) -> str:
    raise LookupError("nothing was given to open addresses with")


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery needs besides the outbox. Of each way that there is, mail among them, `channels` has the channel
    and `destinations` how far it goes. `clock` gives aware UTC, `random` spreads the retries, `open_address` opens what
    `onboarding.contacts` sealed. Above `most_an_hour` somebody's messages are gathered.
    """

    channels: Mapping[str, Channel]
    destinations: Mapping[str, Destination]
    renderer: Renderer
    public_url: str
    clock: Callable[[], datetime]
    random: Random
    open_address: Callable[[bytes, UUID], str] = _no_key
    most_an_hour: int = MOST_AN_HOUR

    @classmethod
    def by_mail(
        cls,
        channel: Channel,
        destination: Destination,
        renderer: Renderer,
        public_url: str,
        clock: Callable[[], datetime],
        random: Random,
    ) -> Post:
        """Where there is no other way."""
        return cls({MAIL: channel}, {MAIL: destination}, renderer, public_url, clock, random)

    @property
    def mail(self) -> Channel:
        return self.channels[MAIL]


def deliver(database: Database, post: Post, progress: Callable[[int], None] | None = None) -> Delivered:
    """Sorts what is new, gathers what belongs together, and sends what is due when it begins, each message once;
    `progress` is told of each.

    It stops with a channel whose other end has gone silent. What it took and did not begin is free again when it ends,
    and when it is killed, with the lease.
    """
    delivered, begun_at = Delivered(), post.clock()
    delivered.dead = _sort_everything(database, post.destinations, begun_at)
    with database.write() as session:
        delivered.gathered = gather(session, begun_at, post.most_an_hour)
    for way in post.channels:
        run = _Run(database, post, way, progress or (lambda _: None), begun_at, delivered)
        while run.sends_a_batch() and run.stopped is None:
            pass
        delivered.stopped = delivered.stopped or run.stopped
    with database.read() as session:
        delivered.left = waiting(session)
    return delivered


def _sort_everything(database: Database, ways: Mapping[str, Destination], now: datetime) -> int:
    """Gives how many could not be sorted and were given up."""
    with database.write() as session:
        sort_missing(session, ways.keys())
    dead = 0
    while True:
        with database.read() as session:
            ids = unsorted(session, now)
        if not ids:
            return dead
        dead += _sort(database, ids, ways, now)


def _sort(database: Database, ids: Sequence[int], ways: Mapping[str, Destination], now: datetime) -> int:
    """One that cannot be read is given up, and holds up no other."""
    try:
        with database.write() as session:
            sort(session, ids, ways, now)
    except OperationalError:
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(ids) > 1:
            return sum(_sort(database, [message_id], ways, now) for message_id in ids)
        with database.write() as session:
            give_up(session, ids[0], f"cannot_be_told: {type(error).__name__}"[:_LONGEST_REASON], now)
        return 1
    return 0


@dataclass(slots=True)
class _Run:
    """What goes by one way."""

    database: Database
    post: Post
    way: str
    progress: Callable[[int], None]
    begun_at: datetime
    delivered: Delivered
    stopped: str | None = None
    _silences: int = 0
    _in_flight: int | None = None
    _trial: TrialMode = field(default_factory=TrialMode)

    def sends_a_batch(self) -> bool:
        """False when nothing is due any more."""
        lease, taken_at, done = str(uuid4()), self.post.clock(), False
        try:
            with self.database.write() as session:
                ids = take(session, lease, self.way, taken_at, BATCH, self.begun_at)
                self._trial = standing(session)
            done = self._send_each(ids, lease, taken_at + LAST_BEGUN)
        finally:
            if not done:  # also at Ctrl-C; but nobody knows what became of the one in flight
                with self.database.write() as session:
                    release(session, lease, self._in_flight)
        return bool(ids)

    def _send_each(self, ids: Sequence[int], lease: str, last_begun: datetime) -> bool:
        """False when some are left: the other end is too slow for all of them, or silent."""
        for message_id, told in _told(self.database, ids, self.post):
            if self.post.clock() > last_begun or self.stopped is not None:
                return False
            self._in_flight = message_id
            outcome = told if isinstance(told, Outcome) else send(told, self.post, self._trial)
            name = self.post.channels[self.way].name
            with self.database.write() as session:
                state = finish(session, message_id, lease, outcome, name, self.post.clock(), self.post.random)
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
            self.stopped = answer.detail


def _told(database: Database, ids: Sequence[int], post: Post) -> list[tuple[int, Told | Outcome]]:
    """What each message has to say. One that cannot be read or told is given up, and holds up no other."""
    today = post.clock().astimezone(DENMARK).date()
    try:
        with database.read() as session:
            return list(zip(ids, tell(session, ids, post.public_url, today, post.renderer.subject), strict=True))
    except OperationalError:
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(ids) == 1:
            return [(ids[0], Outcome(State.DEAD, f"cannot_be_told: {type(error).__name__}"[:_LONGEST_REASON]))]
    return [alone for message_id in ids for alone in _told(database, [message_id], post)]


def send(message: Told, post: Post, trial: TrialMode) -> Outcome:
    """Puts a message into words, looks whether it may go, and hands it to the channel."""
    to = message.to
    skipped = _why_not(message, trial, post.destinations[message.channel])
    if to is None or skipped is not None:
        return Outcome(State.SKIPPED, skipped)
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
        recipient=to.email if to.contact is None else post.open_address(to.contact[1], to.contact[0]),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=post.clock(),
    )
    answer = hand_over(post.channels[message.channel], envelope)
    if answer.ok:
        return Outcome(State.SENT, None, answer)
    return Outcome(State.DEAD, "refused_for_good", answer) if answer.permanent else Outcome(State.QUEUED, None, answer)


def _why_not(message: Told, trial: TrialMode, destination: Destination) -> str | None:
    """Why a message goes to nobody; None when it goes."""
    to = message.to
    if to is None:
        return "nobody_in_audience"
    if not to.active:
        return "recipient_inactive"
    if to.knows or message.gathers == 0:
        return "nothing_new"
    if message.channel != MAIL and to.contact is None:
        return "no_address"
    return KEPT_BACK if trial.keeps_back(to.staff_id, destination) else None


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
