"""Running it: the database, the schedules, and whether everything is in place."""

from __future__ import annotations

from dataclasses import asdict

import typer

from cli.options import Json
from cli.output import as_json, say

app = typer.Typer()
db = typer.Typer(help="Databasen.", no_args_is_help=True)
app.add_typer(db, name="db")


@db.command()
def upgrade(as_json_: Json = False) -> None:
    """Bring databasen til programmets udgave. Sker af sig selv på en tom database."""
    from cli.desk import upgraded

    revision = upgraded()
    if as_json_:
        as_json({"revision": revision})
    else:
        say(f"Databasen er i udgave {revision}.")


@app.command()
def serve() -> None:
    """Vis siden, gennemgå forløbene og send beskeder efter tidsplanen, indtil du stopper det med Ctrl-C."""
    from flows.serve import serve as serve_until_stopped
    from settings import load
    from web.assets import refuse_missing

    refuse_missing(load().assets_dir)
    serve_until_stopped(say, "web.serving")


@app.command()
def doctor(as_json_: Json = False) -> None:
    """Se efter, om alt er på plads: databasen, nøglerne, beskederne, Prefect og disken."""
    from cli.doctor import examined
    from settings import load

    findings = examined(load())
    if as_json_:
        as_json({"ok": all(found.ok for found in findings), "checks": [asdict(found) for found in findings]})
    else:
        for found in findings:
            say(f"{'ok' if found.ok else 'FEJL':5}{found.said} {found.remedy}".rstrip())
    if not all(found.ok for found in findings):
        raise typer.Exit(1)
