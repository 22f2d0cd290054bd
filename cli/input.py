"""What is sent to a command on standard input: a CPR number, and nothing else."""

from __future__ import annotations

import sys

import typer

from engine.refusal import Refused

_LONGEST = 1024  # bytes; blanks and line breaks around the number are none of its business


def cpr_from_input(option: str) -> str:
    """The CPR number from standard input: an argument would show among the processes and in the shell's history."""
    if option != "-":
        raise Refused("CPR-nummeret må ikke stå på kommandolinjen. Skriv »--cpr -«, og send det på standard input.")
    if sys.stdin is None:  # closed before the program began
        raise Refused("CPR-nummeret mangler på standard input. Send det ind, fx fra en fil: --cpr - < fil")
    if sys.stdin.isatty():
        typed: str = typer.prompt("CPR-nummer", hide_input=True)
        return typed
    sent = (
        sys.stdin.buffer.read(_LONGEST).decode("utf-8-sig", errors="replace").strip()
    )  # PowerShell sends a mark first
    if len(sent.splitlines()) > 1 or sys.stdin.buffer.read(1):
        raise Refused("Standard input har mere end ét CPR-nummer. Send ét ad gangen, på én linje.")
    return sent
