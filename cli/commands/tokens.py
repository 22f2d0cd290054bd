"""Tokens by which programs act in somebody's name: for service accounts, and before anybody has signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.desk import login, now, opened
from cli.options import Json
from cli.output import answer, confirm, danish, say, table
from engine.workdays import DENMARK
from models.staff import Role
from onboarding import tokens
from web.permissions import TokenScope, chosen

app = typer.Typer()
token = typer.Typer(help="Adgangsnøgler: et program handler med dem i en medarbejders navn.", no_args_is_help=True)
app.add_typer(token, name="token")


@token.command()
def add(
    email: Annotated[str, typer.Argument(metavar="E-MAIL", help="Den, som programmet handler på vegne af.")],
    name: Annotated[str, typer.Option("--name", help="Fx det program, der skal bruge den.")],
    scopes: Annotated[list[str], typer.Option("--scope", help=f"Kan gentages: {', '.join(TokenScope)}.")],
    days: Annotated[int, typer.Option("--days", help="Så længe gælder den.")] = tokens.USUAL_DAYS,
    as_json_: Json = False,
) -> None:
    """Lav en adgangsnøgle. Den vises kun denne ene gang."""
    with opened() as desk, desk.database.write() as session:
        owner = tokens.owner(session, email)
        allowed = chosen(Role(owner.role), scopes)
        issued = tokens.issue(session, owner, name, allowed, days, by=login(), at=now())
        made = tokens.said(issued.token, owner.email) | {"secret": issued.secret}
    confirm(made, as_json_, _tell)


def _tell(made: dict[str, Any]) -> None:
    say(f"Adgangsnøgle {made['token']} gælder til {_day(made['ends_at'])}. Kopiér den nu; den vises ikke igen:")
    say(made["secret"])


@token.command("list")
def list_(as_json_: Json = False) -> None:
    """Vis alle adgangsnøgler: hvis de er, hvad de må, og hvornår de sidst blev brugt."""
    with opened(publish=False) as desk, desk.database.read() as session:
        found = tokens.listed(session)
    answer(found, as_json_, _print_list)


def _print_list(found: list[dict[str, Any]]) -> None:
    rows = [
        (one["token"], one["staff"], one["name"], ", ".join(one["scopes"]), _day(one["ends_at"]), _day(one["used_at"]))
        for one in found
    ]
    table("Adgangsnøgler", ("nr.", "ejer", "navn", "må", "gælder til", "sidst brugt"), rows)


@token.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="NR", help="Nøglens nummer; se »sosu token list«.")],
    as_json_: Json = False,
) -> None:
    """Tilbagekald en adgangsnøgle. Den virker ikke mere fra nu af."""
    with opened(publish=False) as desk, desk.database.write() as session:
        name = tokens.revoke(session, number, by=login(), at=now())
    said = {"token": number, "name": name, "revoked": True}
    confirm(said, as_json_, lambda _: say(f"Adgangsnøgle {number} ({name}) er tilbagekaldt."))


def _day(at: datetime | None) -> str:
    """The day in Denmark."""
    return danish(at.astimezone(DENMARK).date() if at else None)
