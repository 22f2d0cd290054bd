from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from flows.children import GRACE, Child
from tests.flows.machine import processes, wait_until


def _group(log: Path) -> int:
    wait_until(lambda: log.read_text().endswith("\n"))
    return int(log.read_text())


def _members(group: int) -> list[int]:
    return [pid for pid, _, of in processes() if of == group]


@pytest.mark.parametrize("manner", ["", "stubborn"])
def test_a_child_and_what_it_started_are_gone_when_its_block_ends(manner: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Child("Barnet", ("tests.flows.brood", manner), os.environ, log) as child:
        group = _group(log)
        wait_until(lambda: len(_members(group)) == 2)
        assert not child.has_ended()
        began = time.monotonic()
    assert _members(group) == []
    assert time.monotonic() - began < GRACE + 2


def test_it_is_said_where_to_look_when_a_child_ends_by_itself(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Child("Barnet", ("tests.flows.no_such_module",), os.environ, log) as child:
        wait_until(child.has_ended)
    assert str(log) in child.remedy()
    assert "no_such_module" in log.read_text()
