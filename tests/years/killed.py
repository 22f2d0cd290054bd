"""Years in which sweeps and deliveries are killed by SIGKILL at any step, and people act before others go on with them.

What a killed delivery had sent is read from the book that the other ends keep, and what else it had in hand from its
lease.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from engine import kinds
from models.enrolment import Enrolment
from models.message import State
from models.staff import Staff
from models.types import table
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.outbox import LEASE
from onboarding.post import Post
from onboarding.sending import MOST_UNMARKED
from tests.municipality import ATTEMPT, MESSAGE, Municipality
from tests.years.book import Book, Writer
from tests.years.danish_time import local
from tests.years.dying import Steps
from tests.years.play import Play
from tests.years.servers import Killed

ENROLMENT, STAFF = table(Enrolment), table(Staff)
#: How likely a sweep or a delivery is to be killed.
LIKELY = 0.5
#: How many of the deliveries that are to be killed are while messages go, and within how many steps from the first.
WHILE_IT_GOES, LAST_STEPS_OF_A_MESSAGE = 0.5, 12
#: How likely somebody acts before the lease of a killed delivery is over, on so many of the cases that it had in hand.
ACTS, MOST_ACTED_ON = 0.7, 2
_RUNG_OF = {str(kind): str(rung) for rung, kind in kinds.OF_RUNG.items()}


class KilledPlay(Play):
    """`folder` is for the book. `kills` counts what was killed."""

    def __init__(self, town: Municipality, folder: Path, seed: int, enrolments: int, days: int, areas: int = 2) -> None:
        super().__init__(town, seed, enrolments, days, areas)
        self.kills, self.steps = Counter[str](), Steps(town.database)
        self.book = Book(folder / "book", self.servers)
        self._steps_of = {"sweeps": 20, "deliveries": 30}

    def _is_unlucky(self) -> bool:
        return not self.rests and self.random.random() < LIKELY

    def _sweeps(self) -> None:
        """What was begun is done by the next one, on the same day."""
        now, before = self.town.clock.now, self.steps.taken
        if not self._is_stopped("all", "sweeps") and self._is_unlucky():
            self._dies("sweeps", lambda: advance(self.town.database, local(now).date(), now, None))
        super()._sweeps()
        self._steps_of["sweeps"] = max(20, self.steps.taken - before)

    def _delivers_once(self) -> timedelta:
        if not self._is_unlucky():
            before = self.steps.taken
            takes_longer = super()._delivers_once()
            self._steps_of["deliveries"] = max(30, self.steps.taken - before)
            return takes_longer
        self.oracle.delivery_begins(self.town.clock.now)
        known, post, random = self._known(), self._post(), Random(self.random.random())
        died = self._dies("deliveries", lambda: self._delivers_into_the_book(post, random))
        unknown = self.book.reads(self._known() - known, self.town.clock.now)
        assert 0 <= unknown <= (MOST_UNMARKED if died else 1), (unknown, died)
        self.kills["after a message was sent"] += unknown > 0
        if died:
            self._goes_on_without_it()
        return LEASE

    def _delivers_into_the_book(self, post: Post, random: Random) -> None:
        """In the process that is to die."""
        for server in self.servers.values():
            server.random = random
        ways = {name: Writer(server, self.book.path, self.steps.message) for name, server in self.servers.items()}
        with contextlib.suppress(Killed):  # a death of which the process knows: as at Ctrl-C
            deliver(self.town.database, replace(post, channels=ways))

    def _dies(self, what: str, work: Callable[[], object]) -> bool:
        """Some while they work, and some while messages go: there are fewer of these."""
        goes = what == "deliveries" and self.random.random() < WHILE_IT_GOES
        at = self.random.randint(1, LAST_STEPS_OF_A_MESSAGE if goes else self._steps_of[what])
        died = self.steps.dies(work, at, from_the_first_message=goes)
        self.kills[what] += died
        return died

    def _is_resent(self, reason: str) -> bool:
        """Also what a dead delivery had in hand, and was refused for good afterwards: it may have come to nobody."""
        return True

    def _known(self) -> int:
        """How many attempts there are by our side's account."""
        with self.town.database.read() as session:
            return session.connection().execute(select(func.count()).select_from(ATTEMPT)).scalar_one()

    # While the lease of the dead one lasts

    def _goes_on_without_it(self) -> None:
        in_hand = self._in_hand()
        for email, reference, about in in_hand:
            self.oracle.was_in_hand(email, reference, about)
        cases = sorted({reference for _, reference, _ in in_hand})
        if not cases or self.random.random() > ACTS:
            return
        now = self.town.clock.now
        for reference in self.random.sample(cases, min(len(cases), self.random.randint(1, MOST_ACTED_ON))):
            act = partial(self._acts_on, reference)
            self._then(now + timedelta(minutes=self.random.randint(1, 25)), 1, act)
        self._then(now + timedelta(minutes=self.random.randint(2, 25)), 2, self._delivers)

    def _acts_on(self, reference: str) -> None:
        case = self.oracle.cases[reference]
        if case.status != "ended" and self.acting.acts_soon(case):
            self._observes()

    def _in_hand(self) -> set[tuple[str, str, tuple[int, str] | None]]:
        """Who was to be told of which case, and of which reminder if it is one, by what the dead one had in hand."""
        m = MESSAGE.c
        held = select(m.id).where(m.state == State.QUEUED, m.lease.is_not(None))
        rows = (
            select(STAFF.c.email, ENROLMENT.c.reference, m.seq, m.kind)
            .select_from(MESSAGE)
            .join(STAFF, m.recipient_id == STAFF.c.id)
            .join(ENROLMENT, m.enrolment_id == ENROLMENT.c.id)
        )
        with self.town.database.read() as session:
            ids = session.connection().scalars(held).all()
            found = session.connection().execute(rows.where(m.id.in_(ids) | m.digest_id.in_(ids))).all()
        return {(e, ref, (seq, _RUNG_OF[kind]) if kind in _RUNG_OF else None) for e, ref, seq, kind in found}
