"""Running it: the schedules, and whether everything is in place."""

from __future__ import annotations

from dataclasses import asdict

import typer

from cli.finding import Finding
from cli.options import Json
from cli.output import answer, say, warn

app = typer.Typer()


@app.command()
def serve() -> None:
    """Vis siden, gennemgå forløbene og send beskeder efter tidsplanen, indtil du stopper det med Ctrl-C."""
    from flows.serve import serve as serve_until_stopped
    from settings import load
    from web.assets import refuse_missing
    from web.openid.chosen import chosen

    settings = load()
    refuse_missing(settings.assets_dir)
    chosen(settings)  # said here, where somebody reads it: the page is served by a child
    serve_until_stopped(say, "web.serving")


@app.command()
def doctor(as_json_: Json = False) -> None:
    """Se efter, om alt er på plads: databasen, nøglerne, beskederne, Prefect, disken, og om noget venter på nogen.

    FEJL er det, der holder programmet fra at virke, og giver exit-kode 1: også beskeder, der skulle være sendt for over
    en time siden, og forløb, der ikke kunne afgøres. OBS er noget for et menneske, uden at programmet fejler: opgivne
    beskeder, beskeder, der bliver ved med at slå fejl, modtagere, der mangler, og forløb uden koordinator.
    """
    from cli.doctor import examined
    from settings import load

    findings = examined(load())
    ok = all(found.ok for found in findings)
    answer({"ok": ok, "checks": [asdict(found) for found in findings]}, as_json_, lambda _: _tell(findings))
    if not ok:
        wrong = ", ".join(found.check for found in findings if not found.ok)
        warn(f"Ikke alt er på plads ({wrong}). Hver linje med FEJL siger, hvad der skal gøres.")
        raise typer.Exit(1)


def _tell(findings: list[Finding]) -> None:
    for found in findings:
        how = "FEJL" if not found.ok else "OBS" if found.remark else "ok"
        say(f"{how:5}{found.said} {found.remedy}".rstrip())
