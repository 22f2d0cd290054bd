"""Everybody receives what they should, once and in time, whatever happens. `make years` runs the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.keys import Keyring
from models.session import Database
from tests.municipality import Municipality
from tests.years.figures import figures
from tests.years.killed import KilledPlay
from tests.years.play import Play
from tests.years.reading import whole_digests


def lives(town: Municipality, seed: int) -> Play:
    play = Play(town, seed, enrolments=10, days=90, areas=2)
    with whole_digests():
        oracle = play.live()
    assert not oracle.wrong, "\n".join([f"seed {seed}: {figures(play)}", *oracle.wrong[:20]])
    assert oracle.counts["facts"] > 80
    assert oracle.counts["digests"] > 3
    assert len(play.stops.planned) > 5
    return play


@pytest.mark.parametrize("seed", [4, 6])
def test_nothing_is_lost_repeated_or_late_when_months_go_any_way(town: Municipality, seed: int) -> None:
    lives(town, seed)


def test_nothing_is_lost_repeated_or_late_when_months_go_any_way_on_postgresql(
    postgres: Database, key_file: Path
) -> None:
    lives(Municipality(postgres, Keyring.read(key_file)), 5)


@pytest.mark.parametrize("seed", [7])
def test_nothing_is_lost_or_repeated_when_sweeps_and_deliveries_are_killed(
    either_url: str, key_file: Path, seed: int
) -> None:
    """What a killed delivery had in hand may come again, as the same message."""
    database = Database(either_url)
    town = Municipality(database, Keyring.read(key_file))
    play = KilledPlay(town, key_file.parent, seed, enrolments=10, days=30)
    with whole_digests():
        oracle = play.live()
    database.close()
    assert not oracle.wrong, "\n".join([f"seed {seed}: {play.kills}", *oracle.wrong[:20]])
    assert min(play.kills["sweeps"], play.kills["deliveries"]) > 5
    assert play.kills["after a message was sent"] > 0
