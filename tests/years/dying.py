"""Work that is killed by SIGKILL at any of its steps, in a fork of this process: everything is loaded there already.

A step is a statement, a commit, or a moment right before or after the other end takes a message.
"""

from __future__ import annotations

import gc
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from models.session import Database

#: Seconds after which a fork that says nothing is ended. Only ever waited out when something is wrong.
PATIENCE = 150


class Steps:
    """Counts the steps of this process, and kills it at one of them."""

    def __init__(self, database: Database) -> None:
        self.database, self.taken, self.dies_at, self.from_the_first_message = database, 0, -1, False
        event.listen(database.engine, "before_cursor_execute", self.step)
        event.listen(database.engine, "commit", self.step)

    def step(self, *_: Any) -> None:
        if self.from_the_first_message:
            return
        self.taken += 1
        if self.taken == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def message(self) -> None:
        """A step of the other end."""
        self.from_the_first_message = False
        self.step()

    def dies(self, work: Callable[[], object], at: int, *, from_the_first_message: bool = False) -> bool:
        """Works in a fork that is killed before its step of this number, counted from its beginning or from its first
        message; False when it was done before. No connection goes along: none may be used by two processes.
        """
        self.database.close()
        child = os.fork()
        if child == 0:
            self.from_the_first_message = from_the_first_message
            self._lives(work, at)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, -signal.SIGKILL), f"the process failed with exit code {code}"
        return code != 0

    def _lives(self, work: Callable[[], object], at: int) -> None:
        """The whole life of the fork. Nothing of its parent's is tidied up at its end."""
        gc.disable()  # it would touch, and so copy, all that there is
        signal.alarm(PATIENCE)
        self.taken, self.dies_at, code = 0, at, 1
        try:
            work()
            self.database.close()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
