"""Options that several commands share, each defined once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


_YEARS = range(1900, 2200)  # in any other something was mistyped, and no calendar could go on from the last of them


def as_date(text: str) -> date:
    for form in _FORMATS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
        if day.year not in _YEARS:
            raise typer.BadParameter("årstallet kan ikke passe; ret det")
        return day
    raise typer.BadParameter("skriv datoen som 2026-09-01 eller 01-09-2026")


def day_option(help_text: str, *names: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(*names, parser=as_date, metavar="DATO", help=help_text)
    return option


_BY = "Hvem der gør det: en medarbejders e-mail. Udelades det, skrives »cli:« og dit login."

Json = Annotated[bool, typer.Option("--json", help="Ét JSON-dokument på standard output, til programmer.")]
On = Annotated[date | None, day_option("Den dag, der afgøres på. Normalt i dag.", "--on")]
From = Annotated[date | None, day_option("Periodens første dag. Udelades den, fra begyndelsen.", "--from")]
To = Annotated[date | None, day_option("Periodens sidste dag. Udelades den, til nu.", "--to")]
By = Annotated[str | None, typer.Option("--by", help=_BY)]
CommandId = Annotated[str | None, typer.Option("--command-id", help="Samme id to gange virker kun én gang.")]
Pathway = Annotated[str, typer.Option("--pathway", help="Forløbets nøgle; se »sosu pathway list«.")]
Reference = Annotated[str, typer.Argument(metavar="REF", help="Forløbets reference, fx IM-0042.")]
Areas = Annotated[
    list[str] | None, typer.Option("--area", help="Værtsområde; kan gentages. Ingen: de kendte, ellers alle.")
]
