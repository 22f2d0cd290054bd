"""What a command or a flow works with: the settings, the database made ready, and the clock. The composition root.

Everything below is handed what it needs; here it is put together, once, for the command line and for Prefect alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

import settings
from engine.refusal import Refused
from models import schema
from models.session import Database

DENMARK = ZoneInfo("Europe/Copenhagen")


@dataclass(frozen=True, slots=True)
class Composed:
    """The settings, and the database that they name."""

    settings: settings.Settings
    database: Database


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return datetime.now(DENMARK).date()


def upgraded() -> str:
    """Runs the migrations that are missing and publishes the pathways; gives the revision."""
    database = Database(settings.load().database_url)
    try:
        _make_room(database)
        revision = schema.upgrade(database)
        _publish(database)
    finally:
        database.close()
    return revision


@contextmanager
def composed(*, publish: bool = True) -> Iterator[Composed]:
    """The database at this program's shape and with its pathways published.

    Only who decides nothing may leave the pathways out. Raises `Refused` when the database cannot be used, or holds a
    pathway version that now says something else.
    """
    chosen = settings.load()
    database = Database(chosen.database_url)
    try:
        _make_room(database)
        schema.make_ready(database)
        if publish:
            _publish(database)
        yield Composed(chosen, database)
    except OperationalError as error:
        raise Refused(
            "Databasen svarer ikke eller er optaget af en anden. Kontrollér SOSU_DATABASE_URL, og prøv igen."
        ) from error
    finally:
        database.close()


def _make_room(database: Database) -> None:
    """The folder of an SQLite file, for this user only."""
    if database.is_sqlite and database.url.database and database.url.database != ":memory:":
        Path(database.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _publish(database: Database) -> None:
    # Here, so that a command that only looks something up need not build every pathway first.
    from flows.tracks import TRACKS
    from onboarding.pathways import publish, unpublished

    pathways = [track.pathway for track in TRACKS]
    with database.read() as session:
        if not unpublished(session, pathways):
            return
    with database.write() as session:
        publish(session, pathways, now())
