"""Processes beside the test's own: started, killed, waited for.

They are forked from a server that has loaded everything already, so that a hundred of them cost no more than seconds.
Each is a process of its own, with a connection of its own, and is killed by SIGKILL, which no process can notice.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from tests.crash.worker import Work, run

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["pytest", "tests.crash.worker"])

#: Seconds that anything may take. It is only ever waited out when something is wrong.
_PATIENCE = 60


class Worker:
    """A process that is ready and has not begun."""

    def __init__(self, url: str, work: Work, *asked: Any, dies_at: int | None = None) -> None:
        here, there = multiprocessing.Pipe()
        self._pipe: Connection = here
        self._process: ForkServerProcess = _SERVER.Process(
            target=run, args=(there, url, dies_at, work, *asked), daemon=True
        )
        self._process.start()
        there.close()
        assert self._heard() == "ready"

    def _heard(self) -> Any:
        assert self._pipe.poll(_PATIENCE), "the process says nothing"
        return self._pipe.recv()

    def begins(self) -> None:
        self._pipe.send("go")

    def result(self) -> Any:
        """What came of the work, once it is done. Raises EOFError when the process died over it."""
        try:
            return self._heard()
        finally:
            self._ends()

    def is_killed_after(self, seconds: float) -> bool:
        """Lets it work that long and kills it; False when it was done before."""
        self._process.join(seconds)
        self._process.kill()
        return self.died()

    def died(self) -> bool:
        """Waits for its end; whether it was killed."""
        code = self._ends()
        assert code in (0, -9), f"the process failed with exit code {code}"
        return code == -9

    def _ends(self) -> int | None:
        self._process.join(_PATIENCE)
        code = self._process.exitcode
        self._process.close()
        self._pipe.close()
        return code


def undisturbed(url: str, work: Work, *asked: Any) -> tuple[Any, float]:
    """What came of the work in a process of its own, and how many seconds it took."""
    worker = Worker(url, work, *asked)
    begun = time.perf_counter()
    worker.begins()
    result = worker.result()
    return result, time.perf_counter() - begun


def at_once(url: str, works: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What came of several works that begin at the same moment, each in a process of its own."""
    workers = [Worker(url, *work) for work in works]
    for worker in workers:
        worker.begins()
    return [worker.result() for worker in workers]
