"""Trial mode: until everybody is to get messages, only those on a list do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.desk import login, now, opened
from cli.options import Json
from cli.output import answer, confirm, say, table
from flows.posting import destinations_of
from notifications.channels.destination import Destination
from onboarding import trial as verbs

app = typer.Typer()
trial = typer.Typer(
    help="Prøvedrift: kun de medarbejdere, der står på en liste, får beskeder. Andres gemmes uden at blive sendt.",
    no_args_is_help=True,
)
app.add_typer(trial, name="trial")

Email = Annotated[str, typer.Argument(metavar="E-MAIL", help="En medarbejder, som findes i forvejen.")]


@trial.command()
def show(as_json_: Json = False) -> None:
    """Vis, om prøvedriften er slået til, og hvem der får beskeder imens."""
    with opened(publish=False) as desk, desk.database.read() as session:
        destination = verbs.farthest(session, destinations_of(desk.settings))
        on = verbs.standing(session).is_on(destination)
        found = {"on": on, "destination": destination, "recipients": verbs.recipients(session)}
    answer(found, as_json_, _print)


def _print(found: dict[str, Any]) -> None:
    if found["on"]:
        say("Prøvedriften er slået til: kun medarbejderne på prøvelisten får beskeder.")
    elif found["destination"] == Destination.FOLDER:
        say(
            "Beskeder bliver til filer, så der er ingen prøvedrift. Den begynder, når SOSU_MAIL_URL er sat, eller når "
            "nogen vil have besked på en anden måde."
        )
    else:
        say("Prøvedriften er slået fra: alle får deres beskeder.")
    rows = [(one["staff"], one["name"], "" if one["active"] else "taget ud") for one in found["recipients"]]
    if rows:
        table("Prøvelisten", ("e-mail", "navn", ""), rows)
    else:
        say("Prøvelisten er tom. Sæt nogen på den med »sosu trial add E-MAIL«.")


@trial.command()
def on(as_json_: Json = False) -> None:
    """Slå prøvedriften til."""
    _turn(True, as_json_)


@trial.command()
def off(as_json_: Json = False) -> None:
    """Slå prøvedriften fra: fra nu af får alle deres beskeder. Det, der er holdt tilbage, sendes ikke."""
    _turn(False, as_json_)


def _turn(to: bool, as_json_: bool) -> None:
    with opened(publish=False) as desk, desk.database.write() as session:
        verbs.turn(session, on=to, by=login(), at=now())
    told = "slået til: kun medarbejderne på prøvelisten får" if to else "slået fra: alle får fra nu af"
    confirm({"on": to}, as_json_, lambda _: say(f"Prøvedriften er {told} beskeder."))


@trial.command()
def add(email: Email, as_json_: Json = False) -> None:
    """Sæt en medarbejder på prøvelisten."""
    with opened(publish=False) as desk, desk.database.write() as session:
        verbs.add(session, email, by=login(), at=now())
    confirm({"staff": email, "listed": True}, as_json_, lambda _: say("Medarbejderen står på prøvelisten."))


@trial.command()
def remove(email: Email, as_json_: Json = False) -> None:
    """Tag en medarbejder af prøvelisten."""
    with opened(publish=False) as desk, desk.database.write() as session:
        verbs.remove(session, email, by=login(), at=now())
    confirm({"staff": email, "listed": False}, as_json_, lambda _: say("Medarbejderen er taget af prøvelisten."))
