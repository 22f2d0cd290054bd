"""For several machines: tells a Prefect server which work there is, for workers wherever they are to take.

One work pool of the kind `process`; in it a deployment for each shard of each track, and one for the delivery. A worker
(`prefect worker start --pool sosu`) takes whatever is due and nobody else has taken. On one machine `sosu serve` does
without.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from httpx import HTTPError
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import get_current_settings
from prefect.workers.process import ProcessWorker
from sqlalchemy import make_url

from engine.refusal import Refused
from flows import leftovers
from flows.deployments import shared_deployments
from settings import Settings

POOL = "sosu"

_PAGE = 200


def deploy(settings: Settings) -> dict[str, Any]:
    """Registers the pool, the deployments with their limits, and the watch over silent runs; takes away deployments of
    the pool that are no more. Done again, it changes nothing. Gives `pool`, `shards`, `deployments` and `removed`.

    Raises `Refused` where it would be of no use, and when Prefect's server does not answer.
    """
    _refuse_useless(settings)
    try:
        with get_client(sync_client=True) as client:
            _make_pool(client)
            made = shared_deployments(settings)
            ids = [cast("UUID", deployment.apply(work_pool_name=POOL)) for deployment in made]
            removed = _remove_others(client, ids)
            leftovers.watch(client)
    except HTTPError as error:
        raise Refused(
            f"Prefects server på PREFECT_API_URL svarer ikke, som den skal ({type(error).__name__}). "
            "Kontrollér adressen, PREFECT_API_AUTH_STRING, og at serveren kører."
        ) from None
    names = [f"{deployment.flow_name}/{deployment.name}" for deployment in made]
    return {"pool": POOL, "shards": settings.shards, "deployments": names, "removed": removed}


def _refuse_useless(settings: Settings) -> None:
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        raise Refused(
            "Flere maskiner kan ikke dele en database i en fil. Sæt SOSU_DATABASE_URL til en PostgreSQL, "
            "eller brug »sosu serve« på én maskine."
        )
    if not get_current_settings().api.url:
        raise Refused(
            "Sæt PREFECT_API_URL til Prefects server, fx http://prefect.internt:4200/api. "
            "På én maskine er det »sosu serve«, der skal bruges."
        )


def _make_pool(client: SyncPrefectClient) -> None:
    """One that is there is left as it is: somebody may have paused it, or given it a limit; or a worker made it just
    now, who makes what it is to take from.
    """
    template = ProcessWorker.get_default_base_job_template()
    try:
        client.create_work_pool(WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template))
    except ObjectAlreadyExists:
        found = client.read_work_pool(POOL)
        if found.type != ProcessWorker.type:
            raise Refused(
                f"Prefect har allerede en pulje »{POOL}« af en anden slags ({found.type}). Slet den først."
            ) from None


def _remove_others(client: SyncPrefectClient, kept: list[UUID]) -> list[str]:
    """Deployments of the pool from before, when there were more shards or another track."""
    ours = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(work_pool_filter=ours, limit=_PAGE, offset=len(found)):
        found.extend(page)
    others = [deployment for deployment in found if deployment.id not in set(kept)]
    for other in others:
        client.delete_deployment(other.id)
    return sorted(f"{client.read_flow(other.flow_id).name}/{other.name}" for other in others)
