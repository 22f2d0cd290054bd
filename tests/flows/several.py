"""Several machines, each a process with all that it starts: Prefect's server, the workers, and the line to PostgreSQL.

They are set up by the files in `deploy/`, as real ones are; only places and ports are the test's own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from flows.runner import answers
from tests.flows.cable import Cable
from tests.flows.machine import ROOT, Machine, processes, wait_until

#: At once on one machine: fewer than in life, so that two who are asked to do two things share them.
AT_ONCE = 1
#: Names an empty database for Prefect's server, with the extension pg_trgm (docs/operations.md).
PREFECT_DATABASE = "SOSU_TEST_PREFECT_DATABASE_URL"


def written(name: str) -> dict[str, str]:
    """The settings of a file in `deploy/`, without those that it only shows; the program is here."""
    lines = (ROOT / "deploy" / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value.replace("/opt/sosu", str(ROOT)) for key, _, value in pairs}


@dataclass
class Several:
    """Machines that share a folder, a Prefect server and, once it is connected, a database behind a cable."""

    machine: Machine
    cable: Cable | None = None
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.machine.prefect.mkdir()
        ours = {name: value for name, value in written("sosu.env").items() if name not in self.machine.environment()}
        ours |= {"PREFECT_HOME": str(self.machine.prefect), "PREFECT_API_URL": f"{self.prefect}/api"}
        ours |= {"PREFECT_API_AUTH_STRING": _SECRET}
        self.machine.settings = ours | {"PREFECT_WORKER_QUERY_SECONDS": "1"} | self.machine.settings

    @property
    def prefect(self) -> str:
        return f"http://127.0.0.1:{self.machine.port}"

    @property
    def _prefect_database(self) -> str:
        """A file, unless somebody says which: Prefect's tables want an extension (pg_trgm) that the PostgreSQL of the
        tests has not."""
        return os.environ.get(PREFECT_DATABASE) or f"sqlite+aiosqlite:///{self.machine.prefect / 'prefect.db'}"

    def connect(self, cable: Cable) -> None:
        self.cable = cable
        self.machine.settings["SOSU_DATABASE_URL"] = cable.url

    def start_server(self) -> None:
        """Does not wait until it answers."""
        environment = self.machine.environment() | written("prefect-server.env")
        environment |= {
            "PREFECT_HOME": str(self.machine.prefect),
            "PREFECT_SERVER_API_PORT": str(self.machine.port),
            "PREFECT_SERVER_API_AUTH_STRING": _SECRET,
            "PREFECT_API_DATABASE_CONNECTION_URL": self._prefect_database,
        }
        self._server = self._started("server", environment, "prefect", "server", "start")

    def stop_server(self, number: int = signal.SIGINT) -> None:
        assert self._server is not None
        os.killpg(self._server.pid, number)
        _ended(self._server)
        self._server = None

    def await_server(self) -> None:
        wait_until(lambda: answers(self.machine.port))

    def start_worker(self, name: str) -> None:
        command = ("prefect", "worker", "start", "--pool", "sosu", "--type", "process", "--limit", str(AT_ONCE))
        self.workers[name] = self._started(name, self.machine.environment(), *command, "--name", name)

    def _started(self, name: str, environment: dict[str, str], *module: str) -> subprocess.Popen[bytes]:
        """It ends with the test, however that ends."""
        with (self.machine.home / f"{name}.txt").open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.lifeline", *module],
                cwd=self.machine.home,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def kill_worker(self, name: str) -> set[int]:
        """As a machine dies: with everything on it, and without a word. Gives what died with it."""
        worker = self.workers.pop(name)
        with_it = descendants(worker.pid)
        for pid in (worker.pid, *with_it):
            with suppress(ProcessLookupError):  # it was done just now
                os.kill(pid, signal.SIGKILL)
        _ended(worker)
        return with_it

    def ask(self, path: str, **said: Any) -> Any:
        """What Prefect's server answers; asked again while its file is busy, and a question that it leaves unanswered,
        as Prefect's own programs do.
        """
        sent = wait_until(lambda: self._answer(path, said))
        sent.raise_for_status()
        return sent.json() if sent.content else None

    def _answer(self, path: str, said: dict[str, Any]) -> httpx.Response | None:
        user, _, password = _SECRET.partition(":")
        try:
            sent = httpx.post(f"{self.prefect}/api/{path}", json=said, auth=(user, password), timeout=30)
        except httpx.ReadTimeout:
            if path.endswith("/filter"):
                return None
            raise  # it may have been done
        return None if sent.status_code == httpx.codes.SERVICE_UNAVAILABLE else sent

    def deployments(self) -> dict[str, str]:
        """The id of each deployment by its name, which has the flow's before it."""
        flows = {flow["id"]: flow["name"] for flow in self.ask("flows/filter")}
        found = self.ask("deployments/filter")
        return {f"{flows[one['flow_id']]}/{one['name']}": one["id"] for one in found}

    def sweep(self, track: str, on: date) -> None:
        """Asks for one run of each shard of a track."""
        for name, deployment_id in self.deployments().items():
            if name.startswith(f"{track}/"):
                self._ask_for_run(deployment_id, on)

    def _ask_for_run(self, deployment_id: str, on: date) -> None:
        asked = {"parameters": {"on": on.isoformat()}, "state": {"type": "SCHEDULED"}}
        self.ask(f"deployments/{deployment_id}/create_flow_run", **asked)

    def runs(self, *states: str) -> list[dict[str, Any]]:
        """The flow runs of a track that are in one of these states (`RUNNING`), as far as Prefect knows."""
        wanted = {"state": {"type": {"any_": states}}}
        found = self.ask("flow_runs/filter", flow_runs=wanted, flows={"name": {"like_": "-track"}}, limit=200)
        return [run for run in found if run["infrastructure_pid"]]

    def do_again(self, dead: set[int], on: date) -> None:
        """Tells Prefect which runs died, as it would find out by itself, and asks for others in their place."""
        for run in self.runs("PENDING", "RUNNING"):
            if int(run["infrastructure_pid"]) in dead:
                self.ask(f"flow_runs/{run['id']}/set_state", state={"type": "CRASHED"}, force=True)
                self._ask_for_run(run["deployment_id"], on)


_SECRET = "sosu:only-for-this-test"


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.wait(60)
    assert process.stdin
    process.stdin.close()


def descendants(pid: int) -> set[int]:
    """The processes that a process started, and those that these did."""
    everybody = processes()
    found, newest = set[int](), {pid}
    while newest:
        newest = {child for child, parent, _ in everybody if parent in newest}
        found |= newest
    return found


@contextmanager
def ended(several: Several) -> Iterator[Several]:
    """Nothing of it is left at the end."""
    try:
        yield several
    finally:
        for name in list(several.workers):
            several.kill_worker(name)
        if several._server is not None:
            several.stop_server(signal.SIGKILL)
        if several.cable is not None:
            several.cable.cut()
