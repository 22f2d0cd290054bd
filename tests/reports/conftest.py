"""A lived-in municipality for all tests of figures: they only look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from models.keys import Keyring
from models.session import Database
from tests.municipality import Municipality
from tests.reports.lives import live


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lived_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    """Twenty-four candidates after eight months of whatever chance brought."""
    folder = tmp_path_factory.mktemp("lived_in")
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        url = f"sqlite:///{shutil.copy(template, folder / 'sosu.db')}"
    else:
        url = request.getfixturevalue("new_postgres")(request.getfixturevalue("postgres_template"))
    database = Database(url)
    town = Municipality(database, Keyring.at(folder / "keys.json"))
    live(town, Random(request.param))
    yield town
    database.close()
