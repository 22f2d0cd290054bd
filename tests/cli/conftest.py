from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.running import Sosu


@pytest.fixture
def fresh(tmp_path: Path) -> Sosu:
    """On a machine where it was never run."""
    return Sosu(tmp_path)


@pytest.fixture
def sosu(sqlite_template: Path, tmp_path: Path) -> Sosu:
    """With areas and staff, and nobody enrolled."""
    made = Sosu(tmp_path)
    shutil.copy(sqlite_template, made.database)
    return made
