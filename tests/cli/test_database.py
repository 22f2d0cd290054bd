"""The database that a command finds: none, its own, another program's, none that answers."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from models import schema
from models.session import Database
from tests.cli.running import PROGRAM, Sosu
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
    sosu: Sosu, revision: str, said: str
) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    database.close()
    for command in (("show", "IM-0001"), ("area", "add", "Nord")):
        err = sosu.refused(*command)
        assert f"{said} end programmet" in err
        assert revision in err
    assert revision_of(sosu) == revision
    assert revision != schema.HEAD


def test_a_sentence_tells_of_it_when_the_database_cannot_be_used(fresh: Sosu) -> None:
    (fresh.home / "notes.txt").write_text("no database at all, but long enough to be one " * 100)
    nowhere = f"sqlite:///{fresh.home / 'notes.txt' / 'sosu.db'}"
    for url in (nowhere, f"sqlite:///{fresh.home / 'notes.txt'}", "postgresql://nobody@127.0.0.1:1/none", "nonsense"):
        fresh.settings["SOSU_DATABASE_URL"] = url
        for command in (("area", "list"), ("db", "upgrade")):
            err = fresh.refused(*command)
            assert "SOSU_DATABASE_URL" in err, (url, command)
            assert "Uventet" not in err
            assert "127.0.0.1" not in err


def test_a_sentence_tells_of_it_when_the_key_file_is_not_the_databases(sosu: Sosu) -> None:
    enrol = ("enrol", "--pathway", "immigrant_track", "--name", "Olena Kovalenko", "--area", "Syd")
    who = ("--coordinator", "koordinator.syd@example.org", "--start", "2026-09-07", "--cpr", "-")
    sosu.json(*enrol, *who, stdin="010190-1234")
    sosu.settings["SOSU_KEY_FILE"] = str(sosu.home / "other.json")
    assert "SOSU_KEY_FILE" in sosu.refused(*enrol, *who, stdin="010290-1234")


def test_nothing_is_left_half_done_when_the_output_is_cut_off(sosu: Sosu) -> None:
    """As with `sosu pathway show … | head -1`."""
    pipeline = ["sh", "-c", '"$0" pathway show immigrant_track | head -1', str(PROGRAM)]
    done = subprocess.run(
        pipeline, capture_output=True, encoding="utf-8", cwd=sosu.home, env=sosu.environment(), check=True
    )
    assert "Projekt målrettet immigranter" in done.stdout
    assert "Traceback" not in done.stderr
