"""Databases in which there is nothing yet, not even a table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.session import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'sosu.db'}"
    else:
        url = request.getfixturevalue("new_postgres")()
    database = Database(url)
    yield database
    database.close()
