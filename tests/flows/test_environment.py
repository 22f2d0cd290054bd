from __future__ import annotations

import json
from pathlib import Path

from flows.environment import prefect_environment
from settings import Settings
from tests.flows.machine import Machine, run_python

_ASK = """
import json
from prefect.settings import get_current_settings
settings = get_current_settings()
services = settings.server.services
print(json.dumps({
    "home": str(settings.home),
    "api": settings.api.url,
    "analytics": settings.server.analytics_enabled,
    "poll": settings.runner.poll_frequency,
    "heartbeat": settings.flows.heartbeat_frequency,
    "startup": settings.server.ephemeral.startup_timeout_seconds,
    "recorder": services.task_run_recorder.batch_size,
    "persister": services.event_persister.batch_size,
    "remembers": [services.db_vacuum.retention_period.days, settings.server.events.retention_period.days],
    "cleared": sorted(services.db_vacuum.enabled_vacuum_types),
    "leases": settings.server.concurrency.lease_storage,
    "database": settings.server.database.connection_url.get_secret_value(),
}))
"""


def test_prefect_is_set_up_as_we_say_when_it_reads_its_environment(machine: Machine) -> None:
    settings = machine.prefect_settings
    machine.settings |= prefect_environment(settings)
    assert json.loads(run_python(machine, "-c", _ASK).stdout) == {
        "home": str(machine.prefect),
        "api": f"http://127.0.0.1:{machine.port}/api",
        "analytics": False,
        "poll": 2,
        "heartbeat": 30,
        "startup": 120,
        "recorder": 100,
        "persister": 100,
        "remembers": [7, 7],
        "cleared": ["events", "flow_runs", "orphans"],
        "leases": "prefect.server.concurrency.lease_storage.filesystem",
        "database": f"sqlite+aiosqlite:///{machine.prefect}/prefect.db",
    }


def test_nobody_is_told_that_prefect_is_used(tmp_path: Path) -> None:
    made = prefect_environment(Settings(prefect_dir=tmp_path))
    assert made["DO_NOT_TRACK"] == "1"
    assert made["PREFECT_SERVER_API_HOST"] == "127.0.0.1"


def test_prefect_is_not_loaded_by_what_only_starts_it(machine: Machine) -> None:
    loaded = "import sys, flows.serve, flows.children, cli.doctor; sys.exit('prefect' in sys.modules)"
    assert run_python(machine, "-c", loaded).returncode == 0
