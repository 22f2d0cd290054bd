"""A program for `test_lifeline` and `test_children`: starts a child of its own, says who it is, and waits.

`python -m tests.flows.brood [stubborn]`: the stubborn one does not listen when it is asked to stop.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

if __name__ == "__main__":
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited by the child
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    sys.stdout.write(f"{os.getpgrp()}\n")
    sys.stdout.flush()
    time.sleep(600)
