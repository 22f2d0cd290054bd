"""A real mail server for the tests of a channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notifications.mail_server import MailServer, running


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server
