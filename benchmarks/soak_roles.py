"""What the processes of `make soak` do all day: people click, lists are read in, sweeps, post and copies are made.

Each tells, every few seconds, what it has done and what it takes of the machine.
"""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from multiprocessing.synchronize import Barrier
from pathlib import Path
from queue import Queue
from random import Random
from threading import Thread
from typing import Any

from sqlalchemy import func, select

from benchmarks.sweep import renderer
from benchmarks.town import name_of
from cli.demo_people import newcomer
from engine.case import Status
from engine.conditions import Holds
from engine.fault import where
from engine.refusal import Refused
from flows.backups import backup
from flows.unreachable import may_pass
from models.keys import Keyring
from models.session import Database
from notifications.channels import make_channel
from notifications.channels.destination import Destination
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.drop import drop
from onboarding.enrol import enrol
from onboarding.import_list import import_list, read_list
from onboarding.move import move
from onboarding.pause import pause, resume
from onboarding.post import Post
from onboarding.record import record
from onboarding.signed import Signed, new_command_id
from onboarding.store import ENROLMENT, Loaded, find
from onboarding.undo import undo
from reports.board import board
from reports.case import show
from settings import Settings

PATHWAYS, AREAS = ("immigrant_track", "ped_assistant_track"), 8
OFFICER = "jobcenter@example.org"
_PATIENCE, _TELLS, _MORNING, _FIRST_DAY = 180.0, 2.0, time_of_day(7, tzinfo=UTC), date(2026, 9, 1)
_HEADINGS = "CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it all happens, and how fast time goes. `begins` and `ends` are seconds since 1970."""

    url: str
    folder: Path
    port: int
    begins: float
    ends: float
    day: float
    postgres_bin: Path | None = None
    list_rows: int = 30

    @property
    def at(self) -> datetime:
        """The time of the play: each of its days lasts `day` seconds, all of them the first of that morning. A lease
        is as long as ever, but for one that is held while a day ends.
        """
        days, seconds = divmod(max(time.time() - self.begins, 0), self.day)
        return datetime.combine(_FIRST_DAY, _MORNING) + timedelta(days=days, seconds=seconds)

    def begun(self) -> Ground:
        """The same, from now on and for as long."""
        now = time.time()
        return replace(self, begins=now, ends=now + self.ends - self.begins)

    @property
    def is_over(self) -> bool:
        return time.time() >= self.ends

    @property
    def key_file(self) -> Path:
        return self.folder / "keys.json"

    def signed(self, by: str) -> Signed:
        at = self.at
        return Signed(by=by, on=at.date(), at=at, command_id=new_command_id())


@dataclass(slots=True)
class Told:
    """What a process has done so far, and what it takes now: `memory` in KiB, and open file handles."""

    role: str
    number: int
    at: float
    counts: Counter[str]
    memory: int
    handles: int
    slowest: float = 0.0


@dataclass(slots=True)
class Role:
    """One process. `done` counts what went well by what it was; what did not is counted by why."""

    name: str
    number: int
    ground: Ground
    tell: Queue[Told]
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def attempt(self, what: Callable[[], str]) -> None:
        began = time.perf_counter()
        try:
            self.counts[what()] += 1
        except Refused:
            self.counts["refused"] += 1  # by a rule, as people are
        except Exception as error:
            why = "busy" if may_pass(error) else f"error: {type(error).__name__} ({where(error)})"
            self.counts[why] += 1
        self.slowest = max(self.slowest, time.perf_counter() - began)

    def told(self) -> Told:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        handles = len(os.listdir("/proc/self/fd"))
        memory = pages * os.sysconf("SC_PAGE_SIZE") // 1024
        return Told(self.name, self.number, time.time(), Counter(self.counts), memory, handles, self.slowest)

    def tells(self) -> None:
        while not self.ground.is_over:
            self.tell.put(self.told())
            time.sleep(_TELLS)


def person(role: Role, database: Database, seed: int, every: float) -> None:
    """Clicks about once in `every` seconds."""
    random, keyring, ground = Random(seed), Keyring.read(role.ground.key_file), role.ground
    names = [name_of(random) for _ in range(50)]
    while not ground.is_over:
        role.attempt(lambda: _click(database, keyring, ground, random, names))
        time.sleep(random.uniform(0.5, 1.5) * every)


def _click(database: Database, keyring: Keyring, ground: Ground, random: Random, names: list[str]) -> str:
    lot, key = random.random(), random.choice(PATHWAYS)
    if lot < 0.06:
        signed, area = ground.signed(OFFICER), random.randrange(AREAS)
        applicant = newcomer(random, names, f"Område {area}", f"koordinator{area}@example.org", signed.on)
        with database.write() as session:
            enrol(session, keyring, key, applicant, signed)
        return "enrol"
    if lot < 0.16:
        with database.read() as session:
            board(session, key, ground.at.date())
        return "look at a board"
    reference = _somebody(database, random)
    if lot < 0.30:
        with database.read() as session:
            show(session, reference, ground.at.date())
        return "look at a case"
    with database.read() as session:
        loaded = find(session, reference, lock=False)
    name, verb = _deed(loaded, random)
    with database.write() as session:
        verb(session, ground.signed(f"koordinator{(loaded.row.area_id - 1) % AREAS}@example.org"))
    return name


def _somebody(database: Database, random: Random) -> str:
    e = ENROLMENT.c
    with database.read() as session:
        last = session.connection().execute(select(func.max(e.id))).scalar_one()
        behind = select(e.reference).where(e.id > random.randrange(last), e.status != Status.ENDED).order_by(e.id)
        anybody = select(e.reference).order_by(e.id.desc())
        connection = session.connection()
        found = connection.scalar(behind.limit(1)) or connection.scalar(anybody.limit(1))
    assert found is not None
    return str(found)


def _deed(loaded: Loaded, random: Random) -> tuple[str, Callable[[Any, Signed], Any]]:
    """Mostly what brings somebody on."""
    reference, lot, place = loaded.row.reference, random.random(), loaded.case.place
    if place.status == Status.PAUSED:
        return "resume", lambda session, signed: resume(session, reference, signed)
    if lot < 0.05:
        reason = random.choice(list(loaded.pathway.pause_reasons))
        return "pause", lambda session, signed: pause(session, reference, signed, reason)
    if lot < 0.10:
        return "undo", lambda session, signed: undo(session, reference, signed)
    if lot < 0.13:
        reason = random.choice(list(loaded.pathway.dropout_reasons))
        return "drop", lambda session, signed: drop(session, reference, reason, signed)
    steps = loaded.pathway.steps_from.get(place.stage, ())
    step = random.choice(steps) if steps else None
    missing = (
        [c for c in step.when if isinstance(c, Holds) and c.milestone not in loaded.case.milestones] if step else []
    )
    if missing:
        fact = missing[0]
        return "record", lambda session, signed: record(session, reference, fact.milestone, signed, fact.value)
    return "move", lambda session, signed: move(session, reference, step.key if step else "", signed)


def people(role: Role, crowd: int, every: float) -> None:
    """So many of them in one process, as the page's server has them."""
    database = Database(role.ground.url)
    with ThreadPoolExecutor(crowd) as threads:
        seeds = range(100 * role.number, 100 * role.number + crowd)
        for done in [threads.submit(person, role, database, seed, every) for seed in seeds]:
            done.result()
    database.close()


def lists(role: Role, every: float) -> None:
    database, random = Database(role.ground.url), Random(7)
    keyring = Keyring.read(role.ground.key_file)
    for number in _ticks(role.ground, every):
        role.attempt(lambda number=number: read_in(database, keyring, role.ground, random, number))
    database.close()


def read_in(database: Database, keyring: Keyring, ground: Ground, random: Random, number: int) -> str:
    key, signed, path = PATHWAYS[number % 2], ground.signed(OFFICER), ground.folder / f"list-{number}.csv"
    names = [name_of(random) for _ in range(50)]
    rows = [_HEADINGS]
    for _ in range(ground.list_rows):
        area = random.randrange(AREAS)
        one = newcomer(random, names, f"Område {area}", f"koordinator{area}@example.org", signed.on)
        rows.append(f"{one.cpr};{one.name};{one.area};{one.coordinator};{one.starts_on:%d-%m-%Y};ja")
    path.write_text("\n".join(rows), encoding="utf-8")
    candidates = read_list(path)
    path.unlink()
    with database.write() as session:
        answer = import_list(session, keyring, candidates, key, signed)
    if answer["errors"]:
        raise AssertionError("a list that is right was refused")
    return "list"


def sweeps(role: Role, every: float) -> None:
    database, ground = Database(role.ground.url), role.ground

    def sweep() -> str:
        at = ground.at
        swept = advance(database, at.date(), at)
        for name in ("due", "moved", "reminders", "incidents"):
            role.counts[f"swept: {name}"] += getattr(swept, name)
        return "sweep"

    for _ in _ticks(ground, every):
        role.attempt(sweep)
    database.close()


def deliveries(role: Role, every: float) -> None:
    database, ground = Database(role.ground.url), role.ground
    address = f"mailto://127.0.0.1:{ground.port}?from=sosu@example.org&mode=insecure"
    channel = make_channel(address, ground.folder)
    post = Post.by_mail(channel, Destination.MACHINE, renderer(), "http://127.0.0.1", lambda: ground.at, Random(1))

    def delivery() -> str:
        went = deliver(database, post)
        for name in ("sent", "failed", "skipped", "dead"):
            role.counts[f"delivered: {name}"] += getattr(went, name)
        return "delivery"

    for _ in _ticks(ground, every):
        role.attempt(delivery)
    database.close()


def copies(role: Role, every: float) -> None:
    ground = role.ground
    settings = Settings(database_url=ground.url, key_file=ground.key_file, postgres_bin=ground.postgres_bin)

    def copy() -> str:
        to = ground.folder / "copy.backup"
        backup(settings, to)
        to.unlink()
        return "copy"

    for _ in _ticks(ground, every):
        role.attempt(copy)


def _ticks(ground: Ground, every: float) -> Iterator[int]:
    number = 0
    while not ground.is_over:
        yield number
        number += 1
        time.sleep(min(every, max(ground.ends - time.time(), 0)))


ROLES: Mapping[str, Callable[..., None]] = {
    "people": people,
    "lists": lists,
    "sweeps": sweeps,
    "deliveries": deliveries,
    "copies": copies,
}


def play(name: str, number: int, ground: Ground, together: Barrier, tell: Queue[Told], *rest: float) -> None:
    """The whole life of a process. It begins when all are ready."""
    gc.freeze()
    gc.set_threshold(50_000)  # as the program does when it has loaded what it needs
    together.wait(_PATIENCE)
    ground = ground.begun()
    role = Role(name, number, ground, tell)
    telling = Thread(target=role.tells, daemon=True)
    telling.start()
    ROLES[name](role, *rest)
    telling.join()
    tell.put(role.told())
