"""The database as a whole: bringing it to the program's shape, and moving it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.options import Json
from cli.output import confirm, progress, say, table, warn

app = typer.Typer()
db = typer.Typer(help="Databasen: opgradér den, flyt den, sikkerhedskopiér den.", no_args_is_help=True)
app.add_typer(db, name="db")

To = Annotated[
    str, typer.Option("--to", metavar="ADRESSE", help="En tom PostgreSQL-database: postgresql://bruger@vært/database.")
]


@db.command()
def upgrade(as_json_: Json = False) -> None:
    """Bring databasen til programmets udgave. Sker af sig selv på en tom database."""
    from cli.desk import upgraded

    revision = upgraded()
    confirm({"revision": revision}, as_json_, lambda made: say(f"Databasen er i udgave {made['revision']}."))


@db.command()
def move(to: To, as_json_: Json = False) -> None:
    """Flyt alt fra SQLite til en tom PostgreSQL-database, og se efter, at hver tabel er den samme.

    Stop »sosu serve« og cron først: det, der skrives imens, kommer ikke med. SQLite-databasen bliver, som den er. Går
    noget galt, er der intet i den nye.
    """
    from dataclasses import asdict

    from flows.stored import stored, told
    from models import moving
    from models.schema import HEAD
    from settings import load

    with stored(load().database_url) as source, stored(to, "--to") as target, told("--to"):
        moving.refuse_kinds(source, target)
        with moving.watched(source) as changed:
            total = 2 * moving.to_send(source)  # each row is sent, and read again
            with progress("Flytter", total, quiet=as_json_) as step:
                moved = moving.move(source, target, step)
            found = {
                "revision": HEAD,
                "rows": sum(each.rows for each in moved),
                "changed_meanwhile": changed(),
                "tables": [asdict(each) for each in moved],
            }
    confirm(found, as_json_, _tell_moved)
    if found["changed_meanwhile"]:
        warn(
            "Der er skrevet i den gamle database imens, og det kom måske ikke med. Stop »sosu serve« og cron, lav en "
            "ny, tom database, og flyt igen."
        )


def _tell_moved(found: dict[str, Any]) -> None:
    rows = [(one["table"], one["rows"], one["checksum"][:16]) for one in found["tables"]]
    table("Flyttet", ("tabel", "rækker", "kontrolsum"), rows)
    say(f"{found['rows']} rækker er flyttet, og hver tabel er den samme i begge databaser.")
    say("Ret nu SOSU_DATABASE_URL til den nye, og kør »sosu doctor«. Nøglefilen er den samme som før.")
