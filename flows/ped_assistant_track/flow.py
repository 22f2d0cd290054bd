"""When the track is swept: the flow `ped-assistant-track`."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.sweep import sweep


@flow(name="ped-assistant-track", persist_result=False)
def ped_assistant_track(on: date | None = None, shard: int = 0, shards: int = 1) -> None:
    """Moves whoever is due in `ped_assistant_track` on a day (none given: today), and reminds of whoever is late."""
    sweep("ped_assistant_track", on, shard, shards)
