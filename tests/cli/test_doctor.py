from __future__ import annotations

from pathlib import Path

from cli.doctor import Finding, examined
from models.keys import Keyring
from models.session import Database
from settings import Settings
from tests.cli.running import Sosu
from tests.municipality import Municipality

CHECKS = {"database", "keys", "tracks", "messages", "disk", "time_zone", "packages", "prefect"}


def _faults(sosu: Sosu, **settings: str) -> dict[str, Finding]:
    """What is wrong on this machine, without starting the program."""
    places = {
        "database_url": f"sqlite:///{sosu.database}",
        "key_file": str(sosu.home / "keys.json"),
        "outbox_dir": str(sosu.outbox),
        "prefect_dir": str(sosu.home / "prefect"),
    }
    findings = examined(Settings.model_validate(places | settings))
    assert {found.check for found in findings} == CHECKS
    return {found.check: found for found in findings if not found.ok}


def _somebody_is_enrolled(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    Municipality(database, Keyring.at(sosu.home / "keys.json")).enrols()
    database.close()


def test_everything_is_in_place_when_it_was_just_set_up(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    found = sosu("doctor", "--json").json
    assert found["ok"]
    assert {check["check"] for check in found["checks"]} == CHECKS
    assert "passer til databasen" in {check["check"]: check["said"] for check in found["checks"]}["keys"]


def test_it_is_no_fault_and_nothing_is_made_when_it_was_never_run(fresh: Sosu) -> None:
    assert "Den laves af den første kommando" in fresh("doctor").out
    assert list(fresh.home.glob("sosu*")) == []
    assert not (fresh.home / "keys.json").exists()


def test_the_key_file_is_missed_when_there_are_candidates(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").unlink()
    faults = _faults(sosu)
    assert set(faults) == {"keys"}
    assert "SOSU_KEY_FILE" in faults["keys"].remedy


def test_it_is_a_fault_when_the_keys_are_of_another_database(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").unlink()
    Keyring.at(sosu.home / "keys.json")
    assert set(_faults(sosu)) == {"keys"}


def test_it_is_a_fault_when_others_can_read_the_keys(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").chmod(0o644)
    assert "chmod 600" in _faults(sosu)["keys"].said


def test_it_is_a_fault_with_a_remedy_when_the_database_does_not_answer(fresh: Sosu) -> None:
    faults = _faults(fresh, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    assert set(faults) == {"database", "keys", "tracks"}
    assert "SOSU_DATABASE_URL" in faults["database"].remedy


def test_it_is_a_fault_when_the_database_is_of_another_revision(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    assert "sosu db upgrade" in _faults(sosu)["database"].remedy


def test_it_is_a_fault_when_a_published_pathway_now_says_something_else(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE pathway_version SET content_hash = 'another'")
    database.close()
    assert "nyt versionsnummer" in _faults(sosu)["tracks"].said


def test_it_is_a_fault_when_messages_have_nowhere_to_go(fresh: Sosu) -> None:
    a_file = fresh.home / "file"
    a_file.touch()
    assert "SOSU_OUTBOX_DIR" in _faults(fresh, outbox_dir=str(a_file))["messages"].remedy
    assert set(_faults(fresh, mail_url="mailto://")) == {"messages"}


def test_each_fault_is_a_line_with_its_remedy_when_a_person_reads_it(fresh: Sosu) -> None:
    fresh.settings["SOSU_OUTBOX_DIR"] = str(Path("/dev/null/outbox"))
    lines = fresh("doctor", code=1).out.splitlines()
    assert len(lines) == len(CHECKS)
    [fault] = [line for line in lines if line.startswith("FEJL ")]
    assert "/dev/null" in fault
    assert "SOSU_OUTBOX_DIR" in fault
