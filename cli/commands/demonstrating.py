"""`sosu demo`: see it work, with made-up people."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from platformdirs import user_data_path

import settings
from cli.commands.looking import print_board, print_report
from cli.demo import BEGINS, SAMPLES, WEEKS, Lived, World
from cli.options import Json
from cli.output import confirm, progress, say
from engine.refusal import Refused
from flows.composition import make_room
from flows.loading import tracks
from models import schema
from models.keys import Keyring
from models.session import Database
from notifications.channels.destination import Destination
from notifications.channels.eml import EmlFolder
from notifications.render import Renderer
from onboarding.pathways import publish
from onboarding.post import Post
from reports.board import board
from reports.status import status_report

app = typer.Typer()

_MARK = "sosu-demo"  # a file that says: this folder is ours to empty


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Hvor demoen lægger sit. Normalt brugerens datamappe.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Samme tal, samme to år.")] = 1,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="Hvor mange uger der går.")] = WEEKS,
    serve: Annotated[bool, typer.Option("--serve", help="Vis siden over demoens data til sidst.")] = False,
    as_json_: Json = False,
) -> None:
    """Se to forløb med opdigtede kandidater leve gennem to år."""
    if not SAMPLES.is_dir():
        raise Refused("Demoens kandidatlister følger kun med kildekoden. Hent den, og kør »make demo« i dens mappe.")
    tracks()  # a broken one is refused before anything is emptied
    home = _fresh((folder or user_data_path("sosu-onboarding", appauthor=False) / "demo").resolve())
    database = Database(f"sqlite:///{home / 'sosu.db'}")
    try:
        make_room(database)
        schema.make_ready(database)
        with database.write() as session:
            publish(session, [track.pathway for track in tracks()], datetime.combine(BEGINS, time(7), tzinfo=UTC))
        world = World(database, Keyring.at(home / "keys.json"), _post(home, seed), seed)
        with progress("Uger", weeks, quiet=as_json_) as step:
            world.begin()
            lived = world.live(weeks, step)
        last = BEGINS + timedelta(weeks=weeks)
        _tell(database, home, lived, last, as_json_)
        if serve:
            from cli.demo_page import serve_demo

            serve_demo(database, home, settings.load(), last)
        elif not as_json_:
            say("\nSe siden over demoens data, med et login til hver rolle:\n  sosu demo --serve")
    finally:
        database.close()


def _fresh(home: Path) -> Path:
    """An empty folder for the demo. Raises `Refused` rather than empty one that is not a demo's."""
    try:
        if home.exists() and any(home.iterdir()):
            if not (home / _MARK).exists():
                raise Refused(f"Mappen {home} er ikke tom og ikke fra en tidligere demo. Vælg en anden med --dir.")
            shutil.rmtree(home)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / _MARK).touch()
    except OSError:
        raise Refused(f"Mappen {home} kan ikke laves eller ikke skrives. Vælg en anden med --dir.") from None
    return home


def _post(home: Path, seed: int) -> Callable[[date], Post]:
    channel, random = EmlFolder(home / "outbox"), Random(seed)  # noqa: S311  it spreads retries, it guards nothing
    renderer = Renderer(tracks={track.pathway.key: track.templates for track in tracks()})

    def on(day: date) -> Post:
        evening = datetime.combine(day, time(16), tzinfo=UTC)
        return Post.by_mail(channel, Destination.FOLDER, renderer, "http://127.0.0.1:8000", lambda: evening, random)

    return on


def _tell(database: Database, home: Path, lived: Lived, on: date, in_json: bool) -> None:
    with database.read() as session:
        boards = [board(session, track.pathway.key, on) for track in tracks()]
        figures = [status_report(session, track.pathway.key) for track in tracks()]
    sent = {"sent": lived.delivered.sent, "skipped": lived.delivered.skipped, "dead": lived.delivered.dead}
    data = {
        "on": on.isoformat(),
        "boards": boards,
        "reports": figures,
        "messages": sent,
        "outbox": str(home / "outbox"),
    }
    confirm(data, in_json, partial(_tell_in_words, database, home, lived))


def _tell_in_words(database: Database, home: Path, lived: Lived, data: dict[str, Any]) -> None:
    outbox, on = data["outbox"], data["on"]
    for made, report in zip(data["boards"], data["reports"], strict=True):
        print_board(made)
        print_report(report)
        say()
    say(
        f"{lived.actions} handlinger ({lived.refused} afvist, fordi noget manglede), {lived.moved} flyttet af tiden, "
        f"{lived.reminders} rykkere, {lived.came_back} kom igen."
    )
    say(f"{lived.delivered.sent} beskeder sendt. De ligger som .eml-filer i {outbox}")
    say("\nSe nærmere på demoens data:")
    say(f"  export SOSU_DATABASE_URL='{database.url}' SOSU_KEY_FILE='{home / 'keys.json'}' SOSU_OUTBOX_DIR='{outbox}'")
    say(f"  sosu list --pathway immigrant_track --on {on}")
    say(f"  sosu show IM-0001 --on {on}")
