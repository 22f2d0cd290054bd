"""The whole of it: a thousand enrolments in five years, on SQLite, with its figures. `python -m tests.years.whole`.

Fewer and shorter: `--enrolments`, `--days`, `--areas`; another course of events: `--seed`. With
`--killed` sweeps and deliveries die at any step.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from tests.municipality import Municipality, furnish
from tests.support import Clock
from tests.years.figures import figures
from tests.years.killed import KilledPlay
from tests.years.play import Play
from tests.years.reading import whole_digests

_DAYS_OF_FIVE_YEARS = 1826


def main() -> int:
    """0 where nothing went wrong."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/sosu.db")
        make_ready(database)
        furnish(database, Clock())
        town = Municipality(database, Keyring.at(Path(folder) / "keys.json"))
        size = (asked.seed, asked.enrolments, asked.days, asked.areas)
        play = KilledPlay(town, Path(folder), *size) if asked.killed else Play(town, *size)
        began = time.monotonic()
        with whole_digests():
            oracle = play.live(lambda day: _say(f"day {day}\n") if day % 100 == 0 else None)
        database.close()
        for what, count in play.kills.items() if isinstance(play, KilledPlay) else ():
            _say(f"killed: {what:32}{count:10,}\n")
    _say(f"seed {asked.seed}, {asked.days} days, {time.monotonic() - began:.0f} seconds\n")
    for name, count in figures(play).items():
        _say(f"{name:40}{count:10,}\n")
    for wrong in oracle.wrong[:50]:
        _say(f"{wrong}\n")
    return 1 if oracle.wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("seed", 1), ("enrolments", 1000), ("days", _DAYS_OF_FIVE_YEARS), ("areas", 8)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--killed", action="store_true", help="sweeps and deliveries are killed at any step")
    return parser.parse_args()


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
