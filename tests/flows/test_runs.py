"""What is asked of Prefect's server, where there is none or another program answers."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from flows.runs import Silent, last_runs
from settings import Settings
from tests.flows.machine import free_port
from tests.listening import listening


def answering(status: int, body: bytes) -> AbstractContextManager[int]:
    """Another program at the port, which answers everything like this."""
    return listening(lambda _path, _body: (status, body))


def test_it_is_silent_when_nothing_answers() -> None:
    with pytest.raises(Silent):
        last_runs(Settings(prefect_port=free_port()))


@pytest.mark.parametrize(("status", "body"), [(404, b"[]"), (200, b"<html>"), (200, b'[{"id": 1}]'), (200, b"{}x")])
def test_it_is_silent_when_another_program_answers(status: int, body: bytes) -> None:
    with answering(status, body) as port, pytest.raises(Silent):
        last_runs(Settings(prefect_port=port))
