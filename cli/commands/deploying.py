"""Running it on several machines: what Prefect's workers are to do."""

from __future__ import annotations

from typing import Any

import typer

from cli.options import Json
from cli.output import confirm, say

app = typer.Typer()


@app.command()
def deploy(as_json_: Json = False) -> None:
    """Til flere maskiner: fortæl Prefects server, hvad der skal køres, så arbejderne kan dele det mellem sig.

    Serveren er den i PREFECT_API_URL. Gennemgangen af hvert forløb deles i SOSU_SHARDS dele. Gør det igen efter hver
    opgradering, og når tiderne eller antallet af dele er ændret. På én maskine er det »sosu serve«, der skal bruges.
    """
    from flows.pool import deploy as register
    from settings import load

    confirm(register(load()), as_json_, _tell)


def _tell(made: dict[str, Any]) -> None:
    say(f"Prefect kender nu {len(made['deployments'])} opgaver i puljen »{made['pool']}«:")
    for name in made["deployments"]:
        say(f"  {name}")
    if made["removed"]:
        say(f"Fjernet: {', '.join(made['removed'])}.")
    say(f"Start arbejdere med »prefect worker start --pool {made['pool']}«.")
