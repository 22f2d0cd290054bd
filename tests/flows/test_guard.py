from __future__ import annotations

import pytest

from tests.flows.machine import Machine, run_python


def test_a_try_to_reach_another_machine_is_written_down(machine: Machine) -> None:
    tries = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    run_python(machine, "-c", tries)
    assert "socket.connect '192.0.2.1'" in machine.outbound


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_connection_on_the_same_machine_is_not(machine: Machine, host: str) -> None:
    tries = f"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(({host!r}, 9))"
    run_python(machine, "-c", tries)
    assert machine.outbound == ""
