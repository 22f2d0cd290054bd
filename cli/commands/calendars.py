"""The addresses at which calendar programs fetch a coordinator's deadlines."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.desk import login, now, opened
from cli.options import Json
from cli.output import confirm, say
from onboarding import calendar_feeds

app = typer.Typer()
calendar = typer.Typer(
    help="Kalenderadresser: et kalenderprogram henter en koordinators frister.", no_args_is_help=True
)
app.add_typer(calendar, name="calendar")

_Email = Annotated[str, typer.Argument(metavar="E-MAIL", help="Koordinatoren, hvis frister det er.")]


@calendar.command()
def new(email: _Email, as_json_: Json = False) -> None:
    """Lav en kalenderadresse. Den vises kun denne ene gang, og koordinatorens gamle holder op."""
    with opened(publish=False) as desk, desk.database.write() as session:
        issued = calendar_feeds.issue(session, email, by=login(), at=now())
    address = issued.address(desk.settings.public_url)
    confirm({"staff": issued.staff, "made_at": issued.made_at, "address": address}, as_json_, _tell)


def _tell(made: dict[str, Any]) -> None:
    say(f"Kalenderadresse til {made['staff']}. Kopiér den nu; den vises ikke igen:")
    say(made["address"])


@calendar.command()
def revoke(email: _Email, as_json_: Json = False) -> None:
    """Tilbagekald en kalenderadresse. Den virker ikke mere fra nu af."""
    with opened(publish=False) as desk, desk.database.write() as session:
        whose = calendar_feeds.revoke(session, email, by=login(), at=now())
    said = {"staff": whose, "revoked": True}
    confirm(said, as_json_, lambda _: say(f"Kalenderadressen til {whose} er tilbagekaldt."))
