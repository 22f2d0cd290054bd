"""Very many small transactions of few statements, each written by the driver itself.

SQLAlchemy takes three times as long to begin and to end one as SQLite does to write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Insert, Update, text
from sqlalchemy.exc import DBAPIError

from models import sqlite
from models.bulk import compiled

#: A statement, and the row that it is to be executed for.
Note = tuple[Insert | Update, Mapping[str, Any]]


class Notes:
    """Transactions by one connection, which nobody else may use meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._dialect = connection.dialect
        self._driver: Any = connection.connection.dbapi_connection
        self._patience_ms: int | None = connection.info.get("busy_timeout")  # on SQLite

    def write(self, *notes: Note) -> bool:
        """Executes each statement for its row: all of them, or none. False where the database would not; whoever does
        the same in the ordinary way is told why.
        """
        try:
            if self._patience_ms is not None:
                sqlite.take_turn(self._driver, self._patience_ms)
            for statement, row in notes:
                compiled(statement, self._dialect).execute_one(self._driver.execute, row)
            self._driver.commit()
        except self._dialect.loaded_dbapi.Error:
            self._takes_back()
            return False
        except BaseException:
            self._takes_back()
            raise
        return True

    def _takes_back(self) -> None:
        with suppress(
            self._dialect.loaded_dbapi.Error
        ):  # the connection itself is lost, and all that was not committed
            self._driver.rollback()


@contextmanager
def noting(connection: Connection) -> Iterator[Notes]:
    """Meanwhile its commits do not wait for the disk."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute(sqlite.NORMAL)
        try:
            yield Notes(connection)
        finally:
            driver.execute(sqlite.FULL)
        return
    _says(connection, "off")
    try:
        yield Notes(connection)
    finally:
        try:
            _says(connection, "DEFAULT")
        except DBAPIError:
            connection.invalidate()  # it is lost, and nobody is to get it


def _says(connection: Connection, waits: str) -> None:
    """To PostgreSQL, which holds to it until it is told otherwise."""
    with connection.begin():
        connection.execute(text(f"SET synchronous_commit = {waits}"))
