"""Everybody receives what they should, once and in time, whatever happens in a year. `make years` runs the whole."""

from __future__ import annotations

import pytest

from tests.municipality import Municipality
from tests.years.oracle import Oracle
from tests.years.play import Play
from tests.years.reading import whole_digests


def lives(town: Municipality, seed: int) -> Oracle:
    with whole_digests():
        oracle = Play(town, seed, enrolments=60, days=365, areas=2).live()
    assert not oracle.wrong, "\n".join([f"seed {seed}: {dict(oracle.counts)}", *oracle.wrong[:20]])
    return oracle


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_repeated_or_late_when_a_year_goes_any_way(town: Municipality, seed: int) -> None:
    oracle = lives(town, seed)
    assert oracle.counts["facts"] > 300
    assert oracle.counts["digests"] > 30
    assert oracle.counts["came again after a lost answer"] > 0
