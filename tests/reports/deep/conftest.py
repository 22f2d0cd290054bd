"""A town in which much was done and nothing is wrong."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.keys import Keyring
from models.session import Database
from onboarding.audit import note
from onboarding.undo_import import undo_import
from tests.conftest import restoring_of
from tests.municipality import SYD, SYD_AREA, VIBY_MANAGER, Municipality
from tests.onboarding.listed import HEADINGS, person
from tests.reports.deep.breaking import found
from tests.support import RefusingPostbox


@dataclass(frozen=True, slots=True)
class Lived:
    """What the town is made of again for each test: `url` gives that of a database as it was at the end."""

    url: Callable[[], str]
    keyring: Keyring
    now: datetime


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lived_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The life takes longer than most tests that break something in it."""
    folder = tmp_path_factory.mktemp("lived")
    path, again = folder / "sosu.db", folder / "again.db"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("new_postgres")(request.getfixturevalue("postgres_template"))
    town = Municipality(Database(url), Keyring.at(folder / "keys.json"))
    _live(town, folder)
    town.database.close()
    copied = lambda: f"sqlite:///{shutil.copy(path, again)}"  # noqa: E731
    return Lived(copied if request.param == "sqlite" else restoring_of(url), town.keyring, town.clock.now)


@pytest.fixture
def lived(lived_once: Lived, reopened: Callable[[str], Database]) -> Iterator[Municipality]:
    """People who moved, paused, came by a list, were transferred and taken back, dropped out and were reminded."""
    town = Municipality(reopened(lived_once.url()), lived_once.keyring)
    town.clock.now = lived_once.now
    yield town
    town.database.close()


def _live(town: Municipality, folder: Path) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.snoozes(town.clock.today + timedelta(days=5), by=VIBY_MANAGER)
    bogdan = town.enrols("Bogdan Popescu")
    bogdan.pauses(review_on=town.clock.today + timedelta(days=20))
    bogdan.prolongs(town.clock.today + timedelta(days=40))
    town.imports(_list(folder / "en.csv", 1, 2))
    gone = town.imports(_list(folder / "anden.csv", 3))
    town.delivers()
    with town.database.write() as session:
        undo_import(session, gone["import"], town.signed())
    ulla = town.enrols("Ulla Popescu", "ped_assistant_track")
    ulla.transfers("immigrant_track")
    ulla.undoes()
    lost = town.enrols("Ioana Popescu")
    lost.is_assigned(SYD, SYD_AREA)
    lost.drops_out()
    lost.undoes()
    lost.drops_out()
    with town.database.write() as session:
        for number in range(3):
            note(session, "leder.viby@example.org", "look", town.clock.now, f"IM-000{number + 1}", "opfølgning")
    town.sweeps_every_day_until(town.clock.today + timedelta(days=30))
    town.delivers(RefusingPostbox(whom=SYD))
    assert found(town) == {}


def _list(path: Path, *numbers: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADINGS, *map(person, numbers)))
    return path
