"""When each flow last ran, as Prefect's server remembers it. Asked over HTTP: loading Prefect takes over a second."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from flows.environment import page
from settings import Settings

#: The name of every deployment of ours.
DEPLOYMENT = "sosu"

_PATIENCE = 2.0  # seconds, for each answer: it is on this machine


@dataclass(frozen=True, slots=True)
class LastRun:
    """A flow that is deployed (`immigrant-track`, `deliver-messages`), when it last ended well and how many seconds
    that took. None: it never did.
    """

    flow: str
    ended_at: datetime | None
    seconds: float | None


class Silent(Exception):
    """Prefect's server does not answer, or not as it should."""


def nobody_knows() -> list[LastRun]:
    """Where there is no server to ask."""
    raise Silent


def last_runs(settings: Settings) -> list[LastRun]:
    """Of every flow that is deployed, by its name. Raises `Silent`."""
    try:
        connection = HTTPConnection(urlsplit(page(settings)).netloc, timeout=_PATIENCE)
        try:
            return _last_runs(connection)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        raise Silent from None


def _last_runs(connection: HTTPConnection) -> list[LastRun]:
    ours = {"deployments": {"name": {"any_": [DEPLOYMENT]}}}
    flows = _asked(connection, "flows", ours)
    return sorted((_last_run(connection, flow["name"], flow["id"]) for flow in flows), key=lambda run: run.flow)


def _last_run(connection: HTTPConnection, name: str, flow_id: str) -> LastRun:
    ended_well = {"flows": {"id": {"any_": [flow_id]}}, "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    runs = _asked(connection, "flow_runs", ended_well | {"sort": "END_TIME_DESC", "limit": 1})
    if not runs:
        return LastRun(name, None, None)
    return LastRun(name, datetime.fromisoformat(runs[0]["end_time"]), float(runs[0]["total_run_time"]))


def _asked(connection: HTTPConnection, what: str, filtered: dict[str, Any]) -> list[dict[str, Any]]:
    headers = {"content-type": "application/json"}
    connection.request("POST", f"/api/{what}/filter", json.dumps(filtered), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise HTTPException
    found: list[dict[str, Any]] = json.loads(body)
    return found
