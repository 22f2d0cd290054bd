"""Ties a process to the one that started it: `python -m flows.lifeline MODULE …` runs a module, and ends it together
with everything that it started as soon as the other end of its standard input is gone.

A process that is killed cannot stop its children. The system closes its pipes, though, and that is what is waited for
here: no process is left behind, not even by SIGKILL.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

_STANDARD_INPUT = 0


def tie() -> None:
    """Waits beside the program. It has to lead a process group of its own, which is what will be ended."""
    threading.Thread(target=_end_with_the_other_end, name="lifeline", daemon=True).start()


def _end_with_the_other_end() -> None:
    while os.read(_STANDARD_INPUT, 1):
        pass  # nobody writes: what is waited for is the end
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    tie()
    # A shell that starts a program in the background has it ignore this signal; here it is the way to stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
