"""What a person sees: tables with tabs where there is no terminal, colours and boxes where there is one."""

from __future__ import annotations

import os
import pty
import subprocess

from tests.cli.running import PROGRAM, Sosu
from tests.cli.test_contract import IMMIGRANTS, START, listed, olena
from tests.onboarding.test_import_list import person


def at_a_terminal(sosu: Sosu, *arguments: str) -> str:
    """What appears on a terminal."""
    here, there = pty.openpty()
    environment = sosu.environment() | {"TERM": "xterm-256color", "COLUMNS": "160"}
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=there, stdout=there, stderr=there, cwd=sosu.home, env=environment
    )
    os.close(there)
    shown = b""
    while True:
        try:
            part = os.read(here, 4096)
        except OSError:  # what Linux says when the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(here)
    assert process.wait(30) == 0
    return shown.decode()


def test_the_same_is_told_in_words_when_no_json_is_asked_for(quick: Sosu) -> None:
    olena(quick)
    quick("record", "IM-0001", "interest_confirmed", "--on", START)
    assert "07-09-2026: intake → danish_course" in quick("move", "IM-0001", "admit", "--on", START).out
    assert "på pause" in quick("pause", "IM-0001", "--on", "2026-09-08").out
    shown = quick("show", "IM-0001", "--on", "2026-09-09").out
    for words in ("Intensivt danskforløb: på pause", "Plan", "Milepæle", "Samtykke givet", "Historik", "Beskeder"):
        assert words in shown
    assert "\t" in shown
    assert "1 gennemgået, 0 flyttet, 1 rykkere" in quick("advance", "--on", "2026-12-01").out
    assert ".eml-filer" in quick("deliver").out
    assert "Intensivt danskforløb\t0\t1" in quick("board", *IMMIGRANTS, "--on", "2026-12-01").out
    assert "aktive\t1" in quick("report", *IMMIGRANTS).out
    assert "IM-0001\tdanish_course" in quick("list", *IMMIGRANTS).out
    assert "Ingen hændelser" in quick("incidents").out


def test_a_list_is_told_in_a_sentence_when_imported(quick: Sosu) -> None:
    path = listed(quick, person(0), person(1))
    said = quick("import", path, *IMMIGRANTS, "--on", START, "--dry-run").out
    assert "Prøve, intet er gemt: 2 rækker: 2 indskrevet" in said
    assert "2 rækker: 2 indskrevet, 0 opdateret, 0 uændret." in quick("import", path, *IMMIGRANTS, "--on", START).out


def test_tables_are_drawn_when_there_is_a_terminal(sosu: Sosu) -> None:
    shown = at_a_terminal(sosu, "board", *IMMIGRANTS, "--on", START)
    assert "\x1b[" in shown
    assert "Intensivt danskforløb" in shown
    assert "\t" not in shown


def test_json_is_json_when_there_is_a_terminal(sosu: Sosu) -> None:
    assert "\x1b" not in at_a_terminal(sosu, "report", *IMMIGRANTS, "--json")


def test_a_bar_shows_how_far_it_is_when_there_is_a_terminal(sosu: Sosu) -> None:
    shown = at_a_terminal(sosu, "import", listed(sosu, *(person(n) for n in range(5))), *IMMIGRANTS, "--on", START)
    assert "Indlæser" in shown
    assert "5 indskrevet" in shown


def test_every_command_explains_itself_when_asked(quick: Sosu) -> None:
    _, _, listed_there = quick("--help").out.partition("Commands:\n")
    commands = [line.split()[0] for line in listed_there.splitlines()]
    promised = (
        "db import enrol record move pause resume drop undo advance deliver show board report pathway serve demo doctor"
    )
    assert set(promised.split()) < set(commands)
    for command in commands:
        assert f"Usage: sosu {command}" in quick(command, "--help").out
    assert "CPR-nummeret skrives aldrig på kommandolinjen" in quick("enrol", "--help").out
