"""Who signs in to the page, and whether the audit log is whole."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from cli.desk import login, now, opened
from cli.options import Areas, Json
from cli.output import as_json, say, table, warn
from engine.refusal import Refused
from onboarding import audit as log
from onboarding import users
from onboarding.passwords import hashed

app = typer.Typer()
user = typer.Typer(help="Brugere: medarbejdere, der kan logge ind på siden.", no_args_is_help=True)
audit = typer.Typer(help="Revisionssporet: hvem der loggede ind, og hvem der så hvad.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(audit, name="audit")

_ROLES = "coordinator, jobcenter_officer, manager, data_protection_officer eller administrator."


@user.command("add")
def add_user(
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    role: Annotated[str, typer.Option("--role", help=_ROLES)],
    name: Annotated[str | None, typer.Option("--name", help="Navn. Uden: det kendte, ellers af e-mailen.")] = None,
    areas: Areas = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Læs adgangskoden fra standard input, én linje.")
    ] = False,
    as_json_: Json = False,
) -> None:
    """Giv en medarbejder adgang til siden, ny eller kendt. Der spørges om adgangskoden.

    En kendt logges af overalt, og deres adgangsnøgler tilbagekaldes.
    """
    password = hashed(_password(password_stdin))
    with opened() as desk, desk.database.write() as session:
        made = users.add_user(session, email, role, password, by=login(), at=now(), name=name, areas=areas or [])
    if as_json_:
        as_json(made)
    else:
        where = ", ".join(made["areas"]) or "alle områder"
        say(f"{made['user']} kan nu logge ind: {made['role']}, {where}.")


@user.command("list")
def list_users(as_json_: Json = False) -> None:
    """Vis dem, der kan logge ind med en adgangskode."""
    with opened(publish=False) as desk, desk.database.read() as session:
        found = users.users(session)
    if as_json_:
        as_json(found)
        return
    rows = [(p["user"], p["name"], p["role"], ", ".join(p["areas"]) or "alle") for p in found]
    table("Brugere", ("e-mail", "navn", "rolle", "områder"), rows)


@audit.command()
def verify(
    kept: Annotated[
        str | None, typer.Option("--seal", help="Seglet, som kommandoen skrev sidst, og som I har gemt et andet sted.")
    ] = None,
    as_json_: Json = False,
) -> None:
    """Se efter, om nogen har ændret eller fjernet noget i revisionssporet."""
    with opened(publish=False) as desk, desk.database.read() as session:
        found = log.verify(session, kept)
    wrong = _what_is_wrong(found)
    if as_json_:
        as_json({"ok": wrong is None} | asdict(found))
    elif wrong is None:
        say(f"Revisionssporet er helt: {found.rows} rækker.\nSegl: {found.seal}")
        say("Gem seglet uden for databasen, og giv det næste gang med --seal: så ses det også, hvis enden er fjernet.")
    if wrong is not None:
        warn(f"{wrong} Sammenlign med en sikkerhedskopi.")
        raise typer.Exit(1)


def _what_is_wrong(found: log.Verified) -> str | None:
    if found.broken_at is not None:
        return f"Revisionssporet er brudt ved række {found.broken_at}: den eller noget før den er ændret eller fjernet."
    if found.fits is False:
        return "Revisionssporet passer ikke til seglet: rækker fra dengang er fjernet eller skrevet om."
    return None


def _password(from_stdin: bool) -> str:
    """Raises `Refused` when there is nobody to ask."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Refused("Der er ingen terminal at spørge i. Giv adgangskoden på standard input med --password-stdin.")
    return str(typer.prompt("Adgangskode", hide_input=True, confirmation_prompt="Adgangskoden igen", err=True))
