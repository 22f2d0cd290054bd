"""When the track is swept: the flow `immigrant-track`."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.sweep import sweep


@flow(name="immigrant-track", persist_result=False)
def immigrant_track(on: date | None = None, shard: int = 0, shards: int = 1) -> None:
    """Moves whoever is due in `immigrant_track` on a day (none given: today), and reminds of whoever is late."""
    sweep("immigrant_track", on, shard, shards)
