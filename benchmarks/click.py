"""`make bench-click`: how long a person waits for a move with its messages queued, while others click too.

Eight people, each a thread of one of two processes, as the page's server has them; each moves candidates of their own
along. They click twice: after a pause of about a second, as people do, and without any. Each click is one transaction
that has reached the disk when it is answered.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from multiprocessing.pool import Pool
from pathlib import Path
from random import Random

from benchmarks.postgres import copied, postgres
from benchmarks.seed import NOW, TODAY, due_references, seed
from models.session import Database
from onboarding.move import move
from onboarding.signed import Signed, new_command_id

PEOPLE, PROCESSES, GOAL = 8, 2, 15  # milliseconds
ENROLMENTS, DUE = 40_000, 4_000


def clicks(url: str, references: list[str], pause: float, seed_: int) -> list[float]:
    """Milliseconds of each move."""
    random, took, database = Random(seed_), list[float](), _database(url)
    for reference in references:
        time.sleep(random.uniform(0.5, 1.5) * pause)
        began = time.perf_counter()
        signed = Signed(by="koordinator0@example.org", on=TODAY, at=NOW, command_id=new_command_id())
        with database.write() as session:
            answer = move(session, reference, "start_amu", signed)
        took.append(1000 * (time.perf_counter() - began))
        assert answer["stage"] == "amu_course"
    return took


@cache
def _database(url: str) -> Database:
    """One for all threads of a process, as the server has it; and the rest of what a program does when it has begun."""
    gc.freeze()
    gc.set_threshold(50_000)
    return Database(url)


def _process(url: str, shares: list[list[str]], pause: float) -> list[float]:
    with ThreadPoolExecutor(len(shares)) as people:
        asked = [people.submit(clicks, url, share, pause, number) for number, share in enumerate(shares)]
        return [one for done in asked for one in done.result()]


def everybody(pool: Pool, url: str, references: Iterator[str], each: int, pause: float) -> list[float]:
    shares = [[next(references) for _ in range(each)] for _ in range(PEOPLE)]
    parts = [(url, shares[number::PROCESSES], pause) for number in range(PROCESSES)]
    return sorted(one for part in pool.starmap(_process, parts) for one in part)


def report(name: str, make: Callable[[], str], each: int) -> None:
    url = make()
    references = iter(due_references(ENROLMENTS, DUE))
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        everybody(pool, url, references, 8, 0)  # every process has loaded what it needs
        alone = clicks(url, [next(references) for _ in range(20)], 0, 1)[5:]
        people = everybody(pool, url, references, each, 1)
        crowd = everybody(pool, url, references, 5 * each, 0)
    print(
        f"| {name} | {statistics.median(alone):.1f} | {statistics.median(people):.1f} | {_high(people):.1f} "
        f"| {statistics.median(crowd):.1f} | {_high(crowd):.1f} | {GOAL} |",
        flush=True,
    )


def _high(took: list[float]) -> float:
    return took[int(len(took) * 0.95)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=20, help="of each person who pauses; five times as many without")
    arguments = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{ENROLMENTS:,} enrolments, {PEOPLE} people in {PROCESSES} processes; milliseconds a move\n")
    print("| database | alone, median | people, median | 95 % | without a pause, median | 95 % | goal |")
    print("|:--|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as folder, postgres() as server:
        ground = Path(folder) / "ground.db"
        seed(ground, ENROLMENTS, DUE)
        report("SQLite", lambda: f"sqlite:///{shutil.copy(ground, Path(folder) / 'run.db')}", arguments.clicks)
        report("PostgreSQL", lambda: copied(server, ground), arguments.clicks)


if __name__ == "__main__":
    main()
