"""The database as a whole: bringing it to the program's shape, and moving it."""

from __future__ import annotations

from pathlib import Path
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


@db.command()
def backup(
    to: Annotated[Path, typer.Argument(metavar="FIL", help="Findes ikke i forvejen.")], as_json_: Json = False
) -> None:
    """Tag en sikkerhedskopi af databasen, også mens der arbejdes. Nøglefilen er ikke med.

    Kopien ses efter, før den får sit navn, og der skrives aldrig oven i noget. Af PostgreSQL tages den af pg_dump.
    """
    from flows.backups import backup as back_up
    from settings import load

    settings = load()
    with progress("Kopierer", None, quiet=as_json_) as step:
        made = back_up(settings, to, step)
    confirm(made, as_json_, lambda found: _tell_backup(found, settings.key_file))


def _tell_backup(found: dict[str, Any], key_file: Path) -> None:
    say(f"Sikkerhedskopien er i {found['to']} ({found['bytes']} byte). Databasen er i udgave {found['revision']}.")
    if found["keys"]:
        names = ", ".join(found["keys"])
        say(
            f"Nøglefilen er ikke med. Kopien kan kun læses sammen med {key_file} (nøgle {names}): gem også den, men et "
            "andet sted. Den, der har begge, kan læse alle CPR-numre."
        )


@db.command()
def restore(
    path: Annotated[Path, typer.Argument(metavar="FIL", help="En kopi fra »sosu db backup«.")], as_json_: Json = False
) -> None:
    """Læg en sikkerhedskopi tilbage, hvor der ingen database er. Nøglefilen skal være lagt tilbage først.

    Kopien ses efter, og nøglefilen prøves på den. Går noget galt, er der ingen database bagefter. Den opgraderes ikke.
    """
    from flows.backups import restore as put_back
    from settings import load

    confirm(put_back(load(), path), as_json_, _tell_restored)


def _tell_restored(found: dict[str, Any]) -> None:
    opened = f", og nøglefilen passer til den (nøgle {', '.join(found['keys'])})" if found["keys"] else ""
    say(f"Sikkerhedskopien er lagt tilbage og er hel{opened}.")
    revision, program = found["revision"], found["program"]
    if revision < program:
        say(f"Den er i udgave {revision}, programmet i {program}: kør »sosu db upgrade«, før I begynder.")
    elif revision > program:
        say(f"Den er i udgave {revision}, programmet i {program}: installér den nyere udgave af programmet.")
    else:
        say(f"Den er i udgave {revision}, som programmet. Kør »sosu doctor«, og start.")
    say("Det, der skete efter kopien, er væk. Beskeder, der er sendt siden, kan blive sendt igen.")
