"""How often each flow runs, and that no flow runs beside itself: on one machine, and on several."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from engine.workdays import DENMARK
from flows.deliver import deliver_messages
from flows.tracks import TRACKS
from settings import Settings

NAME = "sosu"

_LONG_AGO = datetime(2026, 1, 1, tzinfo=DENMARK)

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
    """For one machine: a sweep for each track, and the delivery. The first run of each is asked for at start, and the
    interval counts from then.
    """
    every = Interval(timedelta(minutes=settings.sweep_every))
    sweeps = [_made(track_flow(track.pathway.key), NAME, every) for track in TRACKS]
    return [*sweeps, _made(deliver_messages, NAME, Interval(timedelta(minutes=settings.deliver_every)))]


def shared_deployments(settings: Settings) -> list[RunnerDeployment]:
    """For several machines: a sweep for each shard of each track, and one delivery, which one machine at a time makes.

    Said twice they are the same: the interval counts from a moment long ago.
    """
    of = settings.shards
    every = Interval(timedelta(minutes=settings.sweep_every), anchor_date=_LONG_AGO)
    sweeps = [
        _made(track_flow(track.pathway.key), f"{NAME}-{shard}-of-{of}", every, {"shard": shard, "shards": of})
        for track in TRACKS
        for shard in range(of)
    ]
    often = Interval(timedelta(minutes=settings.deliver_every), anchor_date=_LONG_AGO)
    return [*sweeps, _made(deliver_messages, NAME, often)]


def _made(
    flow: Flow[Any, Any], name: str, schedule: Schedule, parameters: dict[str, Any] | None = None
) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        flow,
        name,
        schedule=schedule,
        parameters=parameters,
        concurrency_limit=ONE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,  # the flows are installed: nothing is fetched, whatever the folder
    )
