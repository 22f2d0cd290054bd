"""Running it: the schedules, and whether everything is in place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli.finding import Finding
from cli.options import Json
from cli.output import answer, say, warn

app = typer.Typer()

_SHOWN = 20  # of what a check names one by one


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


Deep = Annotated[
    bool, typer.Option("--deep", help="Gennemgå også alt, der er gemt: hver historik, hver besked, hvert CPR-nummer.")
]


@app.command()
def doctor(deep: Deep = False, as_json_: Json = False) -> None:
    """Se efter, om alt er på plads: databasen, nøglerne, beskederne, Prefect, disken, og om noget venter på nogen.

    FEJL er det, der holder programmet fra at virke, og giver exit-kode 1: også beskeder, der skulle være sendt for over
    en time siden, og forløb, der ikke kunne afgøres. OBS er noget for et menneske, uden at programmet fejler: opgivne
    beskeder, beskeder, der bliver ved med at slå fejl, modtagere, der mangler, og forløb uden koordinator.

    Med --deep gennemgås alt, der er gemt, mens andre arbejder: et minut eller to for hundrede tusind forløb. Hver
    linje med FEJL følges af det, den fandt, med referencer.
    """
    from cli.doctor import examined
    from settings import load

    findings = examined(load(), deep=deep, quiet=as_json_)
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
        for detail in found.details[:_SHOWN]:
            say(f"     {detail}")
        if len(found.details) > _SHOWN:
            say(f"     … og {len(found.details) - _SHOWN} til, som --json viser.")
