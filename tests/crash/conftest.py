"""Crowds, made once on each kind of database and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from engine.topic import Topic
from models.keys import Keyring
from notifications.queue import MESSAGE
from onboarding.advance import advance
from tests.conftest import NewPostgres
from tests.crash.crowd import SWEPT_AT, SWEPT_ON, copied, gather, opened
from tests.municipality import Municipality


@pytest.fixture(scope="session")
def sqlite_crowd(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with 300 who are due, 225 of them to move."""
    folder = tmp_path_factory.mktemp("crowd")
    return _gathered(copied(f"sqlite:///{sqlite_template}", folder / "sosu.db"), folder, 200, 100)


@pytest.fixture(scope="session")
def sqlite_outbox(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with some hundred messages that wait."""
    folder = tmp_path_factory.mktemp("outbox")
    return _swept(_gathered(copied(f"sqlite:///{sqlite_template}", folder / "sosu.db"), folder, 16, 6))


@pytest.fixture
def postgres_outbox(postgres_url: str, tmp_path: Path) -> str:
    """The same on PostgreSQL."""
    return _swept(_gathered(postgres_url, tmp_path, 16, 6))


@pytest.fixture(params=["sqlite", "postgresql"])
def outboxes(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The URLs of two databases with the same messages that wait, on each kind of database."""
    if request.param == "sqlite":
        outbox = request.getfixturevalue("sqlite_outbox")
        return copied(outbox, tmp_path / "one.db"), copied(outbox, tmp_path / "other.db")
    url = request.getfixturevalue("postgres_outbox")
    new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
    return url, new_postgres(str(make_url(url).database))


@pytest.fixture(params=["sqlite", "postgresql"])
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The URLs of two databases with the same crowd, on each kind of database."""
    if request.param == "sqlite":
        crowd = request.getfixturevalue("sqlite_crowd")
        return copied(crowd, tmp_path / "one.db"), copied(crowd, tmp_path / "other.db")
    url = _gathered(request.getfixturevalue("postgres_url"), tmp_path, 200, 100)
    new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
    return url, new_postgres(str(make_url(url).database))


def _gathered(url: str, folder: Path, immigrants: int, assistants: int) -> str:
    with opened(url) as database:
        gather(Municipality(database, Keyring.at(folder / "keys.json")), folder, immigrants, assistants)
    return url


def _swept(url: str) -> str:
    """Swept; and everything was written just now and is urgent, so that each message is sent by itself."""
    fresh = {"topic": Topic.ESCALATIONS, "created_at": SWEPT_AT, "send_after": SWEPT_AT, "meant_on": SWEPT_ON}
    with opened(url) as database:
        advance(database, SWEPT_ON, SWEPT_AT)
        with database.write() as session:
            session.connection().execute(MESSAGE.update().values(fresh))
    return url
