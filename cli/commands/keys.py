"""The keys that CPR numbers and addresses are sealed with: which there are, and changing them while people work."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import typer

from cli.desk import now, opened
from cli.options import Json
from cli.output import Step, answer, confirm, progress, say, table, warn
from reports.words import counted

app = typer.Typer()
keys = typer.Typer(
    help="Nøglerne, som CPR-numre og adresser er låst med: se dem, og skift dem, mens der arbejdes.",
    no_args_is_help=True,
)
app.add_typer(keys, name="keys")

_REST = 0.02  # seconds between two pages, in which others get their turn


@keys.command()
def status(as_json_: Json = False) -> None:
    """Vis, hvilke nøgler der er, og hvor mange rækker hver af dem endnu låser."""
    from onboarding.key_use import standing

    with opened(publish=False) as desk, desk.database.read() as session:
        found = standing(session, desk.settings.key_file)
    answer(found, as_json_, _tell_status)


def _tell_status(found: dict[str, Any]) -> None:
    rows = [
        (one["key"], "ja" if one["active"] else "", "ja" if one["in_file"] else "mangler", one["rows"])
        for one in found["keys"]
    ]
    table("Nøgler", ("nøgle", "låser nu", "i nøglefilen", "rækker"), rows)
    say(
        {
            "none": "Nøglen er ikke under skift. Skift den med »sosu keys rotate«.",
            "prepared": "En ny nøgle er klar. Kopiér nøglefilen til alle maskiner, og kør »sosu keys rotate«.",
            "unfinished": "Skiftet er ikke færdigt: kør »sosu keys rotate«, som fortsætter, hvor det slap.",
            "done": "Skiftet er færdigt. Tag de tidligere nøgler ud med »sosu keys retire«, når ingen skal bruge dem.",
        }[found["rotation"]]
    )


@keys.command()
def add(as_json_: Json = False) -> None:
    """Læg en ny nøgle i nøglefilen uden at tage den i brug, så filen først kan kopieres til andre maskiner."""
    from onboarding.rotate import prepare

    with opened(publish=False) as desk:
        made = prepare(desk.database, desk.settings.key_file)
    confirm({"key": made}, as_json_, lambda _: _tell_added(made))


def _tell_added(made: str) -> None:
    say(f"Nøglen {made} ligger i nøglefilen og bruges ikke endnu. Kopiér nu filen til alle maskiner, der har en,")
    say("og tag en sikkerhedskopi af den. Kør så »sosu keys rotate«.")


@keys.command()
def rotate(as_json_: Json = False) -> None:
    """Tag en ny nøgle i brug, og lås alt med den, mens der arbejdes. Afbrydes det, så kør det igen.

    Er der flere maskiner med en nøglefil, så kør »sosu keys add« først, og kopiér filen til dem. Den tidligere nøgle
    bliver i filen, til »sosu keys retire« tager den ud.
    """
    from onboarding.key_use import keys_in_use
    from onboarding.rotate import rotate as change

    with opened(publish=False) as desk:
        with desk.database.read() as session:
            total = sum(keys_in_use(session).values())
        with progress("Låser", total, quiet=as_json_) as step:
            found = change(desk.database, desk.settings.key_file, now(), _resting(step))
    confirm(asdict(found), as_json_, _tell_rotated)
    if found.left or found.unreadable:
        _warn_left(found.left, found.unreadable)
        raise typer.Exit(1)


def _resting(step: Step) -> Step:
    def told(rows: int) -> None:
        step(rows)
        time.sleep(_REST)

    return told


def _tell_rotated(found: dict[str, Any]) -> None:
    begun = "er taget i brug" if found["new"] else "var taget i brug, og skiftet er fortsat"
    say(f"Nøglen {found['active']} {begun}: {counted(found['resealed'], 'række', 'rækker')} er låst om.")
    if not found["left"] and not found["unreadable"]:
        say(
            "Alt er nu låst med den. Tag en sikkerhedskopi af nøglefilen, og kopiér den til andre maskiner, der har en."
        )
        say("Den tidligere nøgle tages ud med »sosu keys retire«: tidligst i morgen, og gem den sammen med nøglefilens")
        say("sikkerhedskopi, så længe I har sikkerhedskopier af databasen fra før skiftet.")


def _warn_left(left: int, unreadable: tuple[str, ...]) -> None:
    if left > 0:
        rows = counted(left, "række", "rækker")
        warn(f"{rows} er endnu låst med en tidligere nøgle, ændret imens. Kør kommandoen igen.")
    if unreadable:
        rows, shown = counted(len(unreadable), "række", "rækker"), ", ".join(unreadable[:5])
        warn(
            f"{rows} kan ikke åbnes med nogen nøgle i filen ({shown}) og er, som før. Læg den nøglefil tilbage, som "
            "der blev låst med, eller ret dem: nyt nummer med »sosu renumber«, ny adresse med »sosu prefs contact«."
        )


@keys.command()
def retire(as_json_: Json = False) -> None:
    """Tag de tidligere nøgler ud af nøglefilen, når de ikke låser noget mere.

    Sikkerhedskopier af databasen fra før skiftet kan kun læses med en nøglefil, som har dem: gem en kopi. Formularer,
    der blev åbnet før skiftet, må begyndes forfra. Kommandoer fra før besvares ikke igen, men udføres heller ikke igen.
    """
    from onboarding.rotate import retire as take_out

    with opened(publish=False) as desk, progress("Glemmer", None, quiet=as_json_) as step:
        gone = take_out(desk.database, desk.settings.key_file, _resting(step))
    confirm({"retired": gone}, as_json_, lambda _: _tell_retired(gone))


def _tell_retired(gone: list[str]) -> None:
    say(f"{', '.join(gone)} er taget ud af nøglefilen. Kopiér filen til andre maskiner, der har en, og gem en kopi.")
