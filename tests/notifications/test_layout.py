"""A folder of own templates that is laid out in other ways than as ours."""

from __future__ import annotations

from pathlib import Path

from tests.notifications.messages import BECAUSE, FULL
from tests.notifications.own import faults_in, put, written


def test_a_file_is_told_of_when_it_is_a_link_out_of_the_folder(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "egne", tmp_path / "andet"
    put(folder, paused__subject_txt="{{ reference }}: Pause")
    put(elsewhere, moved__subject_txt="{{ reference }}: Nyt", moved__body_txt="Nyt")
    (folder / "moved").mkdir()
    (folder / "moved" / "subject.txt").symlink_to(elsewhere / "moved" / "subject.txt")
    (folder / "resumed").symlink_to(elsewhere / "moved")
    what = "filen er et link (symlink) ud af mappen. Læg filen selv her."
    assert faults_in(folder) == [
        f"»{file}«: {what}" for file in ("moved/subject.txt", "resumed/body.txt", "resumed/subject.txt")
    ]


def test_it_is_taken_when_it_is_a_link_within_the_folder(tmp_path: Path) -> None:
    """As Kubernetes lays out what it mounts."""
    folder, seen_as = tmp_path / "egne", tmp_path / "her"
    put(folder, **{"..data__subject_txt": "{{ reference }}: Nyt om forløbet"})
    (folder / "moved").mkdir()
    (folder / "moved" / "subject.txt").symlink_to(Path("..", "..data", "subject.txt"))
    seen_as.symlink_to(folder)
    assert written(seen_as).render("immigrant_track", "moved", FULL, BECAUSE).subject == "IM-0042: Nyt om forløbet"
