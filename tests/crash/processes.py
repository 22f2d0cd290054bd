"""Processes beside the test's own: started, killed, waited for.

Each is a process of its own, with a connection of its own, and is killed by SIGKILL, which no process can notice.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from tests.crash.worker import GO, PIECE, READY, Work, run
from tests.forked import PATIENCE, SERVER


class Worker:
    """A process that is at work on a database. It has to be waited for: `result`, `died` or `is_killed`."""

    def __init__(self, url: str, work: Work, *asked: Any, dies_at: int | None = None, waits: bool = False) -> None:
        self._pipe, there = Pipe()
        self._process = self._started(there, url, dies_at, work, asked)
        there.close()
        assert self._heard() == READY
        if not waits:
            self.begin()

    @staticmethod
    def _started(
        pipe: Connection, url: str, dies_at: int | None, work: Work, asked: tuple[Any, ...]
    ) -> ForkServerProcess:
        process = SERVER.Process(target=run, args=(pipe, url, dies_at, work, *asked), daemon=True)
        process.start()
        return process

    def begin(self) -> None:
        """Only for one that was told to wait."""
        self._pipe.send(GO)

    def result(self) -> Any:
        """What came of the work, once it is done. Raises EOFError when the process died over it."""
        while (heard := self._heard()) == PIECE:
            pass
        assert self._ended() == 0
        return heard[1]

    def is_killed(self, pieces: int, seconds: float) -> bool:
        """Kills it so long after so many pieces of work; False when it was done before."""
        while pieces and self._heard() == PIECE:
            pieces -= 1
        self._process.join(seconds)
        self._process.kill()
        return self.died()

    def died(self) -> bool:
        """Waits for its end; whether it was killed."""
        code = self._ended()
        assert code in (0, -signal.SIGKILL), f"the process failed with exit code {code}"
        return code != 0

    def _heard(self) -> Any:
        assert self._pipe.poll(PATIENCE), "the process says nothing"
        return self._pipe.recv()

    def _ended(self) -> int | None:
        self._process.join(PATIENCE)
        code = self._process.exitcode
        self._process.close()
        self._pipe.close()
        return code


def undisturbed(url: str, work: Work, *asked: Any) -> tuple[Any, float]:
    """What came of the work in a process of its own, and how many seconds it took."""
    worker, begun = Worker(url, work, *asked), time.perf_counter()
    return worker.result(), time.perf_counter() - begun


def at_once(url: str, works: Iterable[tuple[Any, ...]]) -> list[Any]:
    """What came of several works that begin at the same moment, each in a process of its own."""
    workers = [Worker(url, *work, waits=True) for work in works]
    for worker in workers:
        worker.begin()
    return [worker.result() for worker in workers]
