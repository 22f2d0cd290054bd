"""Months in which sweeps and deliveries are killed by SIGKILL, each in a process of its own, at any step.

The other ends work and nobody changes their mind meanwhile: `play` has that. What a killed delivery had sent is read
from the book that the other ends keep.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from models.keys import Keyring
from models.message import MAIL
from models.session import Database
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.outbox import LEASE
from onboarding.post import Post
from onboarding.sending import MOST_UNMARKED
from tests.crash.processes import Worker
from tests.crash.worker import Tell
from tests.municipality import ATTEMPT, PUBLIC_URL, RENDERER, Municipality
from tests.years.danish_time import local
from tests.years.office import SMS
from tests.years.play import Play
from tests.years.reading import whole_digests
from tests.years.servers import Arrived
from tests.years.storms import MOST_AN_HOUR

#: How likely a sweep or a delivery is to be killed, and the last of its steps at which each is.
LIKELY = 0.5
LAST_STEPS = {"sweeps": 20, "deliveries": 60}


@dataclass(frozen=True)
class Book:
    """The other end of a channel: it writes down what it takes, a line each, before it answers."""

    name: str
    path: Path

    def send(self, envelope: Envelope) -> Answer:
        line = json.dumps([self.name, envelope.recipient, envelope.message_id, envelope.subject, envelope.html])
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode() + b"\n")
        return Answer(ok=True, detail="Skrevet ned.")


def delivers(database: Database, _tell: Tell, folder: Path, now: datetime) -> dict[str, int]:
    """Delivers into the book in the folder, beside which the keys are."""
    ways = {way: Book(way, folder / "book") for way in (MAIL, SMS)}
    world, opens = dict.fromkeys(ways, Destination.WORLD), Keyring.read(folder / "keys.json").open
    post = Post(ways, world, RENDERER, PUBLIC_URL, lambda: now, Random(1), opens, MOST_AN_HOUR)
    with whole_digests():
        return deliver(database, post).as_dict()


def sweeps(database: Database, _tell: Tell, on: date, at: datetime) -> int:
    return advance(database, on, at, None).due


class KilledPlay(Play):
    """`folder` has the keys of the town, in `keys.json`. `kills` counts what was killed."""

    def __init__(self, town: Municipality, url: str, folder: Path, seed: int, enrolments: int, days: int) -> None:
        super().__init__(town, seed, enrolments, days, areas=2)
        self.url, self.folder, self.kills, self._read = url, folder, Counter[str](), 0
        for server in self.servers.values():
            server.mishaps = 0

    def _chooses(self) -> None:
        """Nobody does."""

    def _is_unlucky(self) -> bool:
        return not self.rests and self.random.random() < LIKELY

    def _sweeps(self) -> None:
        """What was begun is done by the next one, on the same day."""
        today = local(self.town.clock.now).date()
        if not self._is_stopped("all", "sweeps") and self._is_unlucky():
            self._dies("sweeps", sweeps, today, self.town.clock.now)
        super()._sweeps()

    def _delivers(self) -> None:
        if self._is_stopped("all", "deliveries") or not self._is_unlucky():
            super()._delivers()
            return
        if not self.oracle.can_be_told(self.town.clock.now):
            return
        now, known = self.town.clock.now, self._known()
        self.oracle.delivery_begins(now)
        died = self._dies("deliveries", delivers, self.folder, now)
        self._reads_the_book(known, died=died)
        for email in self.office.people:
            self.oracle.had_trouble(email, now + LEASE)
        self.oracle.delivery_ends(now, works=False)

    def _dies(self, what: str, work: object, *asked: object) -> bool:
        died = Worker(self.url, work, *asked, dies_at=self.random.randint(1, LAST_STEPS[what])).died()  # type: ignore[arg-type]
        self.kills[what] += died
        return died

    def _reads_the_book(self, known: int, *, died: bool) -> None:
        """Of all that was sent our side knows, but of the last ones of a delivery that was killed."""
        path = self.folder / "book"
        lines = path.read_text("utf-8").splitlines()[self._read :] if path.exists() else []
        self._read += len(lines)
        unknown = len(lines) - (self._known() - known)
        assert 0 <= unknown <= (MOST_UNMARKED if died else 0), (unknown, died)
        self.kills["after a message was sent"] += unknown > 0
        for number, line in enumerate(lines, 1):
            seen = number <= len(lines) - unknown
            self.oracle.hears(Arrived(*json.loads(line), at=self.town.clock.now, known=seen))

    def _known(self) -> int:
        with self.town.database.read() as session:
            return session.connection().execute(select(func.count()).select_from(ATTEMPT)).scalar_one()
