"""`make bench-size`: what the same work costs as the database grows, and how fast it grows.

A sweep of 1,000 due is to take as long among 1,000,000 enrolments as among 1,000, and one that finds nobody likewise.
The sizes take turns, each on a fresh copy, so that a slow spell hits all of them: read the ratios, and of each round.
How many bytes a year of an enrolment takes is measured on what `sosu demo` lives through, with the real verbs.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import func, select

from benchmarks import seed as sqlite_ground
from benchmarks.postgres import copied
from benchmarks.postgres import postgres as lasting_postgres
from benchmarks.seed import NOW, TODAY
from benchmarks.sweep import renderer
from benchmarks.workers import postgres
from benchmarks.workers import seed as seed_postgres
from cli.demo import BEGINS, WEEKS, World
from flows.tracks import TRACKS
from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from notifications.channels.destination import Destination
from notifications.channels.eml import EmlFolder
from onboarding.advance import advance
from onboarding.pathways import publish
from onboarding.post import Post
from onboarding.store import ENROLMENT, TRANSITION

SIZES, DUE, IDLE, FLAT = (1_000, 10_000, 100_000), 1_000, 9, 1.30
_NOBODY_DUE = TODAY.replace(year=2000)

#: Gives the address of a fresh copy of the ground of so many enrolments.
Fresh = Callable[[int], str]


def seconds(url: str, due: int) -> tuple[float, float, float]:
    """Of a sweep of all who are due; of a core that it had, the database's own process not counted; and of a sweep that
    finds nobody.
    """
    with closing(Database(url)) as database:
        advance(database, _NOBODY_DUE, NOW)  # pays for the connection and what is read once
        idle = statistics.median(_timed(partial(advance, database, _NOBODY_DUE, NOW)) for _ in range(IDLE))
        began, busy = time.perf_counter(), time.process_time()
        swept = advance(database, TODAY, NOW)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    assert swept.moved == due, swept
    return took, busy, idle


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, fresh: Fresh, sizes: Sequence[int], due: int, rounds: int) -> list[float]:
    """Prints a row for each size; gives how many times as long as the smallest each takes to sweep: the median."""
    took = [[seconds(fresh(size), due) for size in sizes] for _ in range(rounds)]
    ratios = []
    for column, size in enumerate(sizes):
        parts = [[one[column][part] for one in took] for part in range(3)]
        beside = [[one[column][part] / one[0][part] for one in took] for part in range(3)]
        ratios.append(statistics.median(beside[0]))
        medians = [(1000 * statistics.median(p), statistics.median(b)) for p, b in zip(parts, beside, strict=True)]
        cells = (f"{milliseconds:.1f} | {ratio:.2f}" for milliseconds, ratio in medians)
        print(f"| {name} | {size:,} | {' | '.join(cells)} |", flush=True)
    return ratios


def on_sqlite(folder: Path, due: int, size: int) -> str:
    ground, copy = folder / f"ground-{size}.db", folder / "run.db"
    if not ground.exists():
        sqlite_ground.seed(ground, size, due)
    for left in folder.glob("run.db*"):
        left.unlink()
    return f"sqlite:///{shutil.copy(ground, copy)}"


def on_postgres(make: Callable[[str | None, str], str], known: set[int], due: int, size: int) -> str:
    if size not in known:
        seed_postgres(make(None, f"ground_{size}"), size, due)
        known.add(size)
    return make(f"ground_{size}", "run")


def lived(folder: Path, weeks: int) -> tuple[Path, float]:
    """A database in which so many weeks of the demo were lived, and how many years of enrolments it holds."""
    path = folder / "lived.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        make_ready(database)
        with database.write() as session:
            publish(session, [track.pathway for track in TRACKS], NOW)
        words, outbox = renderer(), EmlFolder(folder / "outbox")

        def post(_day: date) -> Post:
            return Post.by_mail(outbox, Destination.FOLDER, words, "http://127.0.0.1", lambda: NOW, Random(1))

        world = World(database, Keyring.at(folder / "keys.json"), post, seed=1)
        world.begin()
        world.live(weeks, lambda _week: None)
        return path, enrolment_years(database, BEGINS + timedelta(weeks=weeks))


def enrolment_years(database: Database, until: date) -> float:
    """From when each began until it ended or until this day."""
    e, t = ENROLMENT.c, TRANSITION.c
    first, last = func.min(t.occurred_on), func.max(t.occurred_on)
    wanted = select(e.status, first, last).join(TRANSITION, t.enrolment_id == e.id).group_by(e.id, e.status)
    with database.read() as session:
        rows = session.connection().execute(wanted).all()
    lived_for: float = sum(((ended if status == "ended" else until) - began).days for status, began, ended in rows)
    return lived_for / 365.25


def bytes_of(url: str) -> int:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*") if not one.name.endswith("-shm"))
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def growth(folder: Path, weeks: int) -> None:
    empty = folder / "empty.db"
    with closing(Database(f"sqlite:///{empty}")) as database:
        make_ready(database)
    full, years = lived(folder, weeks)
    print(f"\n{weeks} weeks of the demo, {years:,.0f} years of enrolments; bytes of each such year\n")
    print("| database | empty, KiB | afterwards, KiB | bytes a year |\n|:--|--:|--:|--:|")
    with lasting_postgres() as server:
        ways: dict[str, Callable[[Path], str]] = {
            "SQLite": "sqlite:///{}".format,
            "PostgreSQL": partial(copied, server),
        }
        for name, at in ways.items():
            before, after = bytes_of(at(empty)), bytes_of(at(full))
            print(f"| {name} | {before / 1024:,.0f} | {after / 1024:,.0f} | {(after - before) / years:,.0f} |")


def main(arguments_given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="a million is 1000000")
    parser.add_argument("--due", type=int, default=DUE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--weeks", type=int, default=WEEKS, help="of the demo; 0: growth is not measured")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    arguments = parser.parse_args(arguments_given)
    gc.freeze()  # as the program does when it has loaded what it needs
    gc.set_threshold(50_000)
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"{arguments.due:,} due; medians of {arguments.rounds} rounds in turns, beside the smallest of the round\n")
    print("| database | enrolments | sweep, ms | beside the smallest | of a core, ms | beside | idle, ms | beside |")
    print("|:--|--:|--:|--:|--:|--:|--:|--:|")
    sizes, due, ratios = sorted(arguments.sizes), arguments.due, list[float]()
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as made:
        folder = Path(made)
        if arguments.database != "postgresql":
            ratios += compare("SQLite", partial(on_sqlite, folder, due), sizes, due, arguments.rounds)
        if arguments.database != "sqlite":
            with postgres() as make:
                fresh = partial(on_postgres, make, set(), due)
                ratios += compare("PostgreSQL", fresh, sizes, due, arguments.rounds)
        print(f"\nthe worst is {max(ratios):.2f} times the smallest (goal: {FLAT:.2f} or better)")
        if arguments.weeks:
            growth(folder, arguments.weeks)


if __name__ == "__main__":
    main()
