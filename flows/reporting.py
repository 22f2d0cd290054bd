"""What a flow run tells Prefect: numbers and keys, for whoever looks at Prefect's page. Nothing depends on it."""

from __future__ import annotations

from typing import Any

from prefect.artifacts import create_table_artifact
from prefect.events import emit_event
from prefect.logging import get_run_logger


def report(subject: str, rows: list[dict[str, Any]], totals: dict[str, int]) -> None:
    """One line in the log, one table of `rows` and one event with the `totals` of `subject` (`immigrant-track`)."""
    get_run_logger().info("%s: %s", subject, ", ".join(f"{name} {number}" for name, number in totals.items()))
    create_table_artifact(table=rows, key=subject, description=f"What {subject} did.")
    # Prefect may lose an event: whatever has to happen has happened, in our own database.
    emit_event(f"sosu.{subject}.finished", resource={"prefect.resource.id": f"sosu.{subject}"}, payload=dict(totals))
