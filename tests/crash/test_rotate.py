"""The key is changed in one process while others enrol, import and correct numbers; and it is killed on the way."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.refusal import Refused
from models.keys import Keyring, key_of
from models.session import Database
from onboarding import rotate as rotation
from onboarding.enrol import enrol
from onboarding.key_use import keys_in_use
from onboarding.renumber import renumber
from onboarding.rotate import rotate
from onboarding.store import CANDIDATE
from tests.crash.crowd import SWEPT_AT, opened
from tests.crash.processes import Worker
from tests.crash.worker import Tell
from tests.municipality import OFFICER, VIBY, VIBY_AREA, Municipality
from tests.support import Clock, assert_folds, made_up_people

#: Who is there at first; those who come are taken from behind them.
CROWD = 60
#: How many come meanwhile, and how many are known, at the least.
ENOUGH = 20


def turns(database: Database, tell: Tell, keys: Path, at: datetime, page: int, rest: float) -> int:
    """For a process of its own: changes the key, in small pages and with a rest behind each."""
    rotation._PAGE = page

    def after_a_page(rows: int) -> None:
        tell(rows)
        time.sleep(rest)

    return rotate(database, keys, at, after_a_page).resealed


def enrols(database: Database, tell: Tell, keyring: Keyring, first: int, stop: Path) -> tuple[int, int]:
    """For a process of its own, with keys that were read before: enrols whoever comes and again those who are there.

    Gives how many came in and how many were known.
    """
    town = Municipality(database, keyring, Clock())
    people, came, known = [cpr for _, cpr, _ in made_up_people(first + 4000)], 0, 0
    while not stop.exists() or min(came, known) <= ENOUGH:
        for number in (people[first + came], people[(came * 7 + known) % CROWD], people[first + came // 2]):
            try:
                with database.write() as session:
                    applicant = town.applicant("Bogdan Nowak", cpr=number)
                    enrol(session, keyring, "immigrant_track", applicant, town.signed(OFFICER))
                came += 1
            except Refused as refused:
                if "allerede i gang" not in str(refused):
                    raise
                known += 1
        tell(1)
    return came, known


def imports(database: Database, tell: Tell, keyring: Keyring, folder: Path, stop: Path) -> int:
    """For a process of its own: twenty people by a list again and again, of whom ten are new the first time."""
    town, created = Municipality(database, keyring, Clock()), 0
    everybody = list(made_up_people(5_010))
    rows = ["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"]
    for name, cpr, _ in (*everybody[:10], *everybody[-10:]):
        rows.append(f"{cpr};{name};{VIBY_AREA};{VIBY};07-09-2026;ja")
    path = folder / "liste.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    while not stop.exists() or not created:
        result = town.imports(path)
        assert result["saved"]
        created += result["created"]
        tell(1)
    return created


def corrects(database: Database, tell: Tell, keyring: Keyring, reference: str, stop: Path) -> str:
    """For a process of its own: another number for somebody, again and again; gives the last."""
    town = Municipality(database, keyring, Clock())
    numbers = [cpr for _, cpr, _ in made_up_people(9_000)][8_000:]
    for number in numbers:
        with database.write() as session:
            renumber(session, keyring, reference, number, town.signed())
        tell(1)
        if stop.exists():
            break
    return number


@pytest.fixture
def crowded(either_url: str, key_file: Path) -> str:
    with opened(either_url) as database:
        town = Municipality(database, Keyring.read(key_file))
        for name, cpr, _ in made_up_people(CROWD):
            town.enrols(name, cpr=cpr)
    return either_url


def held(url: str) -> dict[str, int]:
    with opened(url) as database, database.read() as session:
        return keys_in_use(session)


def numbers(url: str, key_file: Path) -> list[str]:
    """Everybody's, each found by what it is indexed as."""
    keyring, found = Keyring.read(key_file), []
    with opened(url) as database, database.read() as session:
        for row in session.connection().execute(CANDIDATE.select()):
            found.append(keyring.open(row.cpr_sealed, row.id))
            assert row.cpr_index == keyring.sealing_with(key_of(row.cpr_sealed)).index(found[-1])
    return found


def test_nobody_is_made_twice_or_lost_when_the_key_is_changed_while_others_enrol_and_import(
    crowded: str, key_file: Path, tmp_path: Path
) -> None:
    old = Keyring.read(key_file)  # what a process has in memory that began before
    stop = tmp_path / "stop"
    others = [
        Worker(crowded, enrols, old, CROWD, stop),
        Worker(crowded, imports, old, tmp_path, stop),
        Worker(crowded, corrects, old, "IM-0030", stop),
    ]
    assert Worker(crowded, turns, key_file, SWEPT_AT, 5, 0.05).is_killed(4, 0.02), "in the middle of it"
    between = held(crowded)
    assert set(between) == {"k1", "k2"}
    resealed = Worker(crowded, turns, key_file, SWEPT_AT, 5, 0.05).result()
    stop.touch()
    (came, known), created, number = (other.result() for other in others)
    assert resealed > 0
    assert min(came, known) > ENOUGH
    assert created == 10
    found = numbers(crowded, key_file)
    assert len(found) == len(set(found)) == CROWD + came + created
    assert number in found
    assert set(held(crowded)) == {"k2"}
    with opened(crowded) as database:
        assert assert_folds(database) == CROWD + came + created


def test_it_goes_on_from_where_it_was_when_it_is_killed_at_any_step(crowded: str, key_file: Path) -> None:
    before, killed_between = sorted(numbers(crowded, key_file)), 0
    for step in range(2, 200, 9):
        worker = Worker(crowded, turns, key_file, SWEPT_AT, 10, 0, dies_at=step)
        died = False
        with suppress(EOFError):
            died = True
            worker.result()
            died = False
        assert sorted(numbers(crowded, key_file)) == before
        assert _is_known_once(crowded, key_file, before[step % CROWD])
        if not died:
            break
        killed_between += len(held(crowded)) > 1
    assert not died, "it comes to an end"
    assert killed_between > 0
    assert len(held(crowded)) == 1


def _is_known_once(url: str, key_file: Path, number: str) -> bool:
    indexes = Keyring.read(key_file).indexes(number)
    with opened(url) as database, database.read() as session:
        same = select(func.count()).select_from(CANDIDATE).where(CANDIDATE.c.cpr_index.in_(indexes))
        return session.connection().execute(same).scalar_one() == 1
