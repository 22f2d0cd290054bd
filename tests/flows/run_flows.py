"""Runs the flow of every track and then the delivery, as of a day, and prints the state that each ended in, as JSON.

`python -m tests.flows.run_flows 2026-09-07`
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from flows.deliver import deliver_messages
from flows.deployments import track_flow
from flows.sweep import sweep_stage
from flows.tracks import TRACKS


def run(on: date) -> dict[str, str]:
    sweep_stage.retry_delay_seconds = [0.0]  # tests do not wait for a third try
    flows: dict[str, Any] = {track.pathway.key: track_flow(track.pathway.key) for track in TRACKS}
    states = {key: flow(on, return_state=True) for key, flow in flows.items()}
    delivery: Any = deliver_messages
    states["deliver"] = delivery(return_state=True)
    return {key: f"{state.name}: {state.message}" for key, state in states.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(date.fromisoformat(sys.argv[1]))))
