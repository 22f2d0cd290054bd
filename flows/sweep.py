"""The one shape that the flow of every track has: a run for each sweep, and in it a task that finds who is due and one
for each stage in which somebody is, so that Prefect's page shows the pathway.

The work is `onboarding.advance`, the same that `sosu advance` does. Prefect says when, tries again, and shows what
ran; it is told keys, dates and numbers, and never a name.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date
from time import monotonic

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import logs
from flows.composition import composed, now, today
from flows.reporting import report
from flows.shield import Failed, shielded
from onboarding.advance import Swept, advance_stage, due_stages
from onboarding.shard import Shard


def sweep(pathway_key: str, on: date | None = None, shard: int = 0, shards: int = 1) -> None:
    """Sweeps one of `shards` of a pathway, stage by stage, as of a day (None: today in Denmark). For use in the flow
    of its track.

    A stage that fails keeps no other from being swept. Raises `Failed` at the end, naming the stages.
    """
    began, day, swept, failed = monotonic(), on or today(), {}, []
    for stage in find_due.with_options(task_run_name="due")(pathway_key, day, shard, shards):
        named = sweep_stage.with_options(name=stage, task_run_name=stage)
        state = named(pathway_key, stage, day, shard, shards, return_state=True)
        if state.is_completed():
            swept[stage] = state.result()
        else:
            failed.append(stage)
    _report(pathway_key, swept, began)
    if failed:
        logs.event("sweep_failed", level=logging.ERROR, pathway=pathway_key, stage=", ".join(failed))
        raise Failed(f"not swept: {', '.join(failed)}")


#: A database that is away for three minutes costs no sweep.
_tried_again = task(retries=4, retry_delay_seconds=[10, 30, 60, 90], cache_policy=NO_CACHE, persist_result=False)


@_tried_again
def find_due(pathway_key: str, on: date, shard: int = 0, shards: int = 1) -> list[str]:
    """The stages in which somebody is due. It is quickly done, and a task because tasks are tried again."""
    with shielded(), composed() as made, made.database.read() as session:
        return due_stages(session, pathway_key, on, Shard(shard, shards))


@_tried_again
def sweep_stage(pathway_key: str, stage: str, on: date, shard: int = 0, shards: int = 1) -> Swept:
    """Sweeps one stage. Begun again, it goes on where it was: what was written is no longer due."""
    with shielded(), composed() as made:
        return advance_stage(made.database, pathway_key, stage, on, now(), shard=Shard(shard, shards))


def _report(pathway_key: str, swept: dict[str, Swept], began: float) -> None:
    total = Swept()
    for of_stage in swept.values():
        total.add(of_stage)
    rows = [{"stage": stage, **asdict(of_stage)} for stage, of_stage in swept.items()]
    logs.event("sweep_finished", pathway=pathway_key, **asdict(total), seconds=round(monotonic() - began, 3))
    report(pathway_key.replace("_", "-"), rows, asdict(total))
