"""`sosu doctor --deep` from a terminal and from a script."""

from __future__ import annotations

import shutil
from pathlib import Path

from models.keys import Keyring
from models.session import Database
from onboarding.store import ENROLMENT
from tests.cli.running import Sosu
from tests.municipality import Municipality
from tests.support import Clock

DEEP = {"storage", "histories", "next_day", "told", "outbox", "references", "audit_log", "sealed"}


def _lived_in(sosu: Sosu, people: int = 1) -> Municipality:
    database = Database(f"sqlite:///{sosu.database}")
    town = Municipality(database, Keyring.at(sosu.home / "keys.json"), Clock())
    for _ in range(people):
        town.enrols()
    town.delivers()
    return town


def test_everything_that_is_stored_is_looked_at_when_it_is_asked_to_go_deep(quick: Sosu) -> None:
    _lived_in(quick)
    deep = {check["check"]: check for check in quick.json("doctor", "--deep")["checks"]}
    shallow = {check["check"] for check in quick.json("doctor")["checks"]}
    assert set(deep) == shallow | DEEP
    assert deep["histories"]["said"] == "Alle 1 forløb er, hvor deres historik fører hen."


def test_what_is_broken_is_named_with_its_remedy_when_there_is_something(quick: Sosu) -> None:
    town = _lived_in(quick, 25)
    for number in range(1, 26):
        town.changes(ENROLMENT, {"id": number}, {"visit": 7})
    ran = quick("doctor", "--deep", code=1)
    lines = ran.out.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("FEJL ")]
    assert lines[at].startswith("FEJL 25 fejl i forløb. Læg en sikkerhedskopi tilbage")
    assert lines[at + 1] == "     IM-0001: besøgets nummer er gemt som 7, og historikken siger 1"
    assert lines[at + 21] == "     … og 5 til, som --json viser."
    assert ran.err == "Ikke alt er på plads (histories). Hver linje med FEJL siger, hvad der skal gøres.\n"
    checks = {check["check"]: check for check in quick("doctor", "--deep", "--json", code=1).json["checks"]}
    assert len(checks["histories"]["details"]) == 25


def test_nothing_is_looked_at_deeply_when_there_is_no_database_or_a_newer_one(
    fresh: Sosu, sqlite_template: Path
) -> None:
    assert not DEEP & {check["check"] for check in fresh.json("doctor", "--deep")["checks"]}
    shutil.copy(sqlite_template, fresh.database)
    database = Database(f"sqlite:///{fresh.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    checks = fresh("doctor", "--deep", "--json", code=1).json["checks"]
    assert not DEEP & {check["check"] for check in checks}
    [fault] = [check for check in checks if not check["ok"]]
    assert fault["check"] == "database"
    assert fault["remedy"] == "Brug den nyere udgave af programmet."
