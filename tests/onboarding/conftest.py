from __future__ import annotations

import csv
from pathlib import Path

import pytest

from onboarding.staffing import add_staff
from tests.municipality import VIBY_AREA, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.absent import DEPUTY, OTHER, THIRD
from tests.onboarding.listed import HEADINGS, Cells, Listed


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """Writes rows to a list; the first candidate stands in row 2."""

    def write(*rows: Cells, name: str = "liste.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows((HEADINGS, *rows))
        return path

    return write


@pytest.fixture
def mette(either_town: Municipality) -> Inbox:
    """A manager, who has what ends and what moves in a digest."""
    return Inbox(either_town.postbox, VIBY_MANAGER)


@pytest.fixture
def office(either_town: Municipality) -> Municipality:
    """With colleagues who can stand in for one another."""
    with either_town.database.write() as session:
        for email, role in ((OTHER, "coordinator"), (THIRD, "coordinator"), (DEPUTY, "manager")):
            add_staff(session, email, email.partition("@")[0], role, [VIBY_AREA])
    return either_town
