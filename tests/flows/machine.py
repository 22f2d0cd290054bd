"""A machine to run flows on: a folder with everything, a free port, and a look at its processes and connections."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from models.keys import Keyring
from models.session import Database
from onboarding.store import ENROLMENT
from settings import Settings
from tests.cli.running import PROGRAM, Sosu
from tests.forked import PATIENCE
from tests.municipality import Municipality
from tests.support import Clock

ROOT = Path(__file__).resolve().parents[2]
GUARD = Path(__file__).with_name("guard")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What it gives, as soon as that is something; an AssertionError when it never is."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
    return found


@dataclass
class Machine(Sosu):
    """`home` holds the database, the keys, the outbox and Prefect's folder. Tries to reach out are written down."""

    port: int = field(default_factory=free_port)
    page_port: int = field(default_factory=free_port)

    @property
    def prefect(self) -> Path:
        return self.home / "prefect"

    @property
    def outbound(self) -> str:
        """Every try of a process to reach another machine."""
        written = self.home / "outbound.txt"
        return written.read_text(encoding="utf-8") if written.exists() else ""

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "SOSU_PREFECT_DIR": str(self.prefect),
            "SOSU_PREFECT_PORT": str(self.port),
            "SOSU_PORT": str(self.page_port),
            "SOSU_TEST_OUTBOUND": str(self.home / "outbound.txt"),
            "PYTHONPATH": os.pathsep.join([str(GUARD), str(ROOT), *_inherited()]),
        }

    @property
    def prefect_settings(self) -> Settings:
        return Settings(prefect_dir=self.prefect, prefect_port=self.port)

    def remembered(self, query: str) -> list[tuple[Any, ...]]:
        """What Prefect has in its own database."""
        file = self.prefect / "prefect.db"
        if not file.exists():
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def everything_of_prefect(self) -> bytes:
        """Every byte that Prefect keeps: its database, its logs, its leases."""
        return b"".join(path.read_bytes() for path in sorted(self.prefect.rglob("*")) if path.is_file())

    def letters(self) -> int:
        return len(list(self.outbox.glob("*.eml"))) if self.outbox.exists() else 0

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        """`sosu serve`; whatever is left of it at the end is killed."""
        output = self.home / "serve.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [PROGRAM, "serve"], cwd=self.home, env=self.environment(), stdout=file, stderr=file
            )
        serving = Serving(process, output)
        try:
            yield serving
        finally:
            serving.kill_all()


def _inherited() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


@dataclass
class Serving:
    """A `sosu serve` that runs."""

    process: subprocess.Popen[bytes]
    output: Path
    groups: set[int] = field(default_factory=set)

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def says(self, words: str) -> bool:
        assert self.process.poll() is None or words in self.said, self.said
        return words in self.said

    def children(self) -> list[int]:
        """The processes that it started by itself; remembered, with whatever these start, for `left`."""
        found = [pid for pid, parent, _ in processes() if parent == self.process.pid]
        self.groups |= set(found)
        return found

    def left(self) -> list[int]:
        """What still runs of it and of everything that it started."""
        return [pid for pid, _, group in processes() if pid == self.process.pid or group in self.groups]

    def kill_all(self) -> None:
        for pid in self.left():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


def processes() -> list[tuple[int, int, int]]:
    """(process, parent, group) of every process that is not only waiting to be asked how it ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found.append((int(stat.parent.name), int(parent), int(group)))
    return found


def lived_in(machine: Machine, since: date) -> Municipality:
    """Fills the machine's database: on this day eleven candidates came into various stages of both tracks.

    Four months later automatic steps, reminders and an escalation are due, and one enrolment cannot be decided.
    """
    database = Database(f"sqlite:///{machine.database}")
    town = Municipality(database, Keyring.at(machine.home / "keys.json"), Clock(since))
    for _ in range(4):
        olena = town.enrols("Olena Kovalenko")
        olena.records("interest_confirmed")
        olena.moves("admit")
        olena.records("danish_course_passed")
    for _ in range(3):
        town.enrols("Bogdan Popescu")
    for _ in range(3):
        ulla = town.enrols("Ulla Popescu", "ped_assistant_track")
        ulla.moves("select")
        ulla.records("intro_meeting_attended", "mentor_assigned", "host_area_assigned")
        ulla.moves("start_placement")
        ulla.records("basic_training_completed", "placement_approved")
    lost = town.enrols("Ioana Popescu")
    town.changes(ENROLMENT, {"reference": lost.reference}, {"stage": "nowhere"})
    return town


def run_python(machine: Machine, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=machine.home,
        env=machine.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
