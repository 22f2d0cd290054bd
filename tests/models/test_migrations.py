"""Each migration forwards and back, one by one, on both databases, and nothing that the models say otherwise: the tests
of pytest-alembic.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.config import Config
from pytest_alembic.tests import (  # noqa: F401  pytest finds them here
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import Connection

from models import schema
from models.session import Database


@pytest.fixture
def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    return config


@pytest.fixture
def alembic_engine(empty: Database) -> Iterator[Connection]:
    """As the program migrates: all of it in one transaction."""
    with empty.migrate() as session:
        yield session.connection()
