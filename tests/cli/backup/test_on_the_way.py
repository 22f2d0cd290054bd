"""What goes wrong while a backup is taken: tools that are missing, that fail, and a kill."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from models import backup as files
from models.session import Database
from tests.cli.backup.place import histories, url_of
from tests.cli.running import Sosu
from tests.crash.crowd import opened
from tests.crash.processes import Worker
from tests.municipality import Municipality


def test_there_is_nothing_to_back_up_when_there_is_no_database(fresh: Sosu) -> None:
    assert "ingen database" in fresh.refused("db", "backup", str(fresh.home / "sosu.backup"))
    assert os.listdir(fresh.home) == []
    assert "ingen sikkerhedskopi" in fresh.refused("db", "restore", str(fresh.home / "sosu.backup"))


def test_a_copy_is_of_one_moment_and_comes_to_an_end_when_somebody_writes_at_every_step(
    town: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_STEP", 5)
    for number in range(5):
        town.enrols(f"Før {number}")
    steps: list[int] = []

    def meanwhile(pages: int) -> None:
        steps.append(pages)
        if len(steps) % 5 == 0:
            town.enrols(f"Imens {len(steps)}")

    before = histories(town.database)
    files.copy(Path(str(town.database.url.database)), tmp_path / "copy.db", meanwhile)
    with opened(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        assert histories(copy) == before
    assert len(steps) > 20
    assert sum(steps) * 4096 == (tmp_path / "copy.db").stat().st_size
    assert len(histories(town.database)) > 8


def test_a_backup_is_refused_when_the_database_itself_is_damaged(quick: Sosu) -> None:
    with closing(sqlite3.connect(quick.database)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_audit_by'")  # its pages are nobody's now
        connection.commit()
    assert "ikke hel" in quick.refused("db", "backup", str(quick.home / "sosu.backup"))
    assert not (quick.home / "sosu.backup").exists()


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for programs that say what they are told to say."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def pretend(folder: Path, script: str) -> None:
    for name in ("pg_dump", "pg_restore"):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)


def test_it_says_what_to_install_when_pg_dump_is_missing(quick: Sosu, postgres_url: str, tools: Path) -> None:
    quick.settings |= {"SOSU_DATABASE_URL": postgres_url, "SOSU_POSTGRES_BIN": str(tools)}
    said = quick.refused("db", "backup", str(quick.home / "sosu.backup"))
    assert "postgresql-client" in said
    assert "SOSU_POSTGRES_BIN" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("pg_dump: error: aborting because of server version mismatch", "nyere end pg_dump"),
        ("connection to server at 10.0.0.1 failed", "svarer ikke"),
        ("ERROR: Key (name)=(Olena Kovalenko) is duplicated", "pg_dump i hånden"),
    ],
)
def test_a_sentence_and_nobody_is_named_when_pg_dump_fails(
    quick: Sosu, postgres_url: str, tools: Path, answer: str, said: str
) -> None:
    quick.settings |= {"SOSU_DATABASE_URL": postgres_url, "SOSU_POSTGRES_BIN": str(tools)}
    pretend(tools, f"echo '{answer}' >&2; exit 1")
    assert said in quick.refused("db", "backup", str(quick.home / "sosu.backup"))
    assert not (quick.home / "sosu.backup").exists()


def test_no_password_is_an_argument_when_pg_dump_is_called(quick: Sosu, postgres_url: str, tools: Path) -> None:
    secret = make_url(postgres_url).set(password="hemmelig").render_as_string(hide_password=False)
    quick.settings |= {"SOSU_DATABASE_URL": secret, "SOSU_POSTGRES_BIN": str(tools)}
    pretend(tools, f'echo "$@" > {tools}/asked; echo "$PGPASSWORD" > {tools}/knows; exit 1')
    quick.refused("db", "backup", str(quick.home / "sosu.backup"))
    asked = (tools / "asked").read_text()
    assert "--format=custom" in asked
    assert "dbname=" in asked
    assert "hemmelig" not in asked
    assert (tools / "knows").read_text() == "hemmelig\n"


def test_nothing_has_the_name_of_a_backup_when_it_was_killed_on_the_way(here: Sosu, kind: str) -> None:
    path = here.home / "sosu.backup"
    if kind == "postgresql":
        pretend_folder = here.home / "tools"
        pretend_folder.mkdir()
        pretend(pretend_folder, "kill -9 $PPID")
        here.settings["SOSU_POSTGRES_BIN"] = str(pretend_folder)
        here("db", "backup", str(path), code=-9)
    else:
        worker = Worker(url_of(here), halfway, Path(here.database), path)
        with pytest.raises(EOFError):
            worker.result()
    assert not path.exists()


def halfway(_: Database, tell: Callable[[int], None], source: Path, to: Path) -> None:
    """For a process of its own, which ends in the middle."""

    def dies(pages: int) -> None:
        tell(pages)
        os.kill(os.getpid(), 9)

    with files.new_file(to) as beside:
        files.copy(source, beside, dies)
