"""`make bench`: a sweep with its messages rendered, beside the floor in the same run; an idle sweep; memory.

Absolute figures say how busy the machine was; the ratio says how good we are. Contestants take turns, so that a slow
spell hits both.
"""

from __future__ import annotations

import argparse
import gc
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from benchmarks import phases
from benchmarks.floor import Floor, our_words, plain_words
from benchmarks.seed import NOW, TODAY, seed
from flows.tracks import TRACKS
from models.session import Database
from notifications.queue import MESSAGE
from notifications.render import Renderer
from onboarding.advance import advance
from onboarding.telling import tell

_PAGE = 500


def renderer() -> Renderer:
    return Renderer(tracks={track.pathway.key: track.templates for track in TRACKS})


def ours(path: Path) -> dict[str, float]:
    """Seconds of each part, and what was done."""
    database = Database(f"sqlite:///{path}")
    words = renderer()
    advance(database, TODAY.replace(year=2000), NOW)  # pays for connections, moves nobody
    started = time.perf_counter()
    swept = advance(database, TODAY, NOW)
    moved_at = time.perf_counter()
    count, characters = render_all(database, words)
    ended = time.perf_counter()
    database.close()
    return {
        "moved": swept.moved,
        "messages": count,
        "characters": characters,
        "advance": moved_at - started,
        "render": ended - moved_at,
        "total": ended - started,
    }


def render_all(database: Database, words: Renderer) -> tuple[int, int]:
    """Puts every queued message into words, page by page, as a delivery does."""
    count, characters, after = 0, 0, 0
    while True:
        with database.read() as session:
            wanted = select(MESSAGE.c.id).where(MESSAGE.c.id > after).order_by(MESSAGE.c.id).limit(_PAGE)
            ids = list(session.connection().scalars(wanted))
            told = tell(session, ids, "http://127.0.0.1:8000", TODAY, words) if ids else []
        if not ids:
            return count, characters
        after = ids[-1]
        for message in told:
            rendered = words.render(message.news.pathway_key, message.kind, message.news.context, message.because)
            characters += len(rendered.subject) + len(rendered.text) + len(rendered.html)
        count += len(told)


def floor(path: Path) -> dict[str, float]:
    return _floor(Floor(path, plain_words(TRACKS[0].templates)))


def floor_in_our_words(path: Path) -> dict[str, float]:
    return _floor(Floor(path, our_words(renderer())))


def _floor(contestant: Floor) -> dict[str, float]:
    started = time.perf_counter()
    moved, characters = contestant.advance()
    ended = time.perf_counter()
    contestant.connection.close()
    return {"moved": moved, "characters": characters, "total": ended - started}


def idle(path: Path, repeats: int = 20) -> float:
    """Median seconds of a sweep that finds nobody due."""
    database = Database(f"sqlite:///{path}")
    day = TODAY.replace(year=2000)
    advance(database, day, NOW)
    took = []
    for _ in range(repeats):
        started = time.perf_counter()
        swept = advance(database, day, NOW)
        took.append(time.perf_counter() - started)
        assert swept.due == 0
    database.close()
    return statistics.median(took)


def peak_memory(folder: Path, enrolments: int, due: int) -> float:
    """MiB at the highest, of a process of its own that sweeps and renders."""
    path = folder / f"memory-{enrolments}.db"
    seed(path, enrolments, due)
    child = [sys.executable, "-m", "benchmarks.sweep", "--only-sweep", str(path)]
    return float(subprocess.run(child, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrolments", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-sweep", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    gc.freeze()  # as the program does when it has loaded what it needs
    gc.set_threshold(50_000)
    if arguments.only_sweep:
        ours(arguments.only_sweep)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as folder:
        report(Path(folder), arguments.enrolments, arguments.due, arguments.rounds)


def _run(ground: Path, copy: Path, contestant: Callable[[Path], dict[str, float]]) -> dict[str, float]:
    shutil.copy(ground, copy)
    ran = contestant(copy)
    for left in copy.parent.glob(f"{copy.name}*"):
        left.unlink()
    return ran


def report(folder: Path, enrolments: int, due: int, rounds: int) -> None:
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{enrolments:,} enrolments, {due:,} due, two messages each; {rounds} rounds in turns\n")
    ground = folder / "ground.db"
    seed(ground, enrolments, due)
    print(f"idle sweep over {enrolments:,}: {1000 * idle(ground):.1f} ms (goal: under 20)\n")
    print("| round | floor /s | ours /s | ours / floor | floor in our words /s | ours / that | advance s | render s |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    copy = folder / "run.db"
    ratios: list[tuple[float, float]] = []
    for number in range(1, rounds + 1):
        plain, quick, our = (_run(ground, copy, contestant) for contestant in (floor, floor_in_our_words, ours))
        assert plain["moved"] == quick["moved"] == our["moved"] == due
        assert plain["characters"] == quick["characters"] == our["characters"], "all must render the same words"
        ratios.append((plain["total"] / our["total"], quick["total"] / our["total"]))
        print(
            f"| {number} | {due / plain['total']:,.0f} | {due / our['total']:,.0f} | {ratios[-1][0]:.2f} "
            f"| {due / quick['total']:,.0f} | {ratios[-1][1]:.2f} | {our['advance']:.2f} | {our['render']:.2f} |"
        )
    beside_plain, beside_quick = (statistics.median(each) for each in zip(*ratios, strict=True))
    print(f"\nmedian ratio {beside_plain:.2f} (goal: 0.50 or better); beside a floor in our words {beside_quick:.2f}\n")
    shutil.copy(ground, copy)
    print("| where ours spends its time | share |\n|:--|--:|")
    for phase, share in phases.shares(lambda: ours(copy)).items():
        print(f"| {phase} | {share:.0%} |")
    print()
    print("| enrolments | due | peak memory MiB |\n|--:|--:|--:|")
    for size in (enrolments // 10, enrolments, 2 * enrolments):
        print(f"| {size:,} | {due // 10:,} | {peak_memory(folder, size, due // 10):.0f} |")


if __name__ == "__main__":
    main()
