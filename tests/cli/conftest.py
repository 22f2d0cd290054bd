from __future__ import annotations

import shutil
from dataclasses import replace
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


@pytest.fixture
def quick(sosu: Sosu) -> Sosu:
    """The same, for a test that runs a command many times or looks at what is said rather than at the program."""
    return replace(sosu, forked=True)
