"""The pathways themselves: which there are, what they say, and how they look."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.desk import opened
from cli.options import Json
from cli.output import answer, say, table
from engine.diagram import diagram
from engine.pathway import Pathway
from onboarding.pathways import known_keys, newest
from reports.definition import published

app = typer.Typer()
pathway = typer.Typer(help="Forløbsdefinitioner.", no_args_is_help=True)
app.add_typer(pathway, name="pathway")

Key = Annotated[str, typer.Argument(metavar="FORLØB", help="Forløbets nøgle; se »sosu pathway list«.")]


@pathway.command("list")
def list_(as_json_: Json = False) -> None:
    """Vis forløbene."""
    with opened() as desk, desk.database.read() as session:
        found = [newest(session, key) for key in known_keys(session)]
    listed = [{"pathway": p.key, "version": p.version, "title": p.title, "source": p.source} for p in found]
    answer(listed, as_json_, _print_list)


def _print_list(listed: list[dict[str, Any]]) -> None:
    rows = [(p["pathway"], p["version"], p["title"]) for p in listed]
    table("Forløb", ("nøgle", "version", "titel"), rows)


@pathway.command()
def show(key: Key, as_json_: Json = False) -> None:
    """Vis et forløbs trin, betingelser og milepæle."""
    found = _newest(key)
    answer(published(found), as_json_, lambda _: _print(found))


@pathway.command("diagram")
def diagram_(key: Key, as_json_: Json = False) -> None:
    """Skriv forløbet som et Mermaid-diagram."""
    found = _newest(key)
    drawn = {"pathway": found.key, "version": found.version, "mermaid": diagram(found)}
    answer(drawn, as_json_, lambda _: say(diagram(found).rstrip()))


def _newest(key: str) -> Pathway:
    with opened() as desk, desk.database.read() as session:
        return newest(session, key)


def _print(found: Pathway) -> None:
    say(f"{found.title} ({found.key}, version {found.version})\nKilde: {found.source}\n")
    stages = [
        (s.key, s.title, s.lasts.in_words() if s.lasts else "åben", s.part_of.title if s.part_of else "", s.payer)
        for s in found.open_stages.values()
    ]
    table("Trin", ("nøgle", "titel", "varighed", "del af", "betaler"), stages)
    steps = [
        (s.key, s.source, s.target, "automatisk" if s.automatic else "i hånden", _conditions(found, s.when))
        for s in found.steps
    ]
    table("Overgange", ("nøgle", "fra", "til", "hvordan", "når"), steps)
    table("Milepæle", ("nøgle", "titel", "værdier"), [(m.key, m.title, ", ".join(m.values)) for m in found.milestones])
    table("Afslutninger", ("nøgle", "titel"), [(e.key, e.title) for e in found.endings.values()])
    table("Årsager til frafald", ("nøgle", "titel"), list(found.dropout_reasons.items()))
    table("Årsager til pause", ("nøgle", "titel"), list(found.pause_reasons.items()))


def _conditions(found: Pathway, when: Any) -> str:
    return ", ".join(condition.in_words(found.milestones_by_key) for condition in when)
