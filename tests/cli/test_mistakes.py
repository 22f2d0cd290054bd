"""Ordinary mistakes of people who set it up: each is told in a sentence with its remedy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from docs.draw import ROOT
from tests.cli.running import Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS, listed, olena
from tests.onboarding.listed import person

TRACK = "flows/immigrant_track/pathway.py"


def test_the_settings_file_is_named_when_its_letters_cannot_be_read(quick: Sosu) -> None:
    (quick.home / ".env").write_bytes("SOSU_PUBLIC_URL=https://sosu.århus.example\n".encode("latin-1"))
    said = quick.refused("area", "list")
    assert ".env" in said
    assert "UTF-8" in said


@pytest.mark.parametrize("folder", ["notes.txt", "notes.txt/demo", "/proc/demo"])
def test_the_demo_is_refused_when_its_folder_cannot_be_made(quick: Sosu, folder: str) -> None:
    (quick.home / "notes.txt").write_text("mine")
    said = quick.refused("demo", "--dir", folder)
    assert "--dir" in said
    assert "Uventet" not in said
    assert (quick.home / "notes.txt").read_text() == "mine"


def test_the_demos_database_is_closed_to_others_when_its_folder_was_there(quick: Sosu) -> None:
    home = quick.home / "demo"
    home.mkdir(mode=0o755)
    quick("demo", "--weeks", "1", "--dir", "demo")
    assert {file.stat().st_mode & 0o777 for file in home.glob("sosu.db*")} == {0o600}


def test_a_year_that_cannot_be_right_is_told_from_a_date_that_cannot_be_read(quick: Sosu) -> None:
    enrol = ("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-")
    for day in ("9999-12-31", "01-09-0202"):
        err = quick(*enrol, "--start", day, code=2).err
        assert "årstallet kan ikke passe" in err
        assert "skriv datoen som" not in err
    assert "skriv datoen som" in quick(*enrol, "--start", "2026-13-45", code=2).err


def test_it_is_said_in_the_singular_when_there_is_one(quick: Sosu) -> None:
    olena(quick)
    assert "1 rykker, 1 besked lagt i kø." in quick("advance", "--on", "2026-09-23").out
    assert "har ét ciffer" in quick.refused("find", stdin="1\n")


def test_the_version_is_told_when_asked(quick: Sosu) -> None:
    assert quick("--version").out == f"sosu {version('sosu-onboarding')}\n"


def test_what_is_written_without_a_name_is_told_where_a_name_can_be_given(quick: Sosu) -> None:
    told = " ".join(quick("pause", "--help").out.split())
    assert "cli:" in told


def test_one_kind_of_quotation_marks_is_used_in_what_people_read() -> None:
    folders = ("cli", "engine", "flows", "models", "notifications", "onboarding", "reports")
    texts = [
        ROOT / "settings.py",
        *(file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()),
    ]
    others = {
        str(file.relative_to(ROOT)): line
        for file in texts
        if file.suffix in {".py", ".txt", ".html"}
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search("[„“]", line)
    }
    assert others == {}


def test_a_program_reads_the_same_keys_whatever_is_wrong_with_a_list(quick: Sosu) -> None:
    (quick.home / "none.csv").write_text("")
    faulty = listed(quick, person(0, cprnr="310299-1234"))
    told = [quick("import", path, *IMMIGRANTS, "--json", code=1).json for path in ("none.csv", faulty)]
    good = quick.json("import", listed(quick, person(0)), *IMMIGRANTS)
    assert told[0].keys() == told[1].keys() == good.keys()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the program, to be spoiled."""
    for folder in (
        "cli",
        "engine",
        "flows",
        "migrations",
        "models",
        "notifications",
        "onboarding",
        "reports",
        "samples",
    ):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "settings.py", tmp_path)
    return tmp_path


def run_in(house: Path, sosu: Sosu, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *command],
        capture_output=True,
        encoding="utf-8",
        cwd=house,
        env=sosu.environment() | {"PYTHONPATH": str(house)},
        check=False,
    )


def spoiled(house: Path, track: str, old: str, new: str) -> None:
    file = house / "flows" / track / "pathway.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_fault_is_a_line_with_its_file_when_pathways_cannot_work(house: Path, sosu: Sosu) -> None:
    spoiled(house, "immigrant_track", 'Holds("interest_confirmed")', 'Holds("nope")')
    spoiled(house, "immigrant_track", 'Holds("danish_course_passed")', 'Holds("neither")')
    spoiled(house, "ped_assistant_track", 'reference_prefix="PA"', 'reference_prefix="pa"')
    for command in (("board", *IMMIGRANTS), ("area", "add", "Nord"), ("deliver",), ("demo", "--dir", "demo")):
        ran = run_in(house, sosu, *command)
        lines = ran.stderr.splitlines()
        assert (ran.returncode, ran.stdout) == (1, "")
        assert [line for line in lines if line.startswith(TRACK) and "'nope'" in line]
        assert [line for line in lines if line.startswith(TRACK) and "'neither'" in line]
        assert [line for line in lines if line.startswith("flows/ped_assistant_track") and "reference_prefix" in line]
        assert "Ret" in lines[-1]
        assert len(lines) == 4
        assert "Uventet" not in ran.stderr


@pytest.mark.parametrize("new", ["Hold(", "Holds("])
def test_the_line_is_told_when_a_pathway_is_not_even_python(house: Path, sosu: Sosu, new: str) -> None:
    spoiled(
        house, "immigrant_track", 'Holds("interest_confirmed")', f'{new}"interest_confirmed"' + ")" * (new == "Hold(")
    )
    ran = run_in(house, sosu, "board", *IMMIGRANTS)
    assert re.search(rf"^{TRACK}, linje \d+: (NameError|SyntaxError)", ran.stderr)
    assert "Uventet" not in ran.stderr


def test_the_doctor_goes_on_when_a_pathway_cannot_work(house: Path, sosu: Sosu) -> None:
    spoiled(house, "immigrant_track", 'Holds("interest_confirmed")', 'Holds("nope")')
    ran = run_in(house, sosu, "doctor")
    faults = [line for line in ran.stdout.splitlines() if line.startswith("FEJL")]
    assert (ran.returncode, len(faults)) == (1, 1)
    assert TRACK in faults[0]
    assert "'nope'" in faults[0]
    assert [line for line in ran.stdout.splitlines() if "Prefect" in line]
