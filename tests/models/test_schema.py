"""The migrations and the models say the same, on both databases; and a database of another shape is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from engine.refusal import Refused
from models import schema
from models.all import metadata
from models.candidate import Candidate
from models.name_word import NameWord
from models.session import Database
from onboarding import audit

MAKE_READY = """
import sys
from models import schema
from models.session import Database

schema.make_ready(Database(sys.argv[1]))
"""


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        return list(compare_metadata(context, metadata))


def checks_of(database: Database) -> dict[str, set[str]]:
    """The names of the check constraints of each table, which Alembic does not compare."""
    inspector = inspect(database.engine)
    return {name: {str(check["name"]) for check in inspector.get_check_constraints(name)} for name in metadata.tables}


def test_tables_are_as_the_models_say_when_the_migrations_have_run(empty: Database) -> None:
    assert schema.upgrade(empty) == schema.HEAD
    assert differences(empty) == []
    assert tables_of(empty) == {*metadata.tables, "alembic_version"}


def test_checks_are_as_the_models_say_when_the_migrations_have_run(empty: Database) -> None:
    schema.upgrade(empty)
    wanted = {
        name: {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        for name, table in metadata.tables.items()
    }
    assert checks_of(empty) == wanted
    assert wanted["enrolment"]
    assert wanted["message"]


def test_nothing_is_left_when_the_migrations_are_taken_back(empty: Database) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert tables_of(empty) == {"alembic_version"}
    if not empty.is_sqlite:
        with empty.read() as session:
            ours = text("SELECT count(*) FROM pg_proc WHERE proname = 'refuse_change'")
            assert session.connection().execute(ours).scalar_one() == 0


def test_the_shape_is_the_same_when_the_migrations_run_again_after_being_taken_back(empty: Database) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert schema.upgrade(empty) == schema.HEAD
    assert differences(empty) == []
    assert schema.revision(empty) == schema.HEAD


def test_nothing_changes_when_an_up_to_date_database_is_upgraded(empty: Database) -> None:
    schema.upgrade(empty)
    assert schema.upgrade(empty) == schema.HEAD
    assert differences(empty) == []


def test_names_are_found_by_plain_letters_when_an_older_database_is_upgraded(empty: Database) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "0009")
    names = {"Łucja Yılmaz": ("łucja", "yılmaz"), "Olena Bondar": ("olena", "bondar"), "Åse": ("ase",)}
    with empty.write() as session:
        for number, (name, words) in enumerate(names.items()):
            person = Candidate(
                cpr_sealed=b"",
                cpr_index=bytes([number]),
                name=name,
                birth_date=date(1990, 1, 1),
                created_by="test",
                created_at=datetime(2026, 9, 1, tzinfo=UTC),
            )
            session.add(person)
            session.flush()
            session.add_all(NameWord(word=word, candidate_id=person.id) for word in words)
    schema.upgrade(empty)
    with empty.read() as session:
        found = session.exec(select(Candidate.name, NameWord.word).join(NameWord).order_by(NameWord.word)).all()
    assert [tuple(row) for row in found] == [
        ("Åse", "ase"),
        ("Olena Bondar", "bondar"),
        ("Łucja Yılmaz", "lucja"),
        ("Olena Bondar", "olena"),
        ("Łucja Yılmaz", "yilmaz"),
    ]


def test_the_audit_log_is_whole_and_still_only_added_to_when_an_older_database_is_upgraded(empty: Database) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "0010")
    with empty.write() as session:
        audit.note(session, "cli:test", "user_added", datetime(2026, 9, 1, tzinfo=UTC), "a@example.org", "manager")
    schema.upgrade(empty)
    with empty.read() as session:
        assert (audit.verify(session).rows, audit.verify(session).broken_at) == (1, None)
    for change in ("UPDATE audit SET purpose = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), empty.write() as session:
            session.connection().execute(text(change))


def test_the_head_is_alembics_own_when_asked() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert scripts.get_heads() == [schema.HEAD]


def test_an_empty_database_gets_its_tables_when_it_is_made_ready(empty: Database) -> None:
    assert schema.revision(empty) is None
    schema.make_ready(empty)
    assert schema.revision(empty) == schema.HEAD
    schema.make_ready(empty)  # and again is no different
    assert differences(empty) == []


def test_an_empty_database_gets_its_tables_once_when_several_make_it_ready_at_the_same_time(empty: Database) -> None:
    url = empty.url.render_as_string(hide_password=False)
    children = [subprocess.Popen([sys.executable, "-c", MAKE_READY, url]) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert differences(empty) == []


def test_an_upgrade_is_refused_when_the_database_is_newer(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="nyere"):
        schema.upgrade(empty)
    assert schema.revision(empty) == "9999"


@pytest.mark.parametrize(("found", "said"), [("0000", "ældre"), ("9999", "nyere"), ("ffff", "nyere")])
def test_a_database_is_refused_when_its_shape_is_not_the_programs(empty: Database, found: str, said: str) -> None:
    schema.upgrade(empty)
    with empty.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(Refused, match=f"{said} end programmet") as refused:
        schema.make_ready(empty)
    assert found in str(refused.value)
