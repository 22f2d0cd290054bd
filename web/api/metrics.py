"""`/metrics`: how the program is doing, in the form that Prometheus reads, counted when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.runs import LastRun, Silent
from reports.monitoring import Health, health
from web.api.guard import Monitors
from web.state import state_of

router = APIRouter()


@router.get("/metrics")
def metrics(request: Request, _person: Monitors) -> Response:
    state = state_of(request)
    with state.database.read() as session:
        found = health(session, state.today(), state.now())
    registry = CollectorRegistry()  # the library's own one would count this process besides
    registry.register(_Found(found, state.ways))
    registry.register(_Runs(state.runs))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Found(Collector):
    def __init__(self, found: Health, ways: Sequence[str]) -> None:
        self.found, self.ways = found, ways

    def collect(self) -> Iterator[Metric]:
        f = self.found
        yield _gauge("sosu_build", "The version of the program", ["version"], [([version("sosu-onboarding")], 1)])
        by_status = [([*labels], count) for labels, count in f.enrolments.items()]
        yield _gauge("sosu_enrolments", "Enrolments by pathway and status", ["pathway", "status"], by_status)
        late = [([key], count) for key, count in f.overdue.items()]
        yield _gauge("sosu_enrolments_overdue", "Open ones past the end of their stage", ["pathway"], late)
        yield _one("sosu_enrolments_due", "Enrolments that the next sweep has to look at", f.due)
        yield _one("sosu_enrolments_due_oldest_days", "Days for which the oldest of them has waited", f.due_days)
        by_state = [([state], count) for state, count in f.messages.items()]
        yield _gauge("sosu_messages", "Messages by state; dead ones wait for a person", ["state"], by_state)
        yield _one("sosu_messages_queued_oldest_seconds", "Age of the oldest message in the queue", f.queued_seconds)
        yield _one("sosu_messages_late_seconds", "For how long the first has waited that could be sent", f.late_seconds)
        channels = sorted({*self.ways, *f.out, *f.waiting})
        out = [([channel], float(channel in f.out)) for channel in channels]
        yield _gauge("sosu_channel_out", "Whether a channel reaches nobody, and its queue waits", ["channel"], out)
        waiting = [([channel], f.waiting.get(channel, 0)) for channel in channels]
        yield _gauge("sosu_channel_waiting", "Messages in the queue, by the channel they go by", ["channel"], waiting)
        yield _one("sosu_incidents_open", "Enrolments that could not be decided", f.incidents)
        yield _one("sosu_sign_ins_active", "Browsers in which somebody is signed in", f.browsers)


class _Runs(Collector):
    """When the flows last ended well, where Prefect runs them: without its server there is nothing to say of them."""

    def __init__(self, asked: Callable[[], Sequence[LastRun]]) -> None:
        self.asked = asked

    def collect(self) -> Iterator[Metric]:
        try:
            runs = self.asked()
        except Silent:
            yield _one("sosu_prefect_up", "Whether Prefect's server answers", 0)
            return
        yield _one("sosu_prefect_up", "Whether Prefect's server answers", 1)
        ended = [([run.flow], run.ended_at.timestamp() if run.ended_at else 0) for run in runs]
        yield _gauge("sosu_flow_ended_timestamp_seconds", "When a flow last ended well; 0: never", ["flow"], ended)
        took = [([run.flow], run.seconds) for run in runs if run.seconds is not None]
        yield _gauge("sosu_flow_duration_seconds", "How long that took", ["flow"], took)


def _gauge(name: str, help_text: str, labels: list[str], values: Iterable[tuple[list[str], float]]) -> Metric:
    made = GaugeMetricFamily(name, help_text, labels=labels)
    for named, value in values:
        made.add_metric(named, value)
    return made


def _one(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)
