"""What a person sees: tables with tabs where there is no terminal, colours and boxes where there is one."""

from __future__ import annotations

import os
import pty
import subprocess

from engine import kinds
from engine.case import Status
from engine.history import Verb
from reports.words import HAPPENED, STATUS
from tests.cli.running import PROGRAM, Sosu
from tests.cli.test_contract import IMMIGRANTS, START, listed, olena
from tests.municipality import VIBY, VIBY_AREA
from tests.onboarding.listed import person


def at_a_terminal(sosu: Sosu, *arguments: str, columns: int = 160) -> str:
    """What appears on a terminal that is so wide."""
    here, there = pty.openpty()
    environment = sosu.environment() | {"TERM": "xterm-256color", "COLUMNS": str(columns)}
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
    moved = quick("move", "IM-0001", "admit", "--on", START).out.splitlines()
    assert moved == [
        "07-09-2026: Visitation → Intensivt danskforløb",
        "IM-0001 er nu i Intensivt danskforløb (i gang).",
    ]
    assert "på pause" in quick("pause", "IM-0001", "--on", "2026-09-08").out
    shown = quick("show", "IM-0001", "--on", "2026-09-09").out
    for words in ("Intensivt danskforløb: på pause", "Plan", "Milepæle", "Samtykke givet", "Historik", "Beskeder"):
        assert words in shown
    assert "\t" in shown
    snoozed = quick("snooze", "IM-0001", "--until", "2026-09-20", "--reason", "agreed", "--on", "2026-09-08").out
    assert snoozed.splitlines()[0] == "IM-0001: ingen rykkes før 20-09-2026, heller ikke lederen."
    assert "Rykkere udsat til 20-09-2026 (Der er en aftale)." in quick("show", "IM-0001", "--on", "2026-09-09").out
    elsewhere = quick("elsewhere", "IM-0001", "--reason", "jobcenter", "--on", "2026-09-08").out
    assert elsewhere == "IM-0001 håndteres andetsteds: ingen rykkes mere, før kandidaten er videre.\n"
    assert "Håndteres andetsteds (Jobcentret følger op)." in quick("show", "IM-0001", "--on", "2026-09-09").out
    assert quick("remind", "IM-0001", "--on", "2026-09-08").out == "Der rykkes igen for IM-0001.\n"
    assert "1 gennemgået, 0 flyttet, 1 rykker," in quick("advance", "--on", "2026-12-01").out
    assert ".eml-filer" in quick("deliver").out
    assert "Intensivt danskforløb\t0\t1" in quick("board", *IMMIGRANTS, "--on", "2026-12-01").out
    assert "aktive\t1" in quick("report", *IMMIGRANTS).out
    assert "IM-0001\tdanish_course" in quick("list", *IMMIGRANTS).out
    assert "Ingen hændelser" in quick("incidents").out


def test_it_is_said_what_becomes_of_the_reminders_when_they_are_snoozed(quick: Sosu) -> None:
    olena(quick)
    snoozed = ("snooze", "IM-0001", "--until", "2026-12-20", "--reason", "agreed", "--on", "2026-12-02")
    first = "IM-0001: ingen rykkes før 20-12-2026, heller ikke lederen."
    waits = "De rykkere, der falder imens, venter til da."
    assert quick(*snoozed).out.splitlines() == [first, waits]
    quick("remind", "IM-0001", "--on", "2026-12-02")
    quick("advance", "--on", "2026-12-02")
    quick("deliver")
    none_left = "Der er ingen rykkere tilbage i trinnet, så der kommer heller ingen den dag eller senere."
    assert quick(*snoozed).out.splitlines() == [first, none_left]
    none_comes = "Der er ingen rykkere tilbage i trinnet, så der kommer først nogen, når kandidaten er videre."
    again = quick("remind", "IM-0001", "--on", "2026-12-02").out.splitlines()
    assert again == ["Der rykkes igen for IM-0001.", none_comes]


def test_the_history_is_told_in_danish_when_shown(quick: Sosu) -> None:
    olena(quick)
    quick("record", "IM-0001", "interest_confirmed", "--on", START)
    quick("move", "IM-0001", "admit", "--on", START, "--by", VIBY)
    quick("pause", "IM-0001", "--on", "2026-09-08", "--by", VIBY)
    quick("drop", "IM-0001", "--reason", "moved", "--on", "2026-09-09", "--by", VIBY)
    _, _, history = quick("show", "IM-0001", "--on", "2026-09-09").out.partition("Historik\n")
    rows = [line.split("\t")[1:5] for line in history.splitlines()[1:5]]
    assert rows == [
        ["07-09-2026", "indskrevet", "", "Visitation"],
        ["07-09-2026", "flyttet", "Visitation", "Intensivt danskforløb"],
        ["08-09-2026", "pause (andet)", "Intensivt danskforløb", "Intensivt danskforløb"],
        ["09-09-2026", "frafald (flyttet fra kommunen)", "Intensivt danskforløb", "Frafald"],
    ]
    there = quick.json("show", "IM-0001", "--on", "2026-09-09")["transitions"][1]
    assert (there["action"], there["from"], there["to"]) == ("move", "intake", "danish_course")


def test_the_history_says_until_when_and_why_when_it_is_over(quick: Sosu) -> None:
    olena(quick)
    quick("snooze", "IM-0001", "--until", "2026-09-20", "--reason", "agreed", "--on", START)
    quick("remind", "IM-0001", "--on", "2026-09-08")
    quick("pause", "IM-0001", "--reason", "illness", "--on", "2026-09-08")
    quick("prolong", "IM-0001", "--review-on", "2026-12-01", "--on", "2026-09-09")
    quick("staff", "add", "ida@example.org", "--name", "Ida Iversen", "--role", "coordinator", "--area", VIBY_AREA)
    quick("assign", "IM-0001", "--coordinator", "ida@example.org", "--on", "2026-09-10")
    _, _, history = quick("show", "IM-0001", "--on", "2026-10-09").out.partition("Historik\n")
    assert [line.split("\t")[2] for line in history.splitlines()[1:7]] == [
        "indskrevet",
        "rykkere udsat til den 20-09-2026 (der er en aftale)",
        "der rykkes igen",
        "pause (sygdom)",
        "pausen er forlænget til den 01-12-2026 (sygdom)",
        "overdraget til Ida Iversen",
    ]


def test_every_key_has_its_danish_word() -> None:
    assert set(HAPPENED) == {*Verb, kinds.PROLONGED, kinds.PROLONGING_UNDONE}
    assert set(STATUS) == set(Status)


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


def test_a_row_is_a_line_for_each_field_when_the_terminal_is_too_narrow_for_a_table(sosu: Sosu) -> None:
    for columns in (20, 50):
        shown = at_a_terminal(sosu, "board", *IMMIGRANTS, "--on", START, columns=columns)
        stages, _, _ = shown.partition("Afsluttet")
        assert "  trin: Intensivt danskforløb\r\n  i gang: 0\r\n" in stages
        assert "  frist inden 14 dage: 0\r\n" in stages
        assert "┃" not in stages
        assert "…" not in shown
    assert "┃" in at_a_terminal(sosu, "board", *IMMIGRANTS, "--on", START, columns=80)


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


def test_it_is_said_when_a_sweep_is_for_a_day_that_has_not_come(quick: Sosu) -> None:
    assert "Den dag er ikke kommet" in quick("advance", "--on", "2099-01-05").out
    assert "Den dag er ikke kommet" not in quick("advance").out
