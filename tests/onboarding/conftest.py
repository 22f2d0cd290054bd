from __future__ import annotations

import csv
from pathlib import Path

import pytest

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
