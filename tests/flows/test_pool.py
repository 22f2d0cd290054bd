"""`sosu deploy` against a real Prefect server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName

from flows.environment import page
from flows.pool import POOL
from tests.flows.machine import Machine, free_port

POSTGRES = "postgresql://nobody@127.0.0.1/nothing"  # what is to be done is said without a look at it


@pytest.fixture
def far(prefect_server: Machine, tmp_path: Path) -> Machine:
    """A machine that is not the server's, and knows where that is."""
    api = f"{page(prefect_server.prefect_settings)}/api"
    return Machine(tmp_path, {"SOSU_DATABASE_URL": POSTGRES, "PREFECT_API_URL": api})


def _deployed(client: SyncPrefectClient) -> dict[str, Any]:
    ours = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    found = client.read_deployments(work_pool_filter=ours)
    return {f"{client.read_flow(one.flow_id).name}/{one.name}": one for one in found}


def test_every_shard_of_every_track_and_the_delivery_are_there_when_it_is_deployed(far: Machine) -> None:
    far.settings |= {"SOSU_SHARDS": "3", "SOSU_SWEEP_EVERY": "30"}
    said = far("deploy", "--json").json
    with get_client(sync_client=True) as client:
        made = _deployed(client)
        assert client.read_work_pool(POOL).type == "process"
    assert sorted(said["deployments"]) == sorted(made)
    assert sorted(made) == [
        "deliver-messages/sosu",
        *(f"immigrant-track/sosu-{shard}-of-3" for shard in range(3)),
        *(f"ped-assistant-track/sosu-{shard}-of-3" for shard in range(3)),
    ]
    assert made["immigrant-track/sosu-1-of-3"].parameters == {"shard": 1, "shards": 3}
    assert made["deliver-messages/sosu"].parameters == {}
    for one in made.values():
        assert one.global_concurrency_limit.limit == 1
        assert one.concurrency_options.collision_strategy.value == "CANCEL_NEW"
        assert len(one.schedules) == 1
    assert made["immigrant-track/sosu-1-of-3"].schedules[0].schedule.interval.total_seconds() == 30 * 60


def test_nothing_changes_when_it_is_deployed_again(far: Machine) -> None:
    far("deploy")
    with get_client(sync_client=True) as client:
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))  # somebody did so on Prefect's page
        first = _deployed(client)
        assert far("deploy", "--json").json["removed"] == []
        again = _deployed(client)
        assert client.read_work_pool(POOL).is_paused
    assert {name: _said(one) for name, one in again.items()} == {name: _said(one) for name, one in first.items()}


def _said(deployment: Any) -> tuple[Any, ...]:
    schedules = [(one.schedule.interval, one.schedule.anchor_date, one.active) for one in deployment.schedules]
    return deployment.id, deployment.parameters, deployment.entrypoint, schedules


def test_what_is_no_more_is_taken_away_when_there_are_fewer_shards(far: Machine) -> None:
    far.settings["SOSU_SHARDS"] = "2"
    far("deploy")
    far.settings["SOSU_SHARDS"] = "1"
    said = far("deploy").out
    assert "Fjernet: immigrant-track/sosu-0-of-2, immigrant-track/sosu-1-of-2" in said
    with get_client(sync_client=True) as client:
        assert sorted(_deployed(client)) == [
            "deliver-messages/sosu",
            "immigrant-track/sosu-0-of-1",
            "ped-assistant-track/sosu-0-of-1",
        ]


def test_it_is_refused_when_a_pool_of_another_kind_has_the_name(far: Machine) -> None:
    with get_client(sync_client=True) as client:
        if any(found.name == POOL for found in client.read_work_pools()):
            client.delete_work_pool(POOL)
        client.create_work_pool(WorkPoolCreate(name=POOL, type="docker"))
        try:
            assert "af en anden slags (docker)" in far("deploy", code=1).err
        finally:
            client.delete_work_pool(POOL)


def test_it_is_refused_when_the_database_is_a_file(far: Machine) -> None:
    far.settings["SOSU_DATABASE_URL"] = f"sqlite:///{far.database}"
    assert "sosu serve" in far("deploy", code=1).err


def test_it_is_refused_when_nobody_said_where_prefect_is(far: Machine) -> None:
    del far.settings["PREFECT_API_URL"]
    assert "PREFECT_API_URL" in far("deploy", code=1).err


def test_it_is_refused_when_prefect_does_not_answer(far: Machine) -> None:
    far.settings["PREFECT_API_URL"] = f"http://127.0.0.1:{free_port()}/api"
    assert "svarer ikke" in far("deploy", code=1).err
