"""Processes that `sosu serve` starts, and that are gone when it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

#: Seconds that a child and what it started are given to end by themselves, from when it was asked to.
GRACE = 3.5


class Child:
    """A Python module, run as a process while its `with` block lasts. It leads a process group of its own."""

    def __init__(
        self, title: str, module: Sequence[str], environment: Mapping[str, str], log: Path | None = None
    ) -> None:
        """`title` is Danish. What the child prints goes to the file `log`, which begins anew; none: the terminal."""
        self.title = title
        self._module = module
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes]
        self._asked_at: float | None = None

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            output = closing.enter_context(self._log.open("wb")) if self._log else None
            self._process = subprocess.Popen(  # noqa: S603  our own modules
                [sys.executable, "-m", "flows.lifeline", *self._module],
                env=dict(self._environment),
                stdin=subprocess.PIPE,  # the lifeline: nothing is ever written
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self.ask_to_end() + GRACE)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._wait(time.monotonic() + 1)  # what it started is none of ours to wait for, and dies a moment later
        if self._process.stdin is not None:
            self._process.stdin.close()

    def ask_to_end(self) -> float:
        """Asks it once, and waits for nothing; gives when that was, in seconds of `time.monotonic`."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._signal(signal.SIGINT)  # Prefect stops more quietly at this one than at SIGTERM
        return self._asked_at

    def _wait(self, until: float) -> None:
        while self._any_left() and time.monotonic() < until:
            time.sleep(0.05)

    @property
    def module(self) -> str:
        return self._module[0]

    @property
    def exit_code(self) -> int | None:
        """None while it runs; that of a process that was killed is the signal, below zero."""
        return self._process.poll()

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def remedy(self) -> str:
        where = f"Se {self._log}, og start" if self._log else "Start"
        return f"{where} igen med »sosu serve«."

    def _any_left(self) -> bool:
        self._process.poll()  # an ended process stays in its group until somebody has asked how it ended
        return self._signal(0)

    def _signal(self, number: int) -> bool:
        """Signals the child and everything that it started; says whether there was anybody."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True
