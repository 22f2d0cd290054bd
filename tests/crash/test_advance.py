"""Sweeps that are killed, and sweeps that run at once: everybody moves exactly once, and everybody is told."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random

from engine.history import Verb
from onboarding.shard import WHOLE, Shard
from onboarding.store import ENROLMENT, TRANSITION
from tests.crash.crowd import SWEPT_AT, SWEPT_ON, copied, count_of, everything, in_the_middle
from tests.crash.processes import Worker, at_once, undisturbed
from tests.crash.worker import sweep, sweep_stage

PAGE = 10
DUE = ENROLMENT.c.next_due_on <= SWEPT_ON


def moved(url: str) -> int:
    return count_of(url, TRANSITION, TRANSITION.c.action == Verb.ADVANCE)


def test_everybody_moves_exactly_once_when_sweeps_are_killed_at_any_moment(sqlite_crowd: str, tmp_path: Path) -> None:
    whole = copied(sqlite_crowd, tmp_path / "whole.db")
    due = count_of(whole, ENROLMENT, DUE)
    result, seconds = undisturbed(whole, sweep, SWEPT_ON, SWEPT_AT, PAGE)
    assert result == {"due": due, "moved": moved(whole), "incidents": 0}
    random, kills = Random(7), list[int]()
    for again in range(2):
        killed = copied(sqlite_crowd, tmp_path / f"killed-{again}.db")
        kills += _killed_until_done(killed, random, seconds * PAGE / due)
        assert everything(killed) == everything(whole)
    assert len(in_the_middle(kills, result["moved"])) >= max(20, len(kills) / 2)


def _killed_until_done(url: str, random: Random, a_page: float) -> list[int]:
    """Sweeps until a sweep comes to its end; gives how many had moved at each kill."""
    moved_at = []
    while Worker(url, sweep, SWEPT_ON, SWEPT_AT, PAGE).is_killed(random.randrange(4), random.uniform(0, a_page)):
        moved_at.append(moved(url))
    return moved_at


def test_everybody_moves_exactly_once_when_a_sweep_dies_at_each_of_its_steps(sqlite_crowd: str, tmp_path: Path) -> None:
    stage = ("immigrant_track", "danish_course", SWEPT_ON, SWEPT_AT, 25)
    whole, killed = (copied(sqlite_crowd, tmp_path / name) for name in ("whole.db", "killed.db"))
    undisturbed(whole, sweep_stage, *stage)
    moved_at = []
    for step in count(1):
        if not Worker(killed, sweep_stage, *stage, dies_at=step).died():
            break
        moved_at.append(moved(killed))
    assert everything(killed) == everything(whole)
    assert moved(whole) == 150
    # It died at every step of a page: before the commit nothing of it is there, after it the whole page.
    assert 10 < moved_at.count(0) < len(moved_at)
    assert {done % 25 for done in moved_at} == {0}


def test_two_sweeps_give_the_same_rows_as_one_when_they_run_at_once(twins: tuple[str, str]) -> None:
    one, two = twins
    due = count_of(one, ENROLMENT, DUE)
    undisturbed(one, sweep, SWEPT_ON, SWEPT_AT, PAGE)
    # Each rests after a page, so that the other one gets its turn however the machine shares itself out.
    parts = at_once(two, [(sweep, SWEPT_ON, SWEPT_AT, PAGE, 0.01)] * 2)
    assert everything(two) == everything(one)
    assert all(part["moved"] for part in parts), "they did not run at once"
    assert sum(part["due"] for part in parts) == due
    assert sum(part["moved"] for part in parts) == moved(two) == moved(one)
    assert count_of(two, ENROLMENT, DUE) == 0


def test_the_rows_are_the_same_when_shards_are_swept_at_once_and_somebody_sweeps_one_or_all_beside(
    twins: tuple[str, str],
) -> None:
    one, two = twins
    due = count_of(one, ENROLMENT, DUE)
    undisturbed(one, sweep, SWEPT_ON, SWEPT_AT, PAGE)
    shards = (Shard(0, 2), Shard(1, 2), Shard(1, 2), WHOLE)
    parts = at_once(two, [(sweep, SWEPT_ON, SWEPT_AT, PAGE, 0.05, shard) for shard in shards])
    assert everything(two) == everything(one)
    assert len([part for part in parts if part["moved"]]) > 1, "they did not run at once"
    assert sum(part["due"] for part in parts) == due
    assert sum(part["moved"] for part in parts) == moved(two) == moved(one)
