from __future__ import annotations

import subprocess
import sys

from tests.flows.machine import processes, wait_until


def test_a_program_and_what_it_started_are_gone_when_the_one_who_started_it_is() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "flows.lifeline", "tests.flows.brood"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as brood:
        assert brood.stdin
        assert brood.stdout
        group = int(brood.stdout.readline())
        members = [pid for pid, _, of in processes() if of == group]
        assert len(members) == 2

        brood.stdin.close()  # as the system does for a process that was killed

        wait_until(lambda: not [pid for pid, _, of in processes() if of == group], 20)
