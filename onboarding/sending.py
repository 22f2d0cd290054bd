"""Sending what goes by one way, batch by batch under a lease; what goes in quick succession is marked together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from engine.workdays import DENMARK
from models.message import State
from models.session import Database
from notifications.channels.envelope import Answer
from onboarding import newcomers, outages
from onboarding.addressing import Addressee, heard_instead
from onboarding.by_mail import by_mail_after_all
from onboarding.delivered import Delivered
from onboarding.one_message import send
from onboarding.other_end import OtherEnd
from onboarding.outbox import LEASE, Sent, finish, mark_sent, people_waiting, put_back, release, take
from onboarding.outcome import OVER, Outcome
from onboarding.overtaken import not_used
from onboarding.post import Post
from onboarding.refusals import forgive
from onboarding.telling import tell
from onboarding.told import Told
from onboarding.trial import TrialMode, standing
from onboarding.unsent import NO_ADDRESS, SKIPPED_APART, UNREACHED, because_of, leave_out

#: What is read of a batch is to be of now. The batch after one that went quickly is twice as large; one so large is
#: given back when it does not go as quickly.
BATCH, LARGEST_BATCH, QUICKLY = 100, 800, timedelta(seconds=1)
#: What was read so long ago is read anew before it is said: a case can end while a slow server takes the others.
STILL_SO = timedelta(seconds=1)
#: What went within so long is marked together, and so many at the most: to mark each by itself takes longer than to
#: send it. So much can come twice when the process is killed.
MARKED_WITHIN, MOST_UNMARKED = timedelta(seconds=1 / 20), 25
#: Of a lease; what is begun by then has the rest of it to end in. Then the others are given back, and taken again.
LAST_BEGUN = LEASE / 3


@dataclass(slots=True)
class Sending:
    """What goes by one way, up to the message `newest`. `delivered` counts how each message went, `progress` is told of
    each; `stopped` says why it gave up on the other end.
    """

    database: Database
    post: Post
    way: str
    begun_at: datetime
    newest: int
    delivered: Delivered
    progress: Callable[[int], None]
    stopped: str | None = None
    _lease: str = field(default_factory=lambda: str(uuid4()))
    _other_end: OtherEnd = field(init=False)
    _has_some: bool = False
    _count: int = field(init=False)
    _taken_at: datetime = field(init=False)
    _in_flight: int | None = None
    _unmarked: list[Sent] = field(default_factory=list)
    _since: datetime = field(init=False)
    _trial: TrialMode = field(default_factory=TrialMode)

    def __post_init__(self) -> None:
        self._other_end, self._count = OtherEnd(self.way), BATCH

    def sends(self) -> None:
        """Until nothing is due any more, or the other end reaches nobody."""
        try:
            while self.stopped is None and (ids := self._takes()):
                self._has_some = not self._sends_each(ids)
                if self._has_some:
                    self._count = BATCH
                elif self.post.clock() - self._taken_at < QUICKLY / 2:
                    self._count = min(2 * self._count, LARGEST_BATCH)
        finally:
            if self._has_some or self._unmarked:  # also at Ctrl-C; but nobody knows what became of the one in flight
                with self._writes() as session:
                    release(session, self._lease, self._in_flight)

    def _takes(self) -> list[int]:
        """As long as the channel is out, a batch is a single message."""
        with self._writes() as session:
            if self._has_some:
                release(session, self._lease)
            end, self._taken_at = self._other_end, self.post.clock()
            end.is_out = outages.is_out(session, self.way)
            end.people = end.people or people_waiting(session, self.way, self.begun_at)
            count = 1 if end.is_out else self._count
            ids = take(session, self._lease, self.way, self._taken_at, count, self.begun_at, self.newest)
            self._trial = standing(session)
        self._has_some = bool(ids)
        return ids

    def _sends_each(self, ids: Sequence[int]) -> bool:
        """False when some are left: the other end is too slow for all of them, or reaches nobody."""
        last_begun = self._taken_at + (QUICKLY if len(ids) > BATCH else LAST_BEGUN)
        left = list(ids)
        while left:
            told = _told(self.database, left, self.post)
            read_at = self.post.clock()
            for message_id, what in told:
                now = self.post.clock()
                if now > last_begun or self.stopped is not None:
                    return False
                if now - read_at > STILL_SO:
                    with self.database.read() as session:
                        self._trial = standing(session)
                    break
                self._sends_one(message_id, what, now)
                left.remove(message_id)
        return True

    def _sends_one(self, message_id: int, told: Told | Outcome, now: datetime) -> None:
        self._in_flight = message_id
        self._since = self._since if self._unmarked else now
        outcome = told if isinstance(told, Outcome) else send(told, self.post, self._trial)
        to = None if isinstance(told, Outcome) else told.to
        if (to and to.instead) or not self._is_simply_sent(message_id, outcome):
            with self._writes() as session:
                self._mark(session, message_id, outcome, to)
        self._in_flight = None
        self.progress(1)

    def _is_simply_sent(self, message_id: int, outcome: Outcome) -> bool:
        """Whether it was sent, as most are; then it is marked with others."""
        if outcome.state is not State.SENT or outcome.answer is None or self._other_end.is_out:
            return False
        now = self.post.clock()
        self._unmarked.append(Sent(message_id, outcome.answer, now))
        self.delivered.count(State.SENT)
        self._other_end.hears(outcome.answer, None, message_id)
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
        """Writes how one message went."""
        now = self.post.clock()
        if outcome.apart:
            leave_out(session, message_id, outcome.apart, now)
            for _, reason in outcome.apart:
                self.delivered.count(State.SKIPPED if reason in SKIPPED_APART else State.DEAD)
            newcomers.pass_on(session, [part for part, reason in outcome.apart if reason in UNREACHED], now)
            not_used(session, [part for part, reason in outcome.apart if reason in OVER])
        elif outcome.answer is not None:
            self._mark_answered(session, message_id, outcome, outcome.answer, to, now)
        else:
            self._finish(session, message_id, outcome, now)
            if outcome.reason in UNREACHED:
                newcomers.pass_on(session, [message_id], now)
            elif outcome.reason in OVER:
                not_used(session, [message_id])

    def _mark_answered(
        self, session: Session, message_id: int, outcome: Outcome, answer: Answer, to: Addressee | None, now: datetime
    ) -> None:
        """And what the answer says of the channel."""
        end, name = self._other_end, self.post.channels[self.way].name
        goes_on = end.goes_on_being_silent(session, message_id, answer, name)
        said = end.said(answer, goes_on=goes_on)
        if said is not answer:
            outcome = Outcome(State.QUEUED)
        self._finish(session, message_id, replace(outcome, answer=end.counted(said)), now)
        if to and to.instead and (said.ok or said.uncertain):
            heard_instead(session, message_id, to.staff_id, now)
        end.remembers(session, said, name)
        if end.hears(said, to, message_id) or goes_on:
            self.stopped = said.detail
        if said.ok and end.is_out:
            outages.end(session, self.way, now)
            end.is_out = False
        if self.stopped is not None:
            self._leave(session, self.stopped, now)

    def _finish(self, session: Session, message_id: int, outcome: Outcome, now: datetime) -> None:
        name = self.post.channels[self.way].name
        state = finish(session, message_id, self._lease, outcome, name, now, self.post.random)
        given_up = state is State.DEAD and outcome.answer is not None
        if (given_up or outcome.reason == NO_ADDRESS) and by_mail_after_all(session, message_id, now):
            state = State.QUEUED
        self.delivered.count(state)

    def _leave(self, session: Session, why: str, now: datetime) -> None:
        """The channel is out: what it refused meanwhile is not at fault."""
        outages.begin(session, self.way, why, now)
        if self._other_end.refuses_everybody():
            refused, before = self._other_end.given_up()
            again = put_back(session, refused, now) if refused else 0
            self.delivered.dead -= again
            self.delivered.failed += again
            if before:
                put_back(session, before, now)
            forgive(session, [*refused, *before])


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
