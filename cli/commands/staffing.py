"""Host areas and staff."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.desk import login, now, opened
from cli.options import Areas, Json
from cli.output import answer, confirm, say, table
from onboarding import staffing, users

app = typer.Typer()
area = typer.Typer(help="Værtsområder.", no_args_is_help=True)
staff = typer.Typer(help="Medarbejdere: koordinatorer, ledere og jobcentermedarbejdere.", no_args_is_help=True)
app.add_typer(area, name="area")
app.add_typer(staff, name="staff")


@area.command("add")
def add_area(name: Annotated[str, typer.Argument(metavar="NAVN")], as_json_: Json = False) -> None:
    """Opret et værtsområde."""
    with opened() as desk, desk.database.write() as session:
        made = users.put_area(session, name, by=login(), at=now())
    confirm(made, as_json_, _tell_area)


def _tell_area(made: dict[str, Any]) -> None:
    say(f"Værtsområdet {made['area']} {'er oprettet' if made['created'] else 'findes allerede'}.")


@area.command("list")
def list_areas(as_json_: Json = False) -> None:
    """Vis værtsområderne."""
    with opened(publish=False) as desk, desk.database.read() as session:
        names = staffing.areas(session)
    answer(names, as_json_, lambda names: table("Værtsområder", ("navn",), [(name,) for name in names]))


@staff.command("add")
def add_staff(
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    name: Annotated[str, typer.Option("--name", help="Medarbejderens navn.")],
    role: Annotated[str, typer.Option("--role", help="coordinator, manager eller jobcenter_officer.")],
    areas: Areas = None,
    as_json_: Json = False,
) -> None:
    """Opret en medarbejder, eller ret en kendt."""
    with opened() as desk, desk.database.write() as session:
        made = users.put_staff(session, email, name, role, areas or [], by=login(), at=now())
    confirm(made, as_json_, _tell_added)


def _tell_added(made: dict[str, Any]) -> None:
    where = ", ".join(made["areas"]) or "alle områder"
    say(f"{made['staff']} er {'oprettet' if made['created'] else 'rettet'}: {made['role']}, {where}.")
    _tell_stood_in_for(made)


@staff.command("remove")
def remove_staff(email: Annotated[str, typer.Argument(metavar="E-MAIL")], as_json_: Json = False) -> None:
    """Tag en medarbejder ud: får ikke flere beskeder. Historikken bevares."""
    with opened() as desk, desk.database.write() as session:
        made = users.take_out(session, email, by=login(), at=now())
    confirm(made, as_json_, _tell_removed)


def _tell_removed(made: dict[str, Any]) -> None:
    say(f"{made['staff']} er taget ud og får ikke flere beskeder.")
    if made["enrolments"]:
        say(f"Mangler en koordinator: {', '.join(made['enrolments'])}.")
        say("Overdrag dem én for én med »sosu assign«, eller mange på én gang med en liste.")
    _tell_stood_in_for(made)


def _tell_stood_in_for(made: dict[str, Any]) -> None:
    if made["stood_in_for"]:
        say(f"Har ikke længere en stedfortræder og får selv deres beskeder: {', '.join(made['stood_in_for'])}.")


@staff.command("list")
def list_staff(as_json_: Json = False) -> None:
    """Vis medarbejderne."""
    with opened(publish=False) as desk, desk.database.read() as session:
        people = staffing.staff(session)
    answer(people, as_json_, _print_staff)


def _print_staff(people: list[dict[str, Any]]) -> None:
    rows = [
        (p["staff"], p["name"], p["role"], ", ".join(p["areas"]) or "alle", "ja" if p["active"] else "nej")
        for p in people
    ]
    table("Medarbejdere", ("e-mail", "navn", "rolle", "områder", "aktiv"), rows)
