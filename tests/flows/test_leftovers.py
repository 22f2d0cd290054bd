from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Pending, Running

from flows import leftovers
from flows.deployments import deployments
from flows.runner import begin
from flows.tracks import TRACKS
from settings import Settings
from tests.flows.machine import Machine


@pytest.fixture
def client(prefect_server: Machine) -> Iterator[SyncPrefectClient]:
    assert prefect_server.prefect.exists()
    with get_client(sync_client=True) as connected:
        yield connected


@pytest.fixture
def deployment_ids(client: SyncPrefectClient) -> list[UUID]:
    """The deployments of every flow, with one run of each asked for, and nothing that runs them."""
    begin(client, deployments(Settings()))
    return [deployment.id for deployment in client.read_deployments()]


def _asked_for(client: SyncPrefectClient, deployment_id: UUID) -> FlowRun:
    return client.create_flow_run_from_deployment(deployment_id)


def _state(client: SyncPrefectClient, run: FlowRun) -> str | None:
    return client.read_flow_run(run.id).state_name


def _begun(client: SyncPrefectClient, deployment_id: UUID) -> FlowRun:
    run = _asked_for(client, deployment_id)
    client.set_flow_run_state(run.id, Pending())
    client.set_flow_run_state(run.id, Running())
    assert _state(client, run) == "Running"
    return run


def test_a_run_is_cancelled_when_the_one_before_it_still_works(
    client: SyncPrefectClient, deployment_ids: list[UUID]
) -> None:
    working = _begun(client, deployment_ids[0])
    next_one = _asked_for(client, deployment_ids[0])
    client.set_flow_run_state(next_one.id, Pending())
    assert _state(client, next_one) == "Cancelled"
    assert _state(client, working) == "Running"


def test_a_run_can_begin_again_when_the_one_that_died_is_cleared_away(
    client: SyncPrefectClient, deployment_ids: list[UUID]
) -> None:
    died = _begun(client, deployment_ids[0])
    leftovers.clear(client, deployment_ids)
    assert _state(client, died) == "Crashed"
    _begun(client, deployment_ids[0])


def test_runs_that_were_never_begun_are_gone_when_it_is_cleared(
    client: SyncPrefectClient, deployment_ids: list[UUID]
) -> None:
    never_begun = {_asked_for(client, deployment_ids[1]).id for _ in range(3)}
    leftovers.clear(client, deployment_ids)
    assert not never_begun & {run.id for run in client.read_flow_runs()}


def test_one_run_of_each_flow_is_asked_for_when_it_begins(
    client: SyncPrefectClient, deployment_ids: list[UUID]
) -> None:
    scheduled = [run for run in client.read_flow_runs() if run.state_name == "Scheduled"]
    asked_for = [run.deployment_id for run in scheduled if not run.auto_scheduled]  # the others are for later
    assert sorted(filter(None, asked_for)) == sorted(deployment_ids)
    assert len(deployment_ids) == len(TRACKS) + 1


def test_prefect_is_asked_once_to_watch_for_silent_runs_when_it_begins_again(
    client: SyncPrefectClient, deployment_ids: list[UUID]
) -> None:
    begin(client, deployments(Settings()))
    assert deployment_ids
    [watch] = client.read_automations_by_name(leftovers.WATCH)
    assert watch.enabled
    assert watch.trigger.model_dump()["within"] == leftovers.SILENCE
