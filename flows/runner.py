"""Runs the flows on their schedules, against a Prefect server that `sosu serve` started: `python -m flows.runner`.

Its environment is `flows.environment`. Each run is a process of its own, a child of this one.
"""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection, HTTPException
from typing import cast
from uuid import UUID

from prefect import serve
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.deployments.runner import RunnerDeployment

import settings
from engine.refusal import Refused
from flows import leftovers, logs
from flows.deployments import deployments
from flows.environment import HOST, page
from settings import Settings

#: Seconds that the server is given to come up. It takes 6 to 20, and longer on a machine that is busy.
PATIENCE = 180

AT_ONCE = 2  # each run is a process of 80 MB


def run(settings: Settings) -> None:
    """Until it is stopped. Raises `Refused` when the server does not come up."""
    await_server(settings)
    flows = deployments(settings)
    with get_client(sync_client=True) as client:
        begin(client, flows)
    _say(f"Klar: gennemgang og udsendelse kører. Prefects side er {page(settings)}. Stop med Ctrl-C.")
    # A run is taken when it is due: one that is taken before would be cancelled while the one before it still works.
    serve(*flows, pause_on_shutdown=False, print_starting_message=False, limit=AT_ONCE, prefetch_seconds=0)


def await_server(settings: Settings) -> None:
    until = time.monotonic() + PATIENCE
    while not answers(settings.prefect_port):
        if time.monotonic() > until:
            raise Refused(f"Prefects server svarer ikke efter {PATIENCE} sekunder.")
        time.sleep(0.25)


def answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def begin(client: SyncPrefectClient, flows: list[RunnerDeployment]) -> None:
    """Registers the flows, clears away what an earlier run left, and asks for one run of each now: what fell due while
    nothing ran is not to wait for the schedule.
    """
    ids = [cast("UUID", flow.apply()) for flow in flows]  # outside an event loop it is no coroutine
    leftovers.clear(client, ids)
    leftovers.watch(client)
    for deployment_id in ids:
        client.create_flow_run_from_deployment(deployment_id)


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logs.set_up()
    try:
        run(settings.load())
    except Refused as refused:
        sys.exit("\n".join(refused.reasons))
