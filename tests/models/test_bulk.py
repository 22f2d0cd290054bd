from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlmodel import Session, select

from models.area import HostArea
from models.bulk import execute_many, insert
from models.session import Database
from models.types import table
from tests.municipality import Municipality

AREA = table(HostArea)
RENAME = AREA.update().where(AREA.c.folded_name == bindparam("of_name")).values(name=bindparam("to_name"))


@pytest.fixture
def database(either_town: Municipality) -> Database:
    return either_town.database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


def row(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "folded_name": name.casefold(), "active": True, **more}


def names(session: Session) -> list[str]:
    return list(session.exec(select(HostArea.name).order_by(HostArea.name)))


def test_every_row_is_there_when_they_name_the_same_columns(session: Session) -> None:
    insert(session, AREA, [row("Nord"), row("Vest")])
    assert names(session) == ["Nord", "Syd", "Vest", "Viby-Højbjerg"]


def test_nothing_happens_when_there_are_no_rows(session: Session) -> None:
    insert(session, AREA, [])
    assert names(session) == ["Syd", "Viby-Højbjerg"]


def test_an_insert_is_an_error_when_a_later_row_names_one_more_column(session: Session) -> None:
    with pytest.raises(ValueError, match="id"):
        insert(session, AREA, [row("Nord"), row("Vest", id=77)])
    assert names(session) == ["Syd", "Viby-Højbjerg"]


def test_an_insert_is_an_error_when_a_later_row_names_one_column_less(session: Session) -> None:
    with pytest.raises(KeyError, match="id"):
        insert(session, AREA, [row("Nord", id=77), row("Vest")])
    assert names(session) == ["Syd", "Viby-Højbjerg"]


def test_an_insert_is_an_error_when_a_row_names_a_column_instead_of_another(session: Session) -> None:
    other = {name: value for name, value in row("Vest", id=77).items() if name != "active"}
    with pytest.raises(KeyError, match="active"):
        insert(session, AREA, [row("Nord"), other])


def test_the_changed_rows_are_counted_when_a_statement_is_executed_for_many(session: Session) -> None:
    rows = [{"of_name": "syd", "to_name": "SYD"}, {"of_name": "nord", "to_name": "NORD"}]
    assert execute_many(session, RENAME, rows) == 1
    assert names(session) == ["SYD", "Viby-Højbjerg"]


def test_a_change_is_an_error_when_a_row_names_what_the_statement_does_not_take(session: Session) -> None:
    with pytest.raises(ValueError, match="colour"):
        execute_many(session, RENAME, [{"of_name": "syd", "to_name": "SYD", "colour": "green"}])
    assert names(session) == ["Syd", "Viby-Højbjerg"]


def test_no_value_is_told_when_the_names_do_not_fit(session: Session) -> None:
    with pytest.raises(ValueError, match="id") as told:
        insert(session, AREA, [row("Nord"), row("Olena Kovalenko", id=77)])
    assert "Olena" not in str(told.value)
