"""`sosu`: finds the command, loads what that one needs, and puts every refusal into a sentence and an exit code."""

from __future__ import annotations

import gc

# What is loaded at start stays: looking through it for garbage takes a tenth of the time until the first answer.
gc.disable()

import os  # noqa: E402
import sys  # noqa: E402
from contextlib import suppress  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Annotated  # noqa: E402

import typer  # noqa: E402

from cli.output import Unconfirmed, as_json, say, warn  # noqa: E402
from cli.streams import Answers, Complaints, Unwritten  # noqa: E402
from engine.fault import where  # noqa: E402
from engine.refusal import Refused  # noqa: E402

#: Which module holds which commands. Only the one that is asked for is loaded.
MODULES = {
    "cli.commands.looking": ("show", "board", "report", "list", "find"),
    "cli.commands.acting": (
        "enrol",
        "record",
        "withdraw",
        "move",
        "pause",
        "prolong",
        "resume",
        "drop",
        "transfer",
        "assign",
        "renumber",
        "undo",
    ),
    "cli.commands.resting": ("snooze", "elsewhere", "remind"),
    "cli.commands.importing": ("import", "undo-import"),
    "cli.commands.sweeping": ("advance", "deliver", "messages", "resend", "incidents"),
    "cli.commands.wording": ("message",),
    "cli.commands.staffing": ("area", "staff"),
    "cli.commands.users": ("user", "audit"),
    "cli.commands.tokens": ("token",),
    "cli.commands.trial": ("trial",),
    "cli.commands.calendars": ("calendar",),
    "cli.commands.prefs": ("prefs",),
    "cli.commands.pathways": ("pathway",),
    "cli.commands.demonstrating": ("demo",),
    "cli.commands.databases": ("db",),
    "cli.commands.keys": ("keys",),
    "cli.commands.running": ("serve", "doctor"),
    "cli.commands.deploying": ("deploy",),
}

HELP = """Fra ledighed til omsorgsarbejde: indskriv kandidater, følg deres forløb, og hold alle underrettet.

Begynd med »sosu demo«, som viser to forløb gennem to år, eller med »sosu area add«, »sosu staff add« og
»sosu import«. Hver kommando forklarer sig selv med --help."""

_DONE = "Handlingen er udført, men svaret kunne ikke skrives: gentag den ikke, men se efter, hvor svaret sendes hen."
_LOOKED = "Svaret kunne ikke skrives: se efter, hvor det sendes hen, og om der er plads."


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
    app.callback()(_callback)
    return app


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"sosu {version('sosu-onboarding')}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Vis programmets udgave.")
]


def _callback(version: _Version = False) -> None:
    """Keeps the name of the command even where only one is loaded."""


def main() -> None:
    sys.stdout, sys.stderr = Answers(sys.stdout), Complaints(sys.stderr)
    try:
        _refuse_unreadable(sys.argv[1:])
        app = build(sys.argv[1:])
        gc.freeze()
        gc.set_threshold(50_000)  # a page of a sweep makes many small values that are soon gone, and no circles
        gc.enable()
        app(prog_name="sosu")
    except Refused as refused:
        fail(*refused.reasons)
    except Unwritten as lost:
        if not lost.unwanted:
            warn(_DONE if isinstance(lost, Unconfirmed) else _LOOKED)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("SOSU_DEBUG"):
            raise
        fail(
            f"Uventet fejl: {where(error, '{kind} i {function}, linje {line}')}. "
            "Det, kommandoen var i gang med, er ikke gemt. Sæt SOSU_DEBUG=1 for at se hele fejlen."
        )


def _refuse_unreadable(arguments: list[str]) -> None:
    """A terminal without Danish letters gives them as half characters, which nothing but a file's name can hold."""
    for argument in arguments:
        if any("\udc80" <= letter <= "\udcff" for letter in argument) and not os.path.exists(argument):
            raise Refused("Terminalen kan ikke skrive æ, ø og å. Sæt LC_ALL=C.UTF-8, og giv kommandoen igen.")


def fail(*sentences: str) -> None:
    if "--json" in sys.argv:
        with suppress(Unwritten):  # what was refused matters more, and is still told
            as_json({"refused": sentences})
    for sentence in sentences:
        warn(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main()
