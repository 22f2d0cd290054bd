"""What the same work costs as the database grows, with a handful of enrolments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benchmarks.size import enrolment_years, main
from tests.municipality import Municipality


def test_each_size_has_a_row_beside_the_smallest_when_measured(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--sizes", "40", "20", "--due", "5", "--rounds", "1", "--weeks", "0", "--database", "sqlite"])
    rows = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("| SQLite")]
    assert [row[2].strip() for row in rows] == ["20", "40"]
    assert rows[0][4].strip() == "1.00"


def test_a_year_counts_until_the_end_when_somebody_has_left(town: Municipality) -> None:
    stays, leaves = town.enrols("Olena Kovalenko"), town.enrols("Bogdan Popescu")
    began = town.clock.today
    town.clock.passes(weeks=2)
    leaves.drops_out()
    until = began + timedelta(weeks=10)
    assert enrolment_years(town.database, until) == pytest.approx((70 + 14) / 365.25)
    assert stays.stage == "intake"
