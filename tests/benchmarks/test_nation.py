"""A national year with a handful of people: what the account beside it finds, and that it finds anything at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks import nation
from benchmarks.nation import BEGINS, Nation
from models.session import Database
from onboarding.store import ENROLMENT

_WEEKS = 10


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nation]:
    monkeypatch.setattr(nation, "MUNICIPALITIES", 3)
    with closing(Database(f"sqlite:///{tmp_path / 'sosu.db'}")) as database:
        one = Nation(database, tmp_path, 60, Random(1))
        one.begin()
        yield one


def test_the_figures_are_as_the_account_has_them_until_somebody_is_elsewhere(small: Nation) -> None:
    small.live(_WEEKS)
    until = BEGINS + timedelta(weeks=_WEEKS)
    happened = small.account.happened
    assert happened["enrol"] == small.people == 60
    assert all(happened[action] for action in ("move", "advance", "pause", "resume", "drop"))
    assert small.swept["incidents"] == 0
    assert small.differences(until) == []

    e = ENROLMENT.c
    with small.database.write() as session:
        session.connection().execute(ENROLMENT.update().where(e.stage == "wage_subsidy").values(stage="selection"))
    wrong = small.differences(until)
    assert any(said.startswith("ped_assistant_track: stages are") for said in wrong)
    assert any("enrolments are elsewhere" in said for said in wrong)
