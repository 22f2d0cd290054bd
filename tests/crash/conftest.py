"""Crowds, made once on each kind of database and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from engine.topic import Topic
from models.keys import Keyring
from models.message import MAIL, Pace
from notifications.queue import MESSAGE
from onboarding.advance import advance
from onboarding.contacts import put_contact
from onboarding.preferences import choose_topic
from onboarding.signed import Signed, new_command_id
from tests.conftest import NewPostgres
from tests.crash.crowd import SWEPT_AT, SWEPT_ON, copied, gather, opened
from tests.crash.words import SMS
from tests.municipality import SYD, VIBY, Municipality

#: Written just now.
FRESH = {"created_at": SWEPT_AT, "send_after": SWEPT_AT, "meant_on": SWEPT_ON}
PHONE = "+4512345678"


@pytest.fixture(scope="session")
def sqlite_crowd(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with 300 who are due, 225 of them to move."""
    folder = tmp_path_factory.mktemp("crowd")
    return _gathered(copied(f"sqlite:///{sqlite_template}", folder / "sosu.db"), folder, 200, 100)


@pytest.fixture(scope="session")
def sqlite_outbox(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with some hundred messages that wait."""
    folder = tmp_path_factory.mktemp("outbox")
    return _swept(_gathered(copied(f"sqlite:///{sqlite_template}", folder / "sosu.db"), folder, 32, 12))


@pytest.fixture
def postgres_outbox(postgres_url: str, tmp_path: Path) -> str:
    """The same on PostgreSQL."""
    return _swept(_gathered(postgres_url, tmp_path, 32, 12))


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
def sorted_out(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with messages that wait: for digests, to be sent at once, and by two ways each."""
    kind = request.param
    url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    with opened(_gathered(url, tmp_path, 4, 4)) as database:
        advance(database, SWEPT_ON, SWEPT_AT)
        with database.write() as session:
            signed = Signed(by=VIBY, on=SWEPT_ON, at=SWEPT_AT, command_id=new_command_id())
            session.connection().execute(MESSAGE.update().values(**FRESH))
            put_contact(session, Keyring.read(tmp_path / "keys.json"), VIBY, SMS, PHONE, signed)
            choose_topic(session, VIBY, Topic.MOVES, Pace.AT_ONCE, (MAIL, SMS))
            choose_topic(session, SYD, Topic.MOVES, Pace.DIGEST)
    return str(url)


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
    fresh = {"topic": Topic.ESCALATIONS} | FRESH
    with opened(url) as database:
        advance(database, SWEPT_ON, SWEPT_AT)
        with database.write() as session:
            session.connection().execute(MESSAGE.update().values(fresh))
    return url
