"""Read a candidate list in, and take it back."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.desk import opened
from cli.options import By, CommandId, Json, On, Pathway
from cli.output import answer, as_json, confirm, progress, say, table, warn
from cli.streams import Unwritten
from engine.refusal import Refused
from onboarding.import_list import import_list, read_list
from onboarding.keyring import keyring_of
from onboarding.undo_import import undo_import
from reports.words import counted

app = typer.Typer()


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Listen: CSV eller XLSX fra jobcenteret.")],
    pathway: Pathway,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Prøv uden at gemme.")] = False,
    on: On = None,
    by: By = None,
    as_json_: Json = False,
) -> None:
    """Indlæs en kandidatliste. Er der én fejl, gemmes intet, og alle fejl vises på én gang."""
    try:
        with opened() as desk, progress("Indlæser", None, quiet=as_json_) as step:
            candidates = read_list(file)
            scope = desk.database.rehearse() if dry_run else desk.database.write()
            with scope as session:
                keyring = keyring_of(session, desk.settings.key_file)
                result = import_list(session, keyring, candidates, pathway, desk.signed(on, by), step)
    except Refused as refused:
        if not as_json_:
            raise
        with suppress(Unwritten):
            as_json(_none_of_it(refused))
        for reason in refused.reasons:
            warn(reason)
        raise typer.Exit(1) from None
    if dry_run:
        result |= {"saved": False, "enrolments": [], "import": None}  # the references belong to nobody
    tell = confirm if result["saved"] else answer
    tell(result, as_json_, partial(_tell, dry_run))
    if result["errors"]:
        warn(f"Intet er gemt: listen har {len(result['errors'])} fejl. Ret dem, og indlæs listen igen.")
        raise typer.Exit(1)


@app.command("undo-import")
def undo_import_(
    number: Annotated[int, typer.Argument(metavar="NUMMER", help="»import« i svaret fra »sosu import --json«.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Fortryd en indlæsning: dem, den indskrev, var en fejl. Afvises, hvis der er sket noget i et af forløbene."""
    with opened() as desk, desk.database.write() as session:
        made = undo_import(session, number, desk.signed(on, by, command_id))
    confirm(made, as_json_, _tell_undone)


def _tell_undone(made: dict[str, Any]) -> None:
    say(f"Indlæsningen er fortrudt: {counted(len(made['enrolments']), 'forløb', 'forløb')} er taget tilbage.")
    say(f"Koordinatorer, der får besked: {made['told']}. Beskeder, der ikke sendes: {made['unsent']}.")


def _none_of_it(refused: Refused) -> dict[str, Any]:
    """What a program reads when the list could not be read at all: faults of no row."""
    faults = [{"row": None, "column": None, "problem": reason} for reason in refused.reasons]
    nothing = dict.fromkeys(("rows", "created", "updated", "unchanged"), 0)
    return {
        **nothing,
        "errors": faults,
        "notices": [],
        "saved": False,
        "enrolments": [],
        "import": None,
        "outcomes": [],
        "known": [],
    }


def _tell(dry_run: bool, result: dict[str, Any]) -> None:
    headings = ("række", "kolonne", "hvad")
    for title, found in (("Fejl", result["errors"]), ("Bemærkninger", result["notices"])):
        if found:
            table(title, headings, [(f["row"] or "", f["column"], f["problem"]) for f in found])
    if not result["errors"]:
        prefix = "Prøve, intet er gemt: " if dry_run else ""
        rows = counted(result["rows"], "række", "rækker")
        say(
            f"{prefix}{rows}: {result['created']} indskrevet, {result['updated']} opdateret, "
            f"{result['unchanged']} uændret."
        )
