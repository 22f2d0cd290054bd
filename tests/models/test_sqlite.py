"""One writes and the others wait for it: until their turn comes, or until they have waited long enough."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.session import Database
from onboarding.staffing import add_area, areas


def _held(database: Database) -> sqlite3.Connection:
    another = sqlite3.connect(str(database.url.database), isolation_level=None, check_same_thread=False)
    another.execute("BEGIN IMMEDIATE")
    return another


def _timeout(database: Database) -> int:
    with database.read() as session:
        return int(session.connection().execute(text("PRAGMA busy_timeout")).scalar_one())


def test_a_writer_has_its_turn_when_another_is_done(database: Database) -> None:
    with closing(_held(database)) as another:
        release = threading.Timer(0.15, lambda: another.execute("ROLLBACK"))
        release.start()
        began = time.monotonic()
        with database.write() as session:
            add_area(session, "Nord")
            waited = time.monotonic() - began
        release.join()
    with database.read() as session:
        assert "Nord" in areas(session)
    assert waited > 0.1
    assert _timeout(database) == 30_000


def test_a_writer_is_told_that_it_is_busy_when_it_has_waited_long_enough(database: Database) -> None:
    hurried = Database(database.url.render_as_string(), busy_timeout_ms=80)
    began = time.monotonic()
    with closing(_held(database)), pytest.raises(OperationalError) as error, hurried.write() as session:
        add_area(session, "Nord")
    assert time.monotonic() - began >= 0.08
    assert getattr(error.value.orig, "sqlite_errorname", "") == "SQLITE_BUSY"
    assert _timeout(hurried) == 80
    with hurried.write() as session:  # and the connection is as good as before
        add_area(session, "Nord")
    hurried.close()


def test_nobody_waits_when_it_is_not_another_writer_that_is_in_the_way(database: Database) -> None:
    with database.write() as session:
        add_area(session, "Nord")
    readonly = Database(f"sqlite:///file:{database.url.database}?mode=ro&uri=true")
    began = time.monotonic()
    with pytest.raises(OperationalError) as error, readonly.write() as session:
        add_area(session, "Vest")
    readonly.close()
    assert getattr(error.value.orig, "sqlite_errorname", "").startswith("SQLITE_READONLY")
    assert time.monotonic() - began < 5
