from __future__ import annotations

import logging
from threading import Thread

import pytest

from notifications.channels.quiet import quiet


def test_only_this_thread_is_silent_and_only_for_the_while(caplog: pytest.LogCaptureFixture) -> None:
    with quiet():
        logging.getLogger("apprise").error("herfra")
        logging.getLogger("urllib3.connectionpool").error("herfra")
        other = Thread(target=lambda: logging.getLogger("apprise").error("fra en anden"))
        other.start()
        other.join()
    logging.getLogger("apprise").error("bagefter")
    assert caplog.messages == ["fra en anden", "bagefter"]
