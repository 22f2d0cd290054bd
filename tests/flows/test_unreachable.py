"""What a database answers is told apart, with errors that a real one gave."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DatabaseError

from flows.unreachable import refusal_of
from models.session import Database


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", connect_args={"timeout": 0}, isolation_level="AUTOCOMMIT")


def _said(engine: Engine, statement: str) -> str | None:
    with pytest.raises(DatabaseError) as caught, engine.connect() as connection:
        connection.exec_driver_sql(statement)
    refused = refusal_of(caught.value)
    return refused.reasons[0] if refused else None


def test_it_is_said_to_be_busy_when_somebody_else_writes(tmp_path: Path) -> None:
    first, second = _engine(tmp_path / "a.db"), _engine(tmp_path / "a.db")
    with first.connect() as writer:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        assert _said(second, "BEGIN IMMEDIATE") == "Databasen er optaget af en anden: prøv igen om lidt."
        writer.exec_driver_sql("ROLLBACK")
    first.dispose()
    second.dispose()


def test_nothing_is_said_of_the_database_when_the_mistake_is_our_own(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "a.db")
    assert _said(engine, "SELEKT 1") is None
    engine.dispose()


@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_it_is_said_to_be_busy_when_one_of_two_who_wait_for_each_other_is_broken_off(
    postgres: Database, state: str
) -> None:
    said = _said(postgres.engine, f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$")
    assert said == "Databasen er optaget af en anden: prøv igen om lidt."


def test_it_is_said_to_be_away_when_no_server_answers() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    said = _said(engine, "SELECT 1") or ""
    assert said.startswith("Databasen svarer ikke")
    assert "127.0.0.1" not in said
    engine.dispose()
