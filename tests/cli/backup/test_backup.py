"""`sosu db backup` and `sosu db restore`, rehearsed: taken while people work, put back elsewhere, and whole."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from models import schema
from models.keys import Keyring
from models.session import Database
from onboarding import audit
from onboarding.store import ENROLMENT
from tests.cli.backup.place import NewPlace, histories, is_empty, now, url_of
from tests.cli.running import Sosu
from tests.conftest import NewPostgres
from tests.crash.crowd import opened
from tests.crash.processes import Worker
from tests.municipality import Municipality
from tests.support import assert_folds


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
