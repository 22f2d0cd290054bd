"""A look is quick: `sosu show` loads nothing that it does not need."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

from tests.cli.running import PROGRAM, Sosu

HEAVY = ("prefect", "alembic", "apprise", "holidays", "jinja2", "fastapi", "cryptography", "python_calamine", "rich")
#: What nothing could be shown without. It takes some 0.4 s on a machine that has nothing else to do.
NEEDED = "import pydantic_settings, sqlalchemy.orm, sqlmodel, typer"


def enrolled(sosu: Sosu) -> None:
    who = ("--area", "Syd", "--coordinator", "koordinator.syd@example.org", "--start", "2026-09-07", "--cpr", "-")
    replace(sosu, forked=True).json(
        "enrol", "--pathway", "immigrant_track", "--name", "Olena Kovalenko", *who, stdin="010190-1234"
    )


def seconds(sosu: Sosu, *command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=sosu.home, env=sosu.environment())
    return time.perf_counter() - begun


def test_a_case_is_shown_within_six_tenths_of_a_second_when_asked(sosu: Sosu) -> None:
    enrolled(sosu)
    shown, needed = [], []
    for _ in range(5):
        shown.append(seconds(sosu, str(PROGRAM), "show", "IM-0001", "--json"))
        if shown[-1] <= 0.6:
            return
        needed.append(seconds(sosu, sys.executable, "-c", NEEDED))
    # The machine is busy with something else: then it is slow at what nothing could be shown without, too.
    assert min(shown) < 1.7 * min(needed), (shown, needed)


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
