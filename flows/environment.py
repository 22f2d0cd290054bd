"""How Prefect is set up, in one place: the environment of every process that `sosu serve` starts.

Prefect reads it once, when it is first imported. So this module does not import Prefect: it makes the environment, and
a new process is started with it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from settings import Settings

HOST = "127.0.0.1"  # Prefect's page and its API ask nobody who they are: this machine only

#: How long Prefect remembers what ran; ours is remembered in our own database. A run leaves 20 to 40 KB: with one each
#: minute, a week is 0.3 GB.
REMEMBERS = timedelta(days=7)

_LOGGING = Path(__file__).with_name("logging.yml")


def page(settings: Settings) -> str:
    """Where Prefect's page is, for a browser on this machine."""
    return f"http://{HOST}:{settings.prefect_port}"


def prefect_environment(settings: Settings) -> dict[str, str]:
    """What Prefect is to find in the environment. Everything else there is left as it was."""
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(settings.prefect_dir.absolute()),
        "PREFECT_API_URL": f"{page(settings)}/api",
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLI_PROMPT": "false",  # at a terminal it would offer to rewrite the user's own profile
        "PREFECT_CLI_WRAP_LINES": "false",
        "PREFECT_LOGGING_SETTINGS_PATH": str(_LOGGING),  # warnings, on standard error; Prefect's page shows the rest
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    } | _server()


def _server() -> dict[str, str]:
    services = "PREFECT_SERVER_SERVICES_"
    return {
        # One row at a time, task runs are recorded slower than a sweep makes them.
        f"{services}TASK_RUN_RECORDER_BATCH_SIZE": "100",
        f"{services}TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        f"{services}EVENT_PERSISTER_BATCH_SIZE": "100",
        f"{services}EVENT_PERSISTER_FLUSH_INTERVAL": "1",
        # A few runs ahead are enough; a hundred an interval would all be late after a night switched off.
        f"{services}SCHEDULER_MIN_SCHEDULED_TIME": "PT3M",
        # Prefect clears nothing away by itself but events.
        f"{services}DB_VACUUM_ENABLED": "events,flow_runs",
        f"{services}DB_VACUUM_RETENTION_PERIOD": str(int(REMEMBERS.total_seconds())),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{REMEMBERS.days}D",
        # In memory, the slot of a run that died with the server would never come free.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
