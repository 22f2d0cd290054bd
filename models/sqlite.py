"""How the program speaks to SQLite: what each connection is told, and how a transaction begins.

Whoever wants to write waits for whoever does. SQLite's own waiting sleeps in steps that soon are 100 ms, while a move
takes a few: with several people at once, most of a click was sleep. So the turn is asked for in steps of our own.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

#: A commit that was answered survives a power cut.
_FULL = "PRAGMA synchronous=FULL"

#: Pages of the log (16 MiB) after which it is tidied up, by whoever commits then. A sweep of a thousand who lie far
#: apart writes 6 MB: with SQLite's own 1,000 pages it tidied up again and again.
_LOG = "PRAGMA wal_autocheckpoint=4096"
_TURN = "BEGIN IMMEDIATE"
_FIRST_STEP, _LONGEST_STEP = 0.001, 0.020  # seconds
_GROWS = 1 / 20  # of what has been waited: whoever waits for an import need not ask a thousand times a second
_PRIMARY = 0xFF  # of an answer of SQLite's, what says which one it is; the rest says why


def configure(busy_timeout_ms: int, connection: Any, record: Any) -> None:
    # SQLite's own knows no letter beyond A to Z: a search for »østergaard« would not find »Østergaard«.
    connection.create_function("lower", 1, lambda text: None if text is None else str(text).lower(), deterministic=True)
    connection.isolation_level = None  # transactions begin where `begin` says, not where the driver guesses
    record.info["busy_timeout"] = busy_timeout_ms
    cursor = connection.cursor()
    for setting in (
        f"PRAGMA busy_timeout={busy_timeout_ms}",
        "PRAGMA journal_mode=WAL",
        _LOG,
        _FULL,
        "PRAGMA foreign_keys=ON",
    ):
        cursor.execute(setting)
    cursor.close()


def begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("sosu_migrates", False):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # it can only be said outside a transaction
    if not options.get("sosu_writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        # A writer takes its turn at once: two deferred writers would collide when the second one first writes.
        connection.exec_driver_sql(_TURN)
    except OperationalError as error:
        if not _is_busy(error.orig) or not _waits_for_turn(driver, connection.info["busy_timeout"] / 1000):
            raise
    finally:
        driver.execute(f"PRAGMA busy_timeout={connection.info['busy_timeout']}")


def _waits_for_turn(driver: Any, patience: float) -> bool:
    """Whether it came within so many seconds."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < patience:
        time.sleep(min(max(_FIRST_STEP, waited * _GROWS), _LONGEST_STEP))
        try:
            driver.execute(_TURN)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
        else:
            return True
    return False


def _is_busy(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
