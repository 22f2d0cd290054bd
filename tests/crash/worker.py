"""What a process does that a test starts beside itself: it connects, says that it is ready, works when it is told to,
tells of each piece of work, and sends back what came of it all. It may have to kill itself on the way.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

import notifications.channels.apprise_mail  # noqa: F401  here, so that it is loaded once for all processes
from engine.refusal import Refused
from models.keys import Keyring
from models.message import MAIL
from models.session import Database
from notifications.channels import make_channel
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from onboarding.advance import advance_stage, due_stages
from onboarding.deliver import deliver
from onboarding.pathways import known_keys
from onboarding.post import Post
from onboarding.shard import WHOLE, Shard
from onboarding.signed import Signed
from tests.crash.words import SMS, PlainWords, whole_digests
from tests.municipality import PUBLIC_URL, RENDERER

#: Given the database, whom to tell of each piece, and what is asked.
Work = Callable[..., Any]
Tell = Callable[[int], None]

READY, GO, PIECE = "ready", "go", "piece"


def run(pipe: Connection, url: str, dies_at: int | None, work: Work, *asked: Any) -> None:
    """The whole life of a process. `dies_at`: it is killed before this many steps have been taken in the database."""
    database = Database(url)
    with database.read() as session:
        known_keys(session)
    pipe.send(READY)
    pipe.recv()
    if dies_at is not None:
        _die(database, dies_at)
    result = work(database, lambda _: pipe.send(PIECE), *asked)
    database.close()
    pipe.send(("done", result))


def _die(database: Database, at: int) -> None:
    """Kills this process where a statement or a commit would be its `at`-th. Nothing is tidied up."""
    steps = count(1)

    def step(*_: Any) -> None:
        if next(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", step)
    event.listen(database.engine, "commit", step)


def sweep(
    database: Database, tell: Tell, on: date, at: datetime, page: int, rest: float = 0, shard: Shard = WHOLE
) -> dict[str, int]:
    """As `onboarding.advance.advance` does, in small pages; after each it rests for some seconds."""
    with database.read() as session:
        found = [(key, stage) for key in known_keys(session) for stage in due_stages(session, key, on, shard)]
    done = [sweep_stage(database, tell, key, stage, on, at, page, rest, shard) for key, stage in found]
    return {name: sum(part[name] for part in done) for name in ("due", "moved", "incidents")}


def sweep_stage(
    database: Database,
    tell: Tell,
    key: str,
    stage: str,
    on: date,
    at: datetime,
    page: int,
    rest: float = 0,
    shard: Shard = WHOLE,
) -> dict[str, int]:
    def after_a_page(count: int) -> None:
        tell(count)
        time.sleep(rest)

    return asdict(advance_stage(database, key, stage, on, at, after_a_page, page, shard))


def post(database: Database, tell: Tell, mail_url: str | None, folder: Path, now: datetime) -> dict[str, int]:
    """Delivers what is due at `now`, by mail or to the folder."""
    channel = make_channel(mail_url, folder)
    by_mail = Post.by_mail(channel, Destination.FOLDER, RENDERER, PUBLIC_URL, lambda: now, Random(1))
    return deliver(database, replace(by_mail, most_an_hour=1_000_000), tell).as_dict()


@dataclass(frozen=True)
class Ledger:
    """A way to people that writes down what it was given, a line each, before it answers."""

    name: str
    path: Path

    def send(self, envelope: Envelope) -> Answer:
        line = json.dumps([self.name, envelope.recipient, envelope.message_id, envelope.text])
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode() + b"\n")
        return Answer(ok=True, detail="Skrevet ned.")


def post_by_both(database: Database, tell: Tell, folder: Path, now: datetime) -> dict[str, int]:
    """Delivers what is due at `now`, at once or gathered, by mail and to phones, into the ledger in the folder."""
    ways = {way: Ledger(way, folder / "ledger") for way in (MAIL, SMS)}
    here = dict.fromkeys(ways, Destination.FOLDER)
    opens = Keyring.read(folder / "keys.json").open
    by_both = Post(ways, here, PlainWords(), PUBLIC_URL, lambda: now, Random(1), opens, most_an_hour=1_000_000)
    with whole_digests():
        return deliver(database, by_both, tell).as_dict()


def act(
    database: Database, _tell: Tell, verb: Callable[..., Any], asked: tuple[Any, ...], signed: Signed, lingers: float
) -> Any:
    """A verb's answer, or the reasons for which it was refused; the transaction is kept open for some seconds."""
    try:
        with database.write() as session:
            answer = verb(session, *asked, signed)
            time.sleep(lingers)
    except Refused as refused:
        return refused.reasons
    return answer


# What every process would have to do first is done once, before the first of them is forked.
configure_mappers()
gc.collect()
gc.freeze()
