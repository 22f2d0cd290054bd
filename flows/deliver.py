"""When messages are sent: the flow `deliver-messages`."""

from __future__ import annotations

import logging
from dataclasses import asdict
from time import monotonic

from prefect import flow
from prefect.logging import get_run_logger

from flows import logs
from flows.composition import composed
from flows.posting import post_of
from flows.reporting import report
from flows.shield import shielded
from onboarding.deliver import deliver


@flow(name="deliver-messages", persist_result=False)
def deliver_messages() -> None:
    """Sends what the outbox holds, as `sosu deliver` does. It reports only when there was something to send."""
    began = monotonic()
    with shielded(), composed() as made:
        done = deliver(made.database, post_of(made.settings, made.database))
    if done.sent or done.failed or done.skipped or done.dead:
        logs.event("delivery_finished", **done.as_dict(), seconds=round(monotonic() - began, 3))
        report("deliver-messages", [asdict(done)], done.as_dict())
    if done.stopped is not None:
        logs.event("delivery_stopped", level=logging.WARNING, left=done.left)
        get_run_logger().warning("Udsendelsen stoppede, og resten bliver i køen. %s", done.stopped)
