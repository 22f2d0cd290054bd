"""`sosu`: finds the command, loads what that one needs, and puts every refusal into a sentence and an exit code."""

from __future__ import annotations

import gc

# What is loaded at start stays: looking through it for garbage takes a tenth of the time until the first answer.
gc.disable()

import codecs  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from importlib import import_module  # noqa: E402
from io import TextIOWrapper  # noqa: E402
from typing import Any, TextIO  # noqa: E402

import typer  # noqa: E402

from engine.refusal import Refused  # noqa: E402
from models.cpr import redact  # noqa: E402

#: Which module holds which commands. Only the one that is asked for is loaded.
MODULES = {
    "cli.commands.looking": ("show", "board", "report", "list", "find"),
    "cli.commands.acting": (
        "enrol",
        "record",
        "withdraw",
        "move",
        "pause",
        "resume",
        "drop",
        "transfer",
        "assign",
        "renumber",
        "undo",
    ),
    "cli.commands.importing": ("import",),
    "cli.commands.sweeping": ("advance", "deliver", "messages", "resend", "incidents"),
    "cli.commands.staffing": ("area", "staff"),
    "cli.commands.users": ("user", "audit"),
    "cli.commands.pathways": ("pathway",),
    "cli.commands.demonstrating": ("demo",),
    "cli.commands.running": ("db", "serve", "doctor"),
}

HELP = """Fra ledighed til omsorgsarbejde: indskriv kandidater, følg deres forløb, og hold alle underrettet.

Begynd med »sosu demo«, som viser to forløb gennem to år, eller med »sosu area add«, »sosu staff add« og
»sosu import«. Hver kommando forklarer sig selv med --help."""


def build(arguments: list[str]) -> typer.Typer:
    """The program with the commands that these arguments can be about; all of them for the help page."""
    app = typer.Typer(
        name="sosu",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    wanted = arguments[0] if arguments else ""
    named = [module for module, commands in MODULES.items() if wanted in commands]
    for module in named or MODULES:
        app.add_typer(import_module(module).app)
    app.callback()(lambda: None)  # keeps the name of the command even where only one is loaded
    return app


class _WithoutNumbers:
    """Standard error, where a wrong command is told with the words that were typed: no CPR number stands there."""

    buffer = None  # Typer would write to it, past this, where the encoding is one that it does not like

    def __init__(self, stream: TextIO) -> None:
        if isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name == "ascii":
            stream.reconfigure(encoding="utf-8", errors="replace")  # which is what Typer writes then
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(redact(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def main() -> None:
    sys.stderr = _WithoutNumbers(sys.stderr)
    try:
        app = build(sys.argv[1:])
        gc.freeze()
        gc.set_threshold(50_000)  # a page of a sweep makes many small values that are soon gone, and no circles
        gc.enable()
        app(prog_name="sosu")
    except Refused as refused:
        fail(*refused.reasons)
    except Exception as error:
        if os.environ.get("SOSU_DEBUG"):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        fail(
            f"Uventet fejl: {type(error).__name__} i {frame.name}, linje {frame.lineno}. "
            "Intet er gemt. Sæt SOSU_DEBUG=1 for at se hele fejlen."
        )


def fail(*sentences: str) -> None:
    if "--json" in sys.argv:
        typer.echo(json.dumps({"refused": sentences}, ensure_ascii=False, indent=2))
    for sentence in sentences:
        typer.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
