"""A town in which much was done and nothing is wrong."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.audit import note
from onboarding.undo_import import undo_import
from tests.municipality import SYD, SYD_AREA, VIBY_MANAGER, Municipality
from tests.onboarding.listed import HEADINGS, person
from tests.reports.deep.breaking import found
from tests.support import RefusingPostbox


@pytest.fixture
def lived(either_town: Municipality, tmp_path: Path) -> Municipality:
    """People who moved, paused, came by a list, were transferred and taken back, dropped out and were reminded."""
    town = either_town
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.snoozes(town.clock.today + timedelta(days=5), by=VIBY_MANAGER)
    bogdan = town.enrols("Bogdan Popescu")
    bogdan.pauses(review_on=town.clock.today + timedelta(days=20))
    bogdan.prolongs(town.clock.today + timedelta(days=40))
    town.imports(_list(tmp_path / "en.csv", 1, 2))
    gone = town.imports(_list(tmp_path / "anden.csv", 3))
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
    return town


def _list(path: Path, *numbers: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADINGS, *map(person, numbers)))
    return path
