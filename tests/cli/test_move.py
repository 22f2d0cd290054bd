"""`sosu db move`: everything comes over, or nothing does."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from engine.refusal import Refused
from engine.topic import Topic
from models import schema
from models.all import metadata
from models.audit import AuditRow
from models.keys import Keyring
from models.message import MAIL, Pace
from models.moving import move, watched
from models.session import Database
from models.types import table
from onboarding import audit
from onboarding.contacts import address_of, put_contact
from onboarding.preferences import choose_topic
from onboarding.store import CANDIDATE, ENROLMENT, TRANSITION
from tests.cli.running import Sosu
from tests.conftest import NewPostgres
from tests.crash.crowd import opened
from tests.crash.processes import Worker
from tests.journeys.test_either_database import live_through
from tests.municipality import OFFICER, VIBY, Municipality
from tests.support import assert_folds


@pytest.fixture
def town(quick: Sosu) -> Iterator[Municipality]:
    """The database that the commands work on, with all kinds of rows in it."""
    with opened(f"sqlite:///{quick.database}") as database:
        made = Municipality(database, Keyring.at(quick.home / "keys.json"))
        with database.write() as session:
            put_contact(session, made.keyring, VIBY, "sms", "+4512345678", made.signed())
            choose_topic(session, VIBY, Topic.MOVES, Pace.DIGEST, (MAIL,))
        live_through(made, quick.home)
        assert made.messages(kind="digest"), "messages lean on one that comes behind them"
        yield made


@pytest.fixture
def empty(new_postgres: NewPostgres) -> str:
    return new_postgres()


def everything(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        tables = {name: session.connection().execute(each.select()) for name, each in metadata.tables.items()}
        return {name: sorted(str(row) for row in rows) for name, rows in tables.items()}


def tables_in(url: str) -> list[str]:
    with opened(url) as database:
        return inspect(database.engine).get_table_names()


def test_the_same_rows_are_there_and_work_goes_on_when_it_was_moved(
    quick: Sosu, town: Municipality, empty: str
) -> None:
    said = quick.json("db", "move", "--to", empty)
    assert said["revision"] == schema.HEAD
    assert said["changed_meanwhile"] is False
    counts = {each["table"]: each["rows"] for each in said["tables"]}
    assert set(counts) == set(metadata.tables)
    assert counts["transition"] == len(town.rows(TRANSITION)) > 20
    assert said["rows"] == sum(counts.values())
    assert len({each["checksum"] for each in said["tables"] if each["rows"]}) == sum(n > 0 for n in counts.values())
    with opened(empty) as database:
        assert everything(database) == everything(town.database)
        there = replace(town, database=database)
        assert assert_folds(database) == 9
        before = {row["id"] for row in there.rows(ENROLMENT)}
        there.enrols("Bogdan Nowak").records("interest_confirmed")  # the series go on behind the last numbers
        assert {row["id"] for row in there.rows(ENROLMENT)} - before == {max(before) + 1}
        with database.read() as session:
            assert audit.verify(session).broken_at is None
            assert address_of(session, quick.home / "keys.json", VIBY, "sms") == "+4512345678"
    quick.settings["SOSU_DATABASE_URL"] = empty
    found = {each["check"]: each["said"] for each in quick.json("doctor")["checks"]}
    assert "passer til databasen" in found["keys"]


@pytest.mark.usefixtures("town")
def test_the_shape_is_as_the_migrations_made_it_when_rows_were_moved_in(
    quick: Sosu, empty: str, new_postgres: NewPostgres
) -> None:
    fresh = new_postgres()
    with opened(fresh) as database:
        schema.upgrade(database)
    quick("db", "move", "--to", empty)
    assert constraints_of(empty) == constraints_of(fresh)


def constraints_of(url: str) -> list[Any]:
    wanted = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
    with opened(url) as database, database.read() as session:
        return [tuple(row) for row in session.connection().execute(text(wanted))]


def test_a_person_reads_what_was_moved_and_what_to_do_next(quick: Sosu, empty: str) -> None:
    told = quick("db", "move", "--to", empty).out
    assert "staff\t5\t" in told
    assert "SOSU_DATABASE_URL" in told
    assert "sosu doctor" in told


def test_an_empty_database_with_tables_is_taken_and_one_with_a_row_refused(quick: Sosu, empty: str) -> None:
    with opened(empty) as database:
        schema.upgrade(database)
    quick("db", "move", "--to", empty)
    again = quick.refused("db", "move", "--to", empty)
    assert "ikke tom" in again
    assert "createdb" in again


def test_nothing_is_written_when_the_target_is_another_programs(quick: Sosu, empty: str) -> None:
    with opened(empty) as database, database.write() as session:
        session.connection().execute(text("CREATE TABLE recipe (title TEXT)"))
    assert "et andet programs" in quick.refused("db", "move", "--to", empty)
    assert tables_in(empty) == ["recipe"]


def test_it_is_refused_when_the_addresses_are_not_those_of_the_two_kinds(quick: Sosu, empty: str) -> None:
    assert "til PostgreSQL" in quick.refused("db", "move", "--to", f"sqlite:///{quick.database}")
    assert "--to" in quick.refused("db", "move", "--to", "nonsense")
    away = quick.refused("db", "move", "--to", "postgresql://nobody:hemmelig@127.0.0.1:1/none")
    assert "--to" in away
    assert "hemmelig" not in away
    quick.settings["SOSU_DATABASE_URL"] = f"sqlite:///{quick.home / 'absent.db'}"
    assert "ingen database" in quick.refused("db", "move", "--to", empty)
    assert not (quick.home / "absent.db").exists()
    quick.settings["SOSU_DATABASE_URL"] = empty
    assert "fra SQLite" in quick.refused("db", "move", "--to", empty)


def test_it_is_refused_when_the_source_is_of_another_shape(quick: Sosu, empty: str) -> None:
    for number, said in (("0016", "sosu db upgrade"), ("9999", "nyere")):
        with opened(f"sqlite:///{quick.database}") as database, database.write() as session:
            session.connection().execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})
        assert said in quick.refused("db", "move", "--to", empty)
    assert tables_in(empty) == []


@pytest.mark.parametrize("name", ["Olena " + "Kovalenko" * 30, "Olena\x00Kovalenko"], ids=["long", "nul"])
def test_the_row_is_named_and_nothing_is_there_when_postgresql_does_not_take_it(
    quick: Sosu, town: Municipality, empty: str, name: str
) -> None:
    row = town.rows(CANDIDATE)[4]
    town.changes(CANDIDATE, {"id": row["id"]}, {"name": name})
    refused = quick.refused("db", "move", "--to", empty)  # which looks for names in it
    assert f"candidate (nøgle {row['id']})" in refused
    assert tables_in(empty) == []


def test_nobody_is_named_when_the_key_of_a_row_is_a_word(quick: Sosu, town: Municipality, empty: str) -> None:
    with town.database.write() as session:
        session.connection().execute(text("UPDATE name_word SET word = word || char(0) WHERE word = 'kovalenko'"))
        session.connection().execute(text("UPDATE name_word SET word = 'ko' || char(0) WHERE rowid = 1"))
    refused = quick.refused("db", "move", "--to", empty)
    assert "i tabellen name_word kan" in refused


def test_nothing_is_there_when_what_was_sent_comes_to_another_sum(town: Municipality, empty: str) -> None:
    with opened(empty) as target:
        with target.write() as session:  # a column that rounds what it is given, as no migration would have it
            schema.upgrade(target)
            session.connection().execute(text("ALTER TABLE audit ALTER COLUMN at TYPE timestamptz(0)"))
        with town.database.write() as session:
            audit.note(session, VIBY, "look", town.clock.now.replace(microsecond=1234), "IM-0001", "")
        with pytest.raises(Refused, match="audit blev ikke den samme"):
            move(town.database, target)
        assert not any(everything(target).values())


def moved(database: Database, tell: Any, url: str) -> int:
    """For a process of its own."""
    with opened(url) as target:
        return len(move(database, target, tell))


@pytest.mark.usefixtures("town")
def test_nothing_is_there_when_it_is_killed_on_the_way(quick: Sosu, empty: str) -> None:
    for step in (3, 12, 25):
        worker = Worker(f"sqlite:///{quick.database}", moved, empty, dies_at=step)
        with pytest.raises(EOFError):
            worker.result()
        assert tables_in(empty) == []
    assert Worker(f"sqlite:///{quick.database}", moved, empty).result() == len(metadata.tables)


def test_one_moment_comes_over_and_it_is_told_when_somebody_writes_meanwhile(town: Municipality, empty: str) -> None:
    before = everything(town.database)
    written = []

    def meanwhile(_: int) -> None:
        if len(written) < 3:
            written.append(town.enrols(f"Ny {len(written)}", by=OFFICER))

    with opened(empty) as target, watched(town.database) as changed:
        assert not changed()
        move(town.database, target, meanwhile)
        assert changed()
        assert everything(target) == before
    assert len(written) == 3


def test_no_more_is_in_memory_when_there_is_more_to_move(town: Municipality, empty: str) -> None:
    long, many = "x" * 10_000, 5_000  # 50 MB
    with town.database.write() as session:
        for start in range(0, many, 500):
            about = [("IM-0001", long)] * min(500, many - start)
            audit.note_all(session, VIBY, "look", town.clock.now, about)
    with opened(empty) as target:
        tracemalloc.start()
        try:
            move(town.database, target)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 35 * 2**20
        with target.read() as session:
            count = select(func.count()).select_from(table(AuditRow))
            assert session.connection().execute(count).scalar_one() > many
