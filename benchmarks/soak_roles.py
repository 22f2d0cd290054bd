"""What the processes of `make soak` do all day: people click, lists are read in, sweeps, post and copies are made.

Each tells, every few seconds, what it has done and what it takes of the machine.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from itertools import count
from multiprocessing.synchronize import Barrier
from queue import Queue
from random import Random
from threading import Thread

from benchmarks.soak_ground import AREAS, OFFICER, PATHWAYS, Ground, Role, Told
from benchmarks.soak_people import people
from benchmarks.sweep import renderer
from benchmarks.town import name_of
from cli.demo_people import newcomer
from flows.backups import backup
from models.keys import Keyring
from models.session import Database
from notifications.channels import make_channel
from notifications.channels.destination import Destination
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.import_list import import_list, read_list
from onboarding.post import Post
from settings import Settings

_PATIENCE = 180.0
_HEADINGS = "CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"


def lists(role: Role, every: float) -> None:
    database, random = Database(role.ground.url), Random(7)
    keyring = Keyring.read(role.ground.key_file)
    numbers = count()
    role.repeats(lambda: read_in(database, keyring, role.ground, random, next(numbers)), every)
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

    role.repeats(sweep, every)
    database.close()


def deliveries(role: Role, every: float) -> None:
    database, ground = Database(role.ground.url), role.ground
    address = f"mailto://127.0.0.1:{ground.port}?from=sosu@example.org&mode=insecure"
    channel = make_channel(address, ground.folder)
    post = Post.by_mail(channel, Destination.FOLDER, renderer(), "http://127.0.0.1", lambda: ground.at, Random(1))

    def delivery() -> str:
        went = deliver(database, post)
        for name in ("sent", "failed", "skipped", "dead"):
            role.counts[f"delivered: {name}"] += getattr(went, name)
        return "delivery"

    role.repeats(delivery, every)
    database.close()


def copies(role: Role, every: float) -> None:
    ground = role.ground
    settings = Settings(database_url=ground.url, key_file=ground.key_file, postgres_bin=ground.postgres_bin)

    def copy() -> str:
        to = ground.folder / "copy.backup"
        backup(settings, to)
        to.unlink()
        return "copy"

    role.repeats(copy, every)


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
