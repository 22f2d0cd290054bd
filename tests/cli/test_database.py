"""The database that a command finds: none, its own, another program's, none that answers."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from cli.demo import SAMPLES
from models import schema
from models.session import Database
from tests.cli.running import PROGRAM, Sosu
from tests.cli.test_contract import olena
from tests.conftest import NewPostgres


def revision_of(sosu: Sosu) -> str:
    with sqlite3.connect(sosu.database) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(found)


def test_the_database_is_made_when_the_first_command_finds_none(fresh: Sosu) -> None:
    fresh.settings["SOSU_DATABASE_URL"] = f"sqlite:///{fresh.home / 'data' / 'new' / 'sosu.db'}"
    assert fresh.json("area", "add", "Syd") == {"area": "Syd", "created": True}
    assert fresh.json("area", "list") == ["Syd"]
    assert [p["pathway"] for p in fresh.json("pathway", "list")] == ["immigrant_track", "ped_assistant_track"]
    assert stat.S_IMODE((fresh.home / "data" / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_database_is_made_once_when_two_first_commands_come_at_once(
    fresh: Sosu, kind: str, new_postgres: NewPostgres
) -> None:
    if kind == "postgresql":
        fresh.settings["SOSU_DATABASE_URL"] = new_postgres()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda name: fresh.json("area", "add", name), ("Nord", "Syd")))
    assert [area["created"] for area in made] == [True, True]
    assert fresh.json("area", "list") == ["Nord", "Syd"]


@pytest.mark.parametrize(("revision", "said"), [("0000", "ældre"), ("9999", "nyere")])
def test_a_command_is_refused_and_changes_nothing_when_the_database_is_another_programs(
    quick: Sosu, revision: str, said: str
) -> None:
    database = Database(f"sqlite:///{quick.database}")
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    database.close()
    for command in (("show", "IM-0001"), ("area", "add", "Nord")):
        err = quick.refused(*command)
        assert f"{said} end programmet" in err
        assert revision in err
    assert revision_of(quick) == revision
    assert revision != schema.HEAD


def test_a_sentence_tells_of_it_when_the_database_cannot_be_used(quick: Sosu) -> None:
    (quick.home / "notes.txt").write_text("no database at all, but long enough to be one " * 100)
    nowhere = f"sqlite:///{quick.home / 'notes.txt' / 'sosu.db'}"
    for url in (nowhere, f"sqlite:///{quick.home / 'notes.txt'}", "postgresql://nobody@127.0.0.1:1/none", "nonsense"):
        quick.settings["SOSU_DATABASE_URL"] = url
        for command in (("area", "list"), ("db", "upgrade")):
            err = quick.refused(*command)
            assert "SOSU_DATABASE_URL" in err, (url, command)
            assert "Uventet" not in err
            assert "127.0.0.1" not in err


def test_a_sentence_tells_of_it_when_the_key_file_is_not_the_databases(quick: Sosu) -> None:
    enrol = ("enrol", "--pathway", "immigrant_track", "--name", "Olena Kovalenko", "--area", "Syd")
    who = ("--coordinator", "koordinator.syd@example.org", "--start", "2026-09-07", "--cpr", "-")
    quick.json(*enrol, *who, stdin="010190-1234")
    quick.settings["SOSU_KEY_FILE"] = str(quick.home / "other.json")
    for command in (
        (*enrol, *who),
        ("find",),
        ("import", str(SAMPLES / "med-fejl.csv"), "--pathway", "immigrant_track"),
    ):
        assert "SOSU_KEY_FILE" in quick.refused(*command, stdin="010290-1234")
    assert not (quick.home / "other.json").exists()


def test_nothing_is_left_half_done_when_the_output_is_cut_off(sosu: Sosu) -> None:
    """As with `sosu pathway show … | head -1`."""
    pipeline = ["sh", "-c", '"$0" pathway show immigrant_track | head -1', str(PROGRAM)]
    done = subprocess.run(
        pipeline, capture_output=True, encoding="utf-8", cwd=sosu.home, env=sosu.environment(), check=True
    )
    assert "Projekt målrettet immigranter" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_sentence_tells_of_it_and_of_nobody_when_something_happens_that_nobody_thought_of(quick: Sosu) -> None:
    olena(quick)
    with sqlite3.connect(quick.database) as connection:
        connection.execute("UPDATE enrolment SET stage = 'Olena Kovalenko 010190-1234'")
    connection.close()
    ran = quick("show", "IM-0001", "--json", code=1)
    assert "Uventet fejl" in ran.err
    assert "Traceback" not in ran.err
    assert ran.json == {"refused": ran.err.splitlines()}
