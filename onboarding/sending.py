"""Sending what goes by one way, batch by batch under a lease; what goes in quick succession is marked together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from engine.workdays import DENMARK
from models.message import MAIL, State
from models.session import Database
from notifications import guard
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope, hand_over
from notifications.render import Rendered, Renderer
from onboarding import newcomers, outages
from onboarding.addressing import Addressee, by_mail_after_all, heard_instead
from onboarding.delivered import Delivered
from onboarding.outbox import (
    LEASE,
    NOTHING_NEW,
    Outcome,
    Sent,
    finish,
    is_alone_in_failing,
    mark_sent,
    people_waiting,
    put_back,
    release,
    take,
)
from onboarding.post import Post, domain_of
from onboarding.telling import tell
from onboarding.told import Told
from onboarding.trial import KEPT_BACK, TrialMode, standing
from onboarding.unsent import INACTIVE, LEFT, NOBODY, UNREACHED, because_of, leave_out

BATCH = 100
#: What went within so long is marked together, and so many at the most: to mark each by itself takes longer than to
#: send it. So much can come twice when the process is killed.
MARKED_WITHIN, MOST_UNMARKED = timedelta(seconds=1 / 20), 25
#: Of a lease; what is begun by then has the rest of it to end in. Then the others are given back, and taken again.
LAST_BEGUN = LEASE / 3
#: Messages in a row about which the other end says nothing. Then the others are left in the queue.
MOST_SILENCES = 3
#: People in a row to whom the other end says no, for now or for good: it refuses us, and not them. Fewer, two at the
#: least, are enough where it is everybody for whom something waits.
MOST_REFUSED, FEWEST_REFUSED = 5, 2

#: The ways of which each person names the machine at the other end.
ONE_EACH = frozenset({"teams", "ntfy", "webhook"})


@dataclass(slots=True)
class Sending:
    """What goes by one way. `delivered` counts how each message went, `progress` is told of each; `stopped` says why it
    gave up on the other end.
    """

    database: Database
    post: Post
    way: str
    begun_at: datetime
    delivered: Delivered
    progress: Callable[[int], None]
    stopped: str | None = None
    _lease: str = field(default_factory=lambda: str(uuid4()))
    _silent: list[int] = field(default_factory=list)
    _refused: dict[int, list[int]] = field(default_factory=dict)
    _is_out: bool = False
    _has_some: bool = False
    _last_begun: datetime = field(init=False)
    _in_flight: int | None = None
    _unmarked: list[Sent] = field(default_factory=list)
    _since: datetime = field(init=False)
    _people: int = 0
    _trial: TrialMode = field(default_factory=TrialMode)

    def sends(self) -> None:
        """Until nothing is due any more, or the other end reaches nobody."""
        try:
            while self.stopped is None and (ids := self._takes()):
                self._has_some = not self._sends_each(ids)
        finally:
            if self._has_some or self._unmarked:  # also at Ctrl-C; but nobody knows what became of the one in flight
                with self._writes() as session:
                    release(session, self._lease, self._in_flight)

    def _takes(self) -> list[int]:
        """As long as the channel is out, a batch is a single message."""
        with self._writes() as session:
            if self._has_some:
                release(session, self._lease)
            self._is_out = outages.is_out(session, self.way)
            self._people = self._people or people_waiting(session, self.way, self.begun_at)
            count, taken_at = 1 if self._is_out else BATCH, self.post.clock()
            ids = take(session, self._lease, self.way, taken_at, count, self.begun_at)
            self._trial = standing(session)
        self._has_some, self._last_begun = bool(ids), taken_at + LAST_BEGUN
        return ids

    def _sends_each(self, ids: Sequence[int]) -> bool:
        """False when some are left: the other end is too slow for all of them, or reaches nobody."""
        for message_id, told in _told(self.database, ids, self.post):
            now = self.post.clock()
            if now > self._last_begun or self.stopped is not None:
                return False
            self._in_flight = message_id
            self._since = self._since if self._unmarked else now
            outcome = told if isinstance(told, Outcome) else send(told, self.post, self._trial)
            to = None if isinstance(told, Outcome) else told.to
            if (to and to.instead) or not self._is_simply_sent(message_id, outcome):
                with self._writes() as session:
                    self._mark(session, message_id, outcome, to)
            self._in_flight = None
            self.progress(1)
        return True

    def _is_simply_sent(self, message_id: int, outcome: Outcome) -> bool:
        """Whether it was sent, as most are; then it is marked with others."""
        if outcome.state is not State.SENT or outcome.answer is None or self._is_out:
            return False
        now = self.post.clock()
        self._unmarked.append(Sent(message_id, outcome.answer, now))
        self.delivered.count(State.SENT)
        self._hear(outcome.answer, None, message_id)
        if len(self._unmarked) >= MOST_UNMARKED or now - self._since >= MARKED_WITHIN:
            with self._writes():
                pass
        return True

    @contextmanager
    def _writes(self) -> Iterator[Session]:
        """A transaction that begins by marking what was sent."""
        with self.database.write() as session:
            if self._unmarked:
                mark_sent(session, self._unmarked, self.post.channels[self.way].name)
            yield session
        self._unmarked.clear()

    def _mark(self, session: Session, message_id: int, outcome: Outcome, to: Addressee | None) -> None:
        """Writes how one message went, and what that says of the channel."""
        answer, now = outcome.answer, self.post.clock()
        if outcome.apart:
            leave_out(session, message_id, outcome.apart, now)
            for _, reason in outcome.apart:
                self.delivered.count(State.SKIPPED if reason in UNREACHED else State.DEAD)
            newcomers.pass_on(session, [part for part, reason in outcome.apart if reason in UNREACHED], now)
            return
        name = self.post.channels[self.way].name
        lasts = answer is not None and self._lasts(session, message_id, answer, name)
        if answer is not None and not answer.ok and (self._is_out or (lasts and answer.uncertain)):
            # It is so to everybody, and says nothing of this message.
            answer = replace(answer, permanent=False, unreachable=True)
            outcome = Outcome(State.QUEUED, None, answer)
        if answer is not None and self.way in ONE_EACH and not self._is_out:
            # A machine that only they name, and which is away for good, is to be seen by somebody in the end.
            outcome = replace(outcome, answer=replace(answer, unreachable=False))
        state = finish(session, message_id, self._lease, outcome, name, now, self.post.random)
        if state is State.DEAD and answer is not None and by_mail_after_all(session, message_id, now):
            state = State.QUEUED
        self.delivered.count(state)
        if outcome.reason in UNREACHED:
            newcomers.pass_on(session, [message_id], now)
        if answer is not None:
            if to and to.instead and (answer.ok or answer.uncertain):
                heard_instead(session, message_id, to.staff_id, now)
            self._hear(answer, to, message_id)
            self.stopped = answer.detail if lasts else self.stopped
            self._write(session, answer, now)

    def _lasts(self, session: Session, message_id: int, answer: Answer, name: str) -> bool:
        """Whether the other end has been silent about this message again and again, and about all others too: where
        few are sent, no delivery by itself sees several silences.
        """
        if not (answer.unreachable or answer.uncertain) or self.way in ONE_EACH:
            return False
        before = 1 if answer.uncertain else MOST_SILENCES - 1
        return not is_alone_in_failing(session, message_id, name, tries=before)

    def _hear(self, answer: Answer, to: Addressee | None, message_id: int) -> None:
        """Stops when the other end is silent, or refuses one after the other."""
        silent = answer.unreachable or answer.uncertain
        if silent and to is not None:
            self._silent.append(to.staff_id)
        else:
            self._silent.clear()
        if answer.ok:
            self._refused.clear()
        elif not silent and to is not None:
            self._refused.setdefault(to.staff_id, []).append(message_id)
        most = 1 if self._is_out else MOST_SILENCES
        # Where everybody has a machine of their own, one that is silent says nothing of the others'.
        silences = len(set(self._silent) if self.way in ONE_EACH else self._silent)
        if silences >= most or self._refuses_everybody():
            self.stopped = answer.detail

    def _refuses_everybody(self) -> bool:
        if self.way in ONE_EACH:  # an address is one person's
            return False
        return len(self._refused) >= min(MOST_REFUSED, max(FEWEST_REFUSED, self._people))

    def _write(self, session: Session, answer: Answer, now: datetime) -> None:
        if answer.ok and self._is_out:
            outages.end(session, self.way, now)
            self._is_out = False
        if self.stopped is None:
            return
        outages.begin(session, self.way, self.stopped, now)
        if self._refuses_everybody():
            again = put_back(session, [refused for ids in self._refused.values() for refused in ids], now)
            self.delivered.dead -= again
            self.delivered.failed += again


def _told(database: Database, ids: Sequence[int], post: Post) -> list[tuple[int, Told | Outcome]]:
    """What each message has to say. One that cannot be read or told is given up, and holds up no other."""
    today = post.clock().astimezone(DENMARK).date()
    try:
        with database.read() as session:
            return list(zip(ids, tell(session, ids, post.public_url, today, post.renderer), strict=True))
    except OperationalError:
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(ids) == 1:
            return [(ids[0], Outcome(State.DEAD, because_of("cannot_be_told", error)))]
    return [alone for message_id in ids for alone in _told(database, [message_id], post)]


def send(message: Told, post: Post, trial: TrialMode) -> Outcome:
    """Puts a message into words, looks whether it may go, and hands it to the channel."""
    to = message.to
    if message.apart:
        return Outcome(State.QUEUED, apart=message.apart)
    skipped = _why_not(message, trial, post.destinations[message.channel])
    if skipped in UNREACHED and message.lines:
        return Outcome(State.QUEUED, apart=tuple((part, skipped) for part, _ in message.lines))
    if to is None or skipped is not None:
        return Outcome(State.SKIPPED, skipped)
    try:
        address = to.email if to.contact is None else post.open_address(to.contact[1], to.contact[0])
    except Exception as error:  # its key is not there, and the next message must go out
        return Outcome(State.DEAD, because_of("address_unreadable", error))
    try:
        rendered = _in_words(message, post.renderer)
    except Exception as error:  # a template can go wrong in any way, and the next message must go out
        return Outcome(State.DEAD, because_of("template_error", error))
    if isinstance(rendered, Outcome):
        return rendered
    envelope = Envelope(
        message_id=identifier(message, post.public_url),
        recipient=address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=post.clock(),
        link=message.news.context.link,
    )
    answer = hand_over(post.channels[message.channel], envelope)
    if answer.ok:
        return Outcome(State.SENT, None, answer)
    return Outcome(State.DEAD, "refused_for_good", answer) if answer.permanent else Outcome(State.QUEUED, None, answer)


def _in_words(message: Told, renderer: Renderer) -> Rendered | Outcome:
    """The message, or why it must not go. What must not be in a digest takes nothing else along."""
    news = message.news
    rendered = renderer.render(news.pathway_key, message.kind, news.context, message.because)
    refused = guard.check(rendered, news.names, news.known)
    if refused is None:
        return rendered
    alone = ((part, replace(rendered, subject=line, text="", html="")) for part, line in message.lines)
    looked_at = ((part, guard.check(line, news.names, news.known)) for part, line in alone)
    guilty = tuple((part, why) for part, why in looked_at if why is not None)
    if guilty:
        return Outcome(State.QUEUED, apart=guilty)
    if news.context.overdue is not None:
        return _in_words(replace(message, news=replace(news, context=replace(news.context, overdue=None))), renderer)
    return Outcome(State.DEAD, refused)


def _why_not(message: Told, trial: TrialMode, destination: Destination) -> str | None:
    """Why a message goes to nobody; None when it goes."""
    to = message.to
    if to is None:
        return NOBODY
    if not to.active:
        return INACTIVE
    if message.has_left:
        return LEFT
    if to.knows or message.gathers == 0:
        return NOTHING_NEW
    if message.channel != MAIL and to.contact is None:
        return "no_address"
    return KEPT_BACK if trial.keeps_back(to.staff_id, destination) else None


def identifier(message: Told, public_url: str) -> str:
    """The RFC 5322 Message-ID: the same at every attempt, so that a repeated message can be seen as the same."""
    digest = hashlib.sha256("|".join(map(str, message.stamp)).encode()).hexdigest()[:32]
    return f"<{digest}@{domain_of(public_url)}>"
