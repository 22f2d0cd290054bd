"""Databases that are worked on as a whole: as they are, whatever shape they have, and never made by being looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from engine.refusal import Refused
from flows.unreachable import refusal_of
from models.schema import HEAD, revision
from models.session import Database

#: Where the address of a database stands, as a sentence about it says.
OURS = "SOSU_DATABASE_URL"


@contextmanager
def stored(url: str, named: str = OURS) -> Iterator[Database]:
    """The database at this address, closed at the end. `named`: where the address stands.

    Raises `Refused` when there is none, and when it is away, busy, closed to us or damaged.
    """
    database = _opened(url, named)
    try:
        if not _is_there(database):
            raise Refused(f"Der er ingen database. Ret {named}.")
        with told(named):
            yield database
    finally:
        database.close()


@contextmanager
def stored_if_any(url: str) -> Iterator[Database | None]:
    """The same of ours; None when there is none yet, or none of this program's shape."""
    database = _opened(url, OURS)
    try:
        with told():
            yield database if _is_there(database) and revision(database) == HEAD else None
    finally:
        database.close()


def _is_there(database: Database) -> bool:
    path = database.url.database
    return not database.is_sqlite or bool(path and Path(path).is_file())


@contextmanager
def told(named: str = OURS) -> Iterator[None]:
    """Says what is wrong with a database in our own words. What the driver says can quote a row.

    `named` is where the address of the PostgreSQL stands; that of an SQLite file stands in `OURS`.
    """
    try:
        yield
    except (DatabaseError, sqlite3.Error) as caught:
        error = caught if isinstance(caught, DatabaseError) else DatabaseError(None, None, caught)
        refused = refusal_of(error)
        if refused is None:
            raise
        where = OURS if isinstance(error.orig, sqlite3.Error) else named
        raise Refused(*(said.replace(OURS, where) for said in refused.reasons)) from None


def _opened(url: str, named: str) -> Database:
    try:
        return Database(url)
    except Refused as refused:
        raise Refused(*(said.replace(OURS, named) for said in refused.reasons)) from None
