from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flows.deployments import deployments, track_flow
from flows.tracks import TRACKS, Track
from settings import Settings


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.pathway.key)
def test_every_track_has_a_flow_of_its_name_that_asks_for_nothing_but_a_day_and_a_shard(track: Track) -> None:
    flow = track_flow(track.pathway.key)
    assert flow.name == track.pathway.key.replace("_", "-")
    assert list(flow.parameters.properties) == ["on", "shard", "shards"]
    assert flow.persist_result is False


def _by_flow(**settings: Any) -> dict[str, Any]:
    return {str(made.flow_name): made for made in deployments(Settings(**settings))}


def test_every_flow_runs_at_the_interval_of_the_settings() -> None:
    made = _by_flow(sweep_every=45, deliver_every=0.5)
    intervals = {name: deployment.schedules[0].schedule.interval for name, deployment in made.items()}
    assert intervals == {
        "immigrant-track": timedelta(minutes=45),
        "ped-assistant-track": timedelta(minutes=45),
        "deliver-messages": timedelta(seconds=30),
    }


def test_no_flow_runs_beside_itself_and_each_is_found_wherever_it_is_started() -> None:
    for deployment in _by_flow().values():
        assert deployment.concurrency_limit == 1
        assert str(deployment.concurrency_options.collision_strategy.value) == "CANCEL_NEW"
        assert deployment.entrypoint.startswith("flows.")
        assert deployment.parameters == {}
