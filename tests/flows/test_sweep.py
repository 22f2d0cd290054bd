from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from flows.sweep import find_due, sweep_stage
from tests.flows.machine import Machine, lived_in
from tests.support import MONDAY

DAY = MONDAY + timedelta(weeks=17)


@pytest.fixture
def lived(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with candidates who are due, which is also what this process is set up for."""
    lived_in(machine, since=MONDAY).database.close()
    for name, value in machine.environment().items():
        if name.startswith("SOSU_"):
            monkeypatch.setenv(name, value)
    return machine


def test_the_stages_that_somebody_is_due_in_are_found_when_a_day_comes(lived: Machine) -> None:
    assert lived.database.exists()
    assert find_due.fn("immigrant_track", DAY) == ["danish_course", "intake", "nowhere"]
    assert find_due.fn("ped_assistant_track", DAY) == ["work_placement"]
    assert find_due.fn("ped_assistant_track", MONDAY) == []


def test_a_stage_is_swept_once_when_it_is_swept_twice(lived: Machine) -> None:
    assert lived.database.exists()
    first, second = (sweep_stage.fn("immigrant_track", "danish_course", DAY) for _ in range(2))
    assert (first.due, first.moved) == (4, 4)
    assert second.due == 0


def test_everybody_is_swept_once_when_each_shard_is(lived: Machine) -> None:
    assert lived.database.exists()
    assert {stage for shard in range(3) for stage in find_due.fn("immigrant_track", DAY, shard, 3)} == {
        "danish_course",
        "intake",
        "nowhere",
    }
    swept = [sweep_stage.fn("immigrant_track", "danish_course", DAY, shard, 3) for shard in range(3)]
    assert [part.due for part in swept] == [1, 2, 1]
    assert sum(part.moved for part in swept) == 4
    assert sweep_stage.fn("immigrant_track", "danish_course", DAY).due == 0


def test_a_sweep_is_refused_when_there_is_no_such_shard(lived: Machine) -> None:
    assert lived.database.exists()
    with pytest.raises(Refused, match="0 til 2"):
        sweep_stage.fn("immigrant_track", "danish_course", DAY, 3, 3)


def test_an_enrolment_that_cannot_be_decided_is_counted_when_its_stage_is_swept(lived: Machine) -> None:
    assert lived.database.exists()
    assert sweep_stage.fn("immigrant_track", "nowhere", DAY).incidents == 1


def test_a_sweep_is_refused_with_a_remedy_when_the_database_cannot_be_opened(
    lived: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOSU_DATABASE_URL", f"sqlite:///{lived.home}")  # a folder, not a file
    with pytest.raises(Refused, match="SOSU_DATABASE_URL"):
        sweep_stage.fn("immigrant_track", "intake", DAY)
