"""Each of the other ends, at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notifications.channels.fakes import CPSMS, GatewayAPI, NtfyServer, PowerAutomate, Receiver
from tests.notifications.https_server import running


@pytest.fixture
def gatewayapi(tmp_path: Path) -> Iterator[GatewayAPI]:
    with running(server := GatewayAPI(), tmp_path):
        yield server


@pytest.fixture
def cpsms(tmp_path: Path) -> Iterator[CPSMS]:
    with running(server := CPSMS(), tmp_path):
        yield server


@pytest.fixture
def power_automate(tmp_path: Path) -> Iterator[PowerAutomate]:
    with running(server := PowerAutomate(), tmp_path):
        yield server


@pytest.fixture
def ntfy_sh(tmp_path: Path) -> Iterator[NtfyServer]:
    with running(server := NtfyServer(), tmp_path):
        yield server


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running(server := Receiver(), tmp_path):
        yield server
