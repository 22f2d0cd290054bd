"""How often each flow runs, and that no flow runs beside itself."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from flows.deliver import deliver_messages
from flows.tracks import TRACKS
from settings import Settings

NAME = "sosu"

#: A run that is due while the one before it still works is cancelled: the next one does its work too. The slot of a run
#: that died comes free when its lease ends; sooner than this, a slow start would already count as dead.
ONE_AT_A_TIME = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60
)


def track_flow(pathway_key: str) -> Flow[Any, Any]:
    """The flow of a track: the function in `flows/<key>/flow.py` that has the key for its name."""
    found: Flow[Any, Any] = getattr(import_module(f"flows.{pathway_key}.flow"), pathway_key)
    return found


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """A sweep for each track, and the delivery."""
    sweeps = [_every(settings.sweep_every, track_flow(track.pathway.key)) for track in TRACKS]
    return [*sweeps, _every(settings.deliver_every, deliver_messages)]


def _every(minutes: float, flow: Flow[Any, Any]) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        flow,
        NAME,
        interval=timedelta(minutes=minutes),
        concurrency_limit=ONE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,  # the flows are installed: nothing is fetched, whatever the folder
    )
