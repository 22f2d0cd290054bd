"""An hour of mixed work, in seconds: that everybody works, and that what is wrong is found."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from benchmarks import sink
from benchmarks.soak import Soaked, examined, furnish, grown
from benchmarks.soak_ground import Ground, Role, Told
from benchmarks.soak_people import people
from benchmarks.soak_roles import copies, deliveries, lists, sweeps
from models.session import Database

#: Everybody comes to do something in the first of these, unless the machine has a lot else to do.
_SECONDS = (1.5, 10, 60)


def _told(memory: Sequence[int], handles: Sequence[int]) -> list[Told]:
    """Once a minute."""
    both = enumerate(zip(memory, handles, strict=True))
    return [Told("people", 0, 60 * n, Counter(), m, h) for n, (m, h) in both]


def _soaked(folder: Path, seconds: float) -> Soaked:
    folder.mkdir()
    with sink.running() as server:
        early = Ground(f"sqlite:///{folder / 'sosu.db'}", folder, server.port, time.time(), 0, 86_400, list_rows=6)
        furnish(early, 1)
        ground = replace(early, begins=time.time(), ends=time.time() + seconds, day=0.1)
        tell = Queue[Told]()
        roles = {name: Role(name, 0, ground, tell) for name in ("people", "lists", "sweeps", "deliveries", "copies")}
        threads = [
            Thread(target=people, args=(roles["people"], 2, 0.02)),
            Thread(target=lists, args=(roles["lists"], 1)),
            Thread(target=sweeps, args=(roles["sweeps"], 0.3)),
            Thread(target=deliveries, args=(roles["deliveries"], 0.3)),
            Thread(target=copies, args=(roles["copies"], 0.7)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Soaked({(name, 0): [role.told()] for name, role in roles.items()}, examined=examined(ground))


def test_everything_is_done_and_sound_when_all_work_at_once(tmp_path: Path) -> None:
    wanted = {"record", "move", "list", "sweep", "delivery", "delivered: sent", "copy"}
    for seconds in _SECONDS:
        soaked = _soaked(folder := tmp_path / str(seconds), seconds)
        assert soaked.faults() == []
        assert not list(folder.glob("*.backup"))
        missing = {what for what in wanted if not soaked.counts[what]}
        if not missing:
            break
    assert not missing


def test_it_is_said_what_was_wrong_when_anything_was(tmp_path: Path) -> None:
    def raises() -> str:
        raise LookupError("Olena Kovalenko")

    role = Role("people", 0, Ground("sqlite://", tmp_path, 0, 0, 0, 1), Queue())
    role.attempt(raises)
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    role.attempt(lambda: str(away.read().__enter__().connection()))
    away.close()
    (error, busy) = Soaked({("people", 0): [role.told()]}, died=[]).faults()
    assert error.startswith("1 times error: LookupError (")
    assert "Olena" not in error
    assert busy == "1 times busy"


@pytest.mark.parametrize(
    ("memory", "handles", "said"),
    [
        ([50_000, 90_000] + [100_000] * 10, [10] * 12, []),
        ([50_000, 90_000] + [100_000 + 4_000 * n for n in range(10)], [10] * 12, ["people 0 grew from 105 to 129 MiB"]),
        ([100_000] * 12, [10] * 6 + [16] * 6, ["people 0 had 10 handles open, and then 16"]),
        ([1, 1, 9, 90_000, 90_000, 90_000, 90_000], [9] * 7, []),  # it was not warm yet
    ],
)
def test_a_process_is_named_when_it_grows(memory: list[int], handles: list[int], said: list[str]) -> None:
    assert list(grown(_told(memory, handles))) == said
