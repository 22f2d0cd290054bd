"""Where tests get processes from by the dozen: forked from a server that has loaded everything already.

Each is a process of its own and costs some hundredths of a second; one that starts from nothing takes most of a second.
"""

from __future__ import annotations

import multiprocessing

SERVER = multiprocessing.get_context("forkserver")
# pytest, because every child looks at the script that began it all; it would load pytest for that.
SERVER.set_forkserver_preload(["pytest", "tests.crash.worker", "tests.cli.program"])

#: Seconds that anything may take. They are only ever waited out when something is wrong.
PATIENCE = 150
