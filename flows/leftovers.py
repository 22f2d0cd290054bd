"""Flow runs whose process is gone: they would say »Running« for ever, and hold their place.

Two ways to find them. At start nothing of ours can be running yet, so whatever says so is left over. After that each
run gives a sign of life every half minute, and Prefect marks the ones that fall silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId, FlowRunFilter, FlowRunFilterState
from prefect.client.schemas.filters import FlowRunFilterStateType as StateTypes
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Crashed

SILENCE = timedelta(seconds=90)
WATCH = "sosu: mark silent flow runs as crashed"

_PAGE = 200


def clear(client: SyncPrefectClient, deployment_ids: Sequence[UUID]) -> None:
    """Ends what is left over from an earlier `sosu serve`: runs that say they run, and runs that were never begun.

    A slot that a run was holding comes free with it.
    """
    for run in _unfinished(client, deployment_ids):
        if run.state_type is StateType.SCHEDULED:
            client.delete_flow_run(run.id)  # the run at start does its work
        else:
            client.set_flow_run_state(run.id, Crashed(message="Its process is gone."), force=True)


def _unfinished(client: SyncPrefectClient, deployment_ids: Sequence[UUID]) -> list[FlowRun]:
    states = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    wanted = FlowRunFilter(state=FlowRunFilterState(type=StateTypes(any_=states)))
    ours = DeploymentFilter(id=DeploymentFilterId(any_=list(deployment_ids)))
    found: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=wanted, deployment_filter=ours, limit=_PAGE, offset=len(found)):
        found.extend(page)
    return found


def watch(client: SyncPrefectClient) -> None:
    """Has Prefect mark a flow run as crashed that gave no sign of life for 90 seconds. Asked again, it does no more."""
    known = client.read_automations_by_name(WATCH)
    if known:
        client.update_automation(known[0].id, _silent())
    else:
        client.create_automation(_silent())


def _silent() -> AutomationCore:
    heartbeat, ended = "prefect.flow-run.heartbeat", ("Completed", "Failed", "Cancelled", "Crashed")
    return AutomationCore(
        name=WATCH,
        trigger=EventTrigger(
            after={heartbeat},
            expect={heartbeat} | {f"prefect.flow-run.{state}" for state in ended},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="No sign of life for 90 seconds.")],
    )
