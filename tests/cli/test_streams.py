"""Standard input and output as they can be: full, closed, cut off, of another alphabet."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from tests.cli.running import PROGRAM, Ran, Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS, START, listed, olena
from tests.onboarding.listed import person

DONE = "Handlingen er udført, men svaret kunne ikke skrives"
LOOKED = "Svaret kunne ikke skrives"
SPEECHLESS = {"PYTHONIOENCODING": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def in_a_shell(sosu: Sosu, line: str, *arguments: str, stdin: str = "") -> Ran:
    """Runs a line in which `"$0"` is the program and `"$@"` the arguments."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}", str(PROGRAM), *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=sosu.home,
        env=sosu.environment(),
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def quickly(sosu: Sosu) -> Sosu:
    return replace(sosu, forked=True)


@pytest.mark.parametrize("lost", [">/dev/full", ">&-"])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["words", "json"])
def test_it_is_said_to_be_done_when_only_the_answer_cannot_be_written(
    sosu: Sosu, lost: str, form: tuple[str, ...]
) -> None:
    olena(quickly(sosu))
    ran = in_a_shell(sosu, f'"$0" "$@" {lost}', "record", "IM-0001", "interest_confirmed", "--on", START, *form)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert ran.err.startswith(DONE)
    shown = quickly(sosu).json("show", "IM-0001", "--on", START)
    assert "interest_confirmed" in {milestone["milestone"] for milestone in shown["milestones"]}


@pytest.mark.parametrize(
    "command",
    [("area", "add", "Nord"), ("advance", "--on", START), ("deliver",), ("db", "upgrade"), ("staff", "remove", "SYD")],
    ids=lambda command: command[0],
)
def test_every_act_is_said_to_be_done_when_its_answer_cannot_be_written(sosu: Sosu, command: tuple[str, ...]) -> None:
    command = tuple("koordinator.syd@example.org" if word == "SYD" else word for word in command)
    ran = sosu.without_room(*command)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert ran.err.startswith(DONE)


@pytest.mark.parametrize("lost", [">/dev/full", ">&-"])
def test_nothing_is_said_to_be_done_when_a_look_cannot_be_written(sosu: Sosu, lost: str) -> None:
    ran = in_a_shell(sosu, f'"$0" "$@" {lost}', "board", *IMMIGRANTS)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert ran.err.startswith(LOOKED)


@pytest.mark.parametrize("command", [("board", *IMMIGRANTS, "--json"), ("--help",)], ids=["json", "help"])
def test_nothing_is_said_to_be_done_when_there_is_no_room_for_a_look(sosu: Sosu, command: tuple[str, ...]) -> None:
    ran = sosu.without_room(*command)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert ran.err.startswith(LOOKED)


def test_nothing_is_said_to_be_done_when_a_list_was_only_tried(sosu: Sosu) -> None:
    path = listed(sosu, person(0))
    ran = sosu.without_room("import", path, *IMMIGRANTS, "--dry-run")
    assert ran.err.startswith(LOOKED)


def test_it_ends_with_one_when_not_even_the_refusal_can_be_written(sosu: Sosu) -> None:
    for line in ('"$0" show IM-0042 --json >/dev/full 2>/dev/full', '"$0" area add Nord >/dev/full 2>&-'):
        ran = in_a_shell(sosu, line)
        assert (ran.code, ran.out, ran.err) == (1, "", "")
    refused = in_a_shell(sosu, '"$0" show IM-0042 --json >/dev/full')
    assert "reference" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_it_ends_quietly_when_nobody_reads_on(sosu: Sosu) -> None:
    for number in range(3):
        quickly(sosu).json("area", "add", f"Område {number}")
    for form in ("", "--json"):
        ran = in_a_shell(sosu, f'"$0" area list {form} | head -1; "$0" area list | true')
        assert ran.err == ""


def test_a_number_is_asked_for_when_standard_input_is_closed(sosu: Sosu) -> None:
    ran = in_a_shell(sosu, '"$0" "$@" <&-', "enrol", *IMMIGRANTS, *ENROL, "--cpr", "-")
    assert ran.code == 1
    assert ran.err.startswith("CPR-nummeret mangler på standard input")


def test_the_number_is_read_when_a_byte_order_mark_stands_before_it(quick: Sosu) -> None:
    enrolled = quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", stdin="\ufeff010190-1234\r\n")
    assert enrolled["enrolment"] == "IM-0001"
    found = quick.json("find", stdin="\ufeff010190-1234\r\n\r\n")
    assert [entry["enrolment"] for entry in found] == ["IM-0001"]


@pytest.mark.parametrize(
    "stdin", ["010190-1234\n010290-1234\n", "010190-1234\n" + "\n" * 9999 + "1"], ids=["two", "more"]
)
def test_no_number_is_picked_when_several_lines_are_sent(quick: Sosu, stdin: str) -> None:
    for command in (("find",), ("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-")):
        assert "én linje" in quick.refused(*command, stdin=stdin)


def test_a_terminal_without_danish_letters_is_told_how_to_get_them(sosu: Sosu) -> None:
    sosu.settings |= SPEECHLESS
    said = sosu.refused("area", "add", "Nørrebro")
    assert "LC_ALL=C.UTF-8" in said
    assert quickly(sosu).json("area", "list") == ["Syd", "Viby-Højbjerg"]


def test_a_list_is_found_when_its_name_has_letters_that_the_terminal_has_not(sosu: Sosu) -> None:
    path = listed(sosu, person(0))
    os.rename(path, sosu.home / "Nørre.csv")
    sosu.settings |= SPEECHLESS
    assert "1 række: 1 indskrevet" in sosu("import", "Nørre.csv", *IMMIGRANTS, "--dry-run", "--on", START).out


def test_the_answer_is_whole_when_the_terminal_knows_few_letters(sosu: Sosu) -> None:
    olena(quickly(sosu))
    sosu.settings["PYTHONIOENCODING"] = "latin-1"
    ran = subprocess.run(
        [PROGRAM, "drop", "IM-0001", "--reason", "moved", "--on", START],
        capture_output=True,
        cwd=sosu.home,
        env=sosu.environment(),
        check=True,
    )
    assert "Frafald" in ran.stdout.decode("latin-1")
