"""A look is quick: `sosu show` loads nothing that it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from tests.cli.running import PROGRAM, Sosu

HEAVY = ("prefect", "alembic", "apprise", "holidays", "jinja2", "fastapi", "cryptography", "python_calamine", "rich")


def enrolled(sosu: Sosu) -> None:
    who = ("--area", "Syd", "--coordinator", "koordinator.syd@example.org", "--start", "2026-09-07", "--cpr", "-")
    replace(sosu, forked=True).json(
        "enrol", "--pathway", "immigrant_track", "--name", "Olena Kovalenko", *who, stdin="010190-1234"
    )


def worked(sosu: Sosu, *command: str) -> float:
    """Seconds for which a processor works on a command: on a machine that has nothing else to do, all that it takes.

    On a busy one the command waits for its turn as well, which says nothing about the command.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=sosu.home, env=sosu.environment()
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


#: What any command that asks a database needs; by itself about 0.4 s where `sosu show` is to take 0.6 at the most.
_LIBRARIES = "import pydantic_settings, sqlmodel, typer"


def test_a_case_is_shown_in_little_more_than_its_libraries_take_to_load_when_asked(sosu: Sosu) -> None:
    enrolled(sosu)
    # Turn by turn: a machine is faster at one moment than at another, for both alike.
    pairs = [
        (worked(sosu, str(PROGRAM), "show", "IM-0001", "--json"), worked(sosu, sys.executable, "-c", _LIBRARIES))
        for _ in range(3)
    ]
    assert min(shown for shown, _ in pairs) <= 1.5 * min(loaded for _, loaded in pairs), pairs


def test_nothing_heavy_is_loaded_when_a_case_is_shown(sosu: Sosu) -> None:
    enrolled(sosu)
    command = [sys.executable, "-X", "importtime", str(PROGRAM), "show", "IM-0001"]
    done = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", cwd=sosu.home, env=sosu.environment()
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert {"sqlalchemy", "engine", "reports"} <= loaded
    assert not loaded.intersection(HEAVY)
    assert "IM-0001" in done.stdout


def test_prefect_is_not_loaded_when_a_sweep_is_run_by_hand(sosu: Sosu) -> None:
    enrolled(sosu)
    for command in ("advance", "deliver"):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", str(PROGRAM), command],
            check=True,
            capture_output=True,
            encoding="utf-8",
            cwd=sosu.home,
            env=sosu.environment(),
        )
        loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
        assert "onboarding" in loaded
        assert "prefect" not in loaded
