"""Everybody receives what they should, once and in time, whatever happens. `make years` runs the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.keys import Keyring
from models.session import Database
from tests.municipality import Municipality
from tests.years.play import Play
from tests.years.reading import whole_digests


def lives(town: Municipality, seed: int) -> Play:
    play = Play(town, seed, enrolments=24, days=120, areas=2)
    with whole_digests():
        oracle = play.live()
    assert not oracle.wrong, "\n".join([f"seed {seed}: {play.figures()}", *oracle.wrong[:20]])
    assert oracle.counts["facts"] > 100
    assert oracle.counts["digests"] > 3
    assert len(play.stops) > 5
    return play


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_repeated_or_late_when_months_go_any_way(town: Municipality, seed: int) -> None:
    lives(town, seed)


def test_nothing_is_lost_repeated_or_late_when_months_go_any_way_on_postgresql(
    postgres: Database, key_file: Path
) -> None:
    lives(Municipality(postgres, Keyring.read(key_file)), 2)
