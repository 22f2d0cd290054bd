"""The database and its session scopes. The only commit of the house is here, at the end of `write`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Engine, create_engine, event, make_url, types
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from engine.refusal import Refused
from models import sqlite
from models.types import IsoDate, IsoDateTime

_BUSY_TIMEOUT_MS = 30_000


class Database:
    """One database, SQLite or PostgreSQL, by its SQLAlchemy URL; on SQLite one waits so long for another writer. Raises
    `Refused` when the URL cannot be used.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = _BUSY_TIMEOUT_MS) -> None:
        # Parameters hold people's data: an error must never print them.
        try:
            self.url = make_url(_with_driver(url))
            self.engine: Engine = create_engine(self.url, hide_parameters=True)
        except (ArgumentError, ModuleNotFoundError):
            raise Refused(
                "Databasens adresse (SOSU_DATABASE_URL) kan ikke bruges. Skriv fx sqlite:////sti/til/sosu.db "
                "eller postgresql://bruger@vært/database."
            ) from None  # the address can hold a password
        if self.is_sqlite:
            event.listen(self.engine, "connect", partial(sqlite.configure, busy_timeout_ms))
            event.listen(self.engine, "begin", sqlite.begin)
            dialect = self.engine.dialect
            dialect.colspecs = {**dialect.colspecs, types.Date: IsoDate, types.DateTime: IsoDateTime}
        else:
            event.listen(self.engine, "connect", _without_jit)
        self._writer = self.engine.execution_options(sosu_writes=True)
        # SQLite shows a reader one state by itself; PostgreSQL would show each statement the newest.
        alone = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**alone)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together at the end, or not at all when anything is raised."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def migrate(self) -> Iterator[Session]:
        """Like `write`, for whoever makes tables anew. SQLite does so by dropping the old one, rows that others lean on
        and all: that everything leans on something is looked at once, before the end.
        """
        migrating = self._writer.execution_options(sosu_migrates=True)
        with migrating.connect() as connection:
            if self.is_sqlite:
                connection.detach()  # it is closed afterwards, and nobody else works without foreign keys
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session
                if self.is_sqlite and (loose := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"rows that lean on nothing, in {sorted({row[0] for row in loose})}")

    @contextmanager
    def rehearse(self) -> Iterator[Session]:
        """A session that does everything `write` does and then leaves no trace of it."""
        with Session(self._writer, expire_on_commit=False) as session:
            session.begin()
            try:
                yield session
            finally:
                session.rollback()

    def close(self) -> None:
        self.engine.dispose()


def _without_jit(connection: DBAPIConnection, _: object) -> None:
    """PostgreSQL would compile a statement with many sub-queries each time that it is asked, which takes ten times as
    long as to answer it.
    """
    connection.cursor().execute("SET jit = off")
    connection.commit()


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
