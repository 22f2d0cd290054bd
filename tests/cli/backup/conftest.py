"""A database of either kind with people in it, a backup of it, and a place for another."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from models.keys import Keyring
from onboarding.contacts import put_contact
from tests.cli.backup.place import POSTGRES_BIN, NewPlace, now, url_of
from tests.cli.running import Sosu
from tests.conftest import NewPostgres
from tests.crash.crowd import opened
from tests.municipality import VIBY, Municipality


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def here(quick: Sosu, kind: str, request: pytest.FixtureRequest) -> Sosu:
    """The program on a furnished database of either kind, with its keys, a few people and a telephone number."""
    quick.settings["SOSU_POSTGRES_BIN"] = str(POSTGRES_BIN)
    if kind == "postgresql":
        new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
        # Its own, whose shape a test may change.
        quick.settings["SOSU_DATABASE_URL"] = new_postgres(request.getfixturevalue("postgres_template"))
    with opened(url_of(quick)) as database:
        town = Municipality(database, Keyring.at(quick.home / "keys.json"), now())
        town.enrols().records("interest_confirmed")
        with database.write() as session:
            put_contact(session, town.keyring, VIBY, "sms", "+4512345678", town.signed())
    return quick


@pytest.fixture
def new_place(here: Sosu, kind: str, new_postgres: NewPostgres) -> NewPlace:
    """Gives the address of a place of the same kind where no database is."""
    return new_postgres if kind == "postgresql" else lambda: f"sqlite:///{here.home / 'elsewhere' / 'sosu.db'}"


@pytest.fixture
def taken(here: Sosu) -> Path:
    """A backup."""
    path = here.home / "sosu.backup"
    if url_of(here).startswith("postgresql"):
        with opened(url_of(here)) as database, database.write() as session:
            session.connection().execute(text("CREATE SCHEMA beside CREATE TABLE beside.recipe (title TEXT)"))
    here.json("db", "backup", str(path))
    return path
