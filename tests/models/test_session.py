"""The session scopes: all or nothing, one writer at a time, and errors that tell nothing about people."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engine.refusal import Refused
from models.area import HostArea
from models.session import Database
from models.types import table
from onboarding.staffing import add_area, areas

AREA = table(HostArea)


def names(database: Database) -> list[str]:
    with database.read() as session:
        return areas(session)


def test_everything_is_kept_when_the_scope_ends(either: Database) -> None:
    with either.write() as session:
        add_area(session, "Nord")
        add_area(session, "Vest")
    assert names(either) == ["Nord", "Syd", "Vest", "Viby-Højbjerg"]


def test_nothing_is_kept_when_something_is_raised_in_the_scope(either: Database) -> None:
    def add_and_fail() -> None:
        with either.write() as session:
            add_area(session, "Nord")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        add_and_fail()
    assert names(either) == ["Syd", "Viby-Højbjerg"]


def test_nothing_is_kept_when_it_was_a_rehearsal(either: Database) -> None:
    with either.rehearse() as session:
        add_area(session, "Nord")
        assert "Nord" in areas(session)
    assert names(either) == ["Syd", "Viby-Højbjerg"]


def test_nothing_is_kept_when_it_was_read_only(either: Database) -> None:
    with either.read() as session:
        session.add(HostArea(name="Nord", folded_name="nord"))
        session.flush()
    assert names(either) == ["Syd", "Viby-Højbjerg"]


def test_an_error_names_no_values_when_a_statement_fails(either: Database) -> None:
    with pytest.raises(IntegrityError) as error, either.write() as session:
        session.add(HostArea(name="Olena Kovalenko", folded_name="syd"))
    if either.is_sqlite:  # PostgreSQL names the doubled key itself, which is why `cli.main` prints no error's text
        assert "Olena" not in str(error.value)
    assert "hidden" in str(error.value)


def test_a_reader_sees_one_state_when_somebody_writes_meanwhile(either: Database) -> None:
    with either.read() as session:
        before = areas(session)
        with either.write() as other:
            add_area(other, "Nord")
        assert areas(session) == before
    assert names(either) != before


def test_sqlite_keeps_its_promises_when_a_connection_is_made(database: Database) -> None:
    settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    with database.read() as session:
        found = {name: session.connection().execute(text(f"PRAGMA {name}")).scalar_one() for name in settings}
    assert found == settings


@pytest.mark.parametrize("url", ["", "no address", "oracle://x", "sqlite+nodriver:///x", "mssql+pymssql://x"])
def test_an_address_is_refused_when_it_cannot_be_used(url: str) -> None:
    with pytest.raises(Refused, match="SOSU_DATABASE_URL"):
        Database(url)


def test_no_statement_is_compiled_on_postgresql(postgres: Database) -> None:
    with postgres.read() as session:
        assert session.connection().exec_driver_sql("SHOW jit").scalar_one() == "off"
