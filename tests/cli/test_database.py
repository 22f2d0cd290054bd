"""The database that a command finds: none, its own, another program's, none that answers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.demo import SAMPLES
from cli.main import MODULES
from models import schema
from models.session import Database
from tests.cli.running import PROGRAM, Ran, Sosu
from tests.cli.test_contract import IMMIGRANTS, olena
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


def powerless(sosu: Sosu, *command: str) -> Ran:
    """Runs a command as somebody whom the modes of files concern: not even root is above them without its powers."""
    powers = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*powers, PROGRAM, *command],
        capture_output=True,
        encoding="utf-8",
        cwd=sosu.home,
        env=sosu.environment(),
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def protected(*paths: Path) -> Iterator[None]:
    """Nobody may write there."""
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    yield
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)


@pytest.mark.skipif(os.getuid() == 0 and not shutil.which("setpriv"), reason="nothing is closed to root")
def test_what_is_there_can_be_seen_and_not_changed_when_the_database_is_write_protected(sosu: Sosu) -> None:
    olena(sosu)
    with protected(sosu.database):
        for look in (("show", "IM-0001"), ("board", *IMMIGRANTS), ("list", *IMMIGRANTS), ("report", *IMMIGRANTS)):
            assert powerless(sosu, *look).code == 0, look
        ran = powerless(sosu, "area", "add", "Nord")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Databasen er skrivebeskyttet")
    for beside in sosu.home.glob("sosu.db-*"):
        beside.unlink()
    with protected(sosu.database, sosu.home):
        assert powerless(sosu, "show", "IM-0001").err.startswith("Databasen er skrivebeskyttet")
        assert powerless(sosu, "area", "list").err.startswith("Databasen er skrivebeskyttet")


def test_the_backup_is_asked_for_when_the_database_is_damaged_or_none(quick: Sosu) -> None:
    whole = quick.database.read_bytes()
    for content in (b"no database at all", whole[:5000], whole[:4096] + os.urandom(len(whole) - 4096)):
        quick.database.write_bytes(content)
        for command in (("area", "list"), ("area", "add", "Nord"), ("db", "upgrade")):
            err = quick.refused(*command)
            assert "er ikke en database eller er beskadiget" in err
            assert "sikkerhedskopien" in err


@pytest.mark.parametrize("lost", ["alembic_version", "host_area"])
def test_the_backup_is_asked_for_when_a_table_is_missing(quick: Sosu, lost: str) -> None:
    with sqlite3.connect(quick.database) as connection:
        connection.execute(f"DROP TABLE {lost}")
    connection.close()
    for command in (("area", "list"), ("area", "add", "Nord")):
        assert "sikkerhedskopien" in quick.refused(*command)


def test_nothing_is_made_in_it_when_the_database_is_another_programs(quick: Sosu) -> None:
    quick.database.unlink()
    with sqlite3.connect(quick.database) as connection:
        connection.execute("CREATE TABLE recipe (title TEXT)")
    connection.close()
    assert "SOSU_DATABASE_URL" in quick.refused("area", "list")
    with sqlite3.connect(quick.database) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    connection.close()


def test_a_folder_is_no_database(quick: Sosu) -> None:
    quick.settings["SOSU_DATABASE_URL"] = f"sqlite:///{quick.home}"
    assert "en mappe" in quick.refused("area", "list")


#: A way to give each command that works on the database. `demo` and `pathway diagram` do not.
COMMANDS = (
    "show IM-0001",
    "board --pathway immigrant_track",
    "report --pathway immigrant_track",
    "list --pathway immigrant_track",
    "find --cpr -",
    "enrol --pathway immigrant_track --name Olena --cpr - --area Syd --coordinator a@example.org --start 2026-09-07",
    "record IM-0001 consent_given",
    "withdraw IM-0001 consent_given",
    "move IM-0001 admit",
    "pause IM-0001 --reason illness --until 2026-12-01",
    "prolong IM-0001 --until 2026-12-01",
    "resume IM-0001",
    "drop IM-0001 --reason moved",
    "transfer IM-0001 --to ped_assistant_track",
    "assign IM-0001 --coordinator a@example.org",
    "renumber IM-0001 --cpr -",
    "undo IM-0001",
    "snooze IM-0001 --until 2026-12-01 --reason agreed",
    "elsewhere IM-0001 --reason jobcenter",
    "remind IM-0001",
    "import {samples}/immigrantprojekt-hold-1.xlsx --pathway immigrant_track",
    "undo-import 1",
    "advance",
    "deliver",
    "messages",
    "resend --all",
    "incidents",
    "message test admit --to a@example.org",
    "area list",
    "staff list",
    "user list",
    "audit verify",
    "token list",
    "trial show",
    "calendar revoke a@example.org",
    "prefs show a@example.org",
    "pathway list",
    "keys rotate",
    "db upgrade",
    "serve",
)


def test_every_command_is_refused_and_changes_nothing_when_the_database_is_newer(quick: Sosu) -> None:
    database = Database(f"sqlite:///{quick.database}")
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    before = quick.database.read_bytes()
    said = "Databasen er nyere end programmet (9999). Brug den nyere udgave af programmet.\n"
    for command in COMMANDS:
        arguments = command.format(samples=SAMPLES).split()
        assert quick.refused(*arguments, stdin="010190-1234") == said, command
    assert quick.database.read_bytes() == before
    # It says so among other things; it has a database of its own; it refuses a database in a file before it reads it.
    without = {"doctor", "demo", "deploy"}
    assert {command.split()[0] for command in COMMANDS} | without == {name for of in MODULES.values() for name in of}
