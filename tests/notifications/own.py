"""A municipality's folder of own templates, made for a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.refusal import Refused
from flows.wording import renderer_of
from models.session import Database
from notifications.render import Renderer


def written(folder: Path, **files: str) -> Renderer:
    """The renderer of a folder with these files: `moved__subject_txt` is »moved/subject.txt«."""
    put(folder, **files)
    return renderer_of(folder)


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path, _, extension = name.rpartition("_")
        file = folder / f"{path.replace('__', '/')}.{extension}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def faults_in(folder: Path, database: Database | None = None, **files: str) -> list[str]:
    """What the folder is refused for, without the remedy for all of it."""
    put(folder, **files)
    with pytest.raises(Refused) as refused:
        renderer_of(folder, database)
    assert "sosu message check" in refused.value.reasons[-1]
    return list(refused.value.reasons[:-1])
