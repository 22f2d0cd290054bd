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

from sqlalchemy.exc import DatabaseError, OperationalError

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
    with _reached(settings.load().database_url) as database:
        revision = schema.upgrade(database)
        _publish(database)
    return revision


@contextmanager
def composed(*, publish: bool = True) -> Iterator[Composed]:
    """The database at this program's shape and with its pathways published.

    Only who decides nothing may leave the pathways out. Raises `Refused` when the database cannot be used, or holds a
    pathway version that now says something else.
    """
    chosen = settings.load()
    with _reached(chosen.database_url) as database:
        schema.make_ready(database)
        if publish:
            _publish(database)
        yield Composed(chosen, database)


@contextmanager
def _reached(url: str) -> Iterator[Database]:
    """The database, closed at the end. Raises `Refused` when it is away, busy or none at all."""
    database = Database(url)
    try:
        _make_room(database)
        yield database
    except DatabaseError as error:
        # The plain class: what SQLite says of a file that is no database. Its other subclasses are our own mistakes.
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise Refused(
                "Databasen svarer ikke eller er optaget af en anden. Kontrollér SOSU_DATABASE_URL, og prøv igen."
            ) from None  # what the driver says can quote a row
        raise
    finally:
        database.close()


def _make_room(database: Database) -> None:
    """The folder of an SQLite file, for this user only. Raises `Refused` when it cannot be made."""
    if not database.is_sqlite or database.url.database in (None, "", ":memory:"):
        return
    try:
        file = Path(database.url.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # SQLite gives its other files the same mode
    except OSError:
        raise Refused("Mappen til databasen kan ikke laves. Ret SOSU_DATABASE_URL, eller giv adgang til den.") from None


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
