"""Prefect for the tests: its environment, set before anything imports it, and one real server."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.children import Child
from flows.environment import prefect_environment
from tests.flows.machine import Machine, wait_until

_MACHINE = Machine(Path(tempfile.mkdtemp(prefix="sosu-flows-")))
atexit.register(shutil.rmtree, _MACHINE.home, ignore_errors=True)

# Prefect reads its settings once, when the first test module imports it, and that is after this one.
os.environ.update(prefect_environment(_MACHINE.prefect_settings))


@pytest.fixture(scope="package")
def prefect_server() -> Iterator[Machine]:
    """A machine on which a Prefect server runs, started as `sosu serve` starts it; it works also when nobody asks."""
    from flows.runner import answers

    environment = _MACHINE.environment() | prefect_environment(_MACHINE.prefect_settings)
    _MACHINE.prefect.mkdir(exist_ok=True)
    log = _MACHINE.prefect / "server.log"
    with Child("Prefects server", ("prefect", "server", "start"), environment, log) as server:
        wait_until(lambda: answers(_MACHINE.port) or server.has_ended())
        yield _MACHINE


@pytest.fixture
def machine(sqlite_template: Path, tmp_path: Path) -> Machine:
    """A machine with areas and staff, and nobody enrolled; no server."""
    made = Machine(tmp_path)
    shutil.copy(sqlite_template, made.database)
    return made
