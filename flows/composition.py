"""What a command or a flow works with: the settings, the database made ready, and the clock. The composition root.

Everything below is handed what it needs; here it is put together, once, for the command line and for Prefect alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

import settings
from engine.refusal import Refused
from engine.workdays import DENMARK
from flows.loading import tracks
from flows.unreachable import PROTECTED, refusal_of
from models import schema
from models.session import Database


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
    pathway version that now says something else, and when a pathway cannot be built.
    """
    chosen = settings.load()
    with _reached(chosen.database_url) as database:
        schema.make_ready(database)
        if publish:
            _publish(database)
        yield Composed(chosen, database)


@contextmanager
def _reached(url: str) -> Iterator[Database]:
    """The database, closed at the end. Raises `Refused` when it is away, busy, closed to us or none at all."""
    database = Database(url)
    try:
        make_room(database)
        yield database
    except DatabaseError as error:
        refused = refusal_of(error)
        if refused is None:
            raise
        raise refused from None  # what the driver says can quote a row
    finally:
        database.close()


def make_room(database: Database) -> None:
    """The folder of an SQLite file and the file, for this user only. Raises `Refused` when they cannot be made."""
    if not database.is_sqlite or database.url.database in (None, "", ":memory:"):
        return
    file = Path(database.url.database)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise Refused("Mappen til databasen kan ikke laves. Ret SOSU_DATABASE_URL, eller giv adgang til den.") from None
    if file.is_dir():
        raise Refused("SOSU_DATABASE_URL peger på en mappe. Skriv filens navn med, fx sqlite:////sti/til/sosu.db.")
    try:
        if not file.exists():
            file.touch(mode=0o600)  # SQLite gives its other files the same mode
    except OSError:
        raise Refused(PROTECTED) from None


def _publish(database: Database) -> None:
    from onboarding.pathways import publish, unpublished  # a command that only looks something up goes without

    pathways = [track.pathway for track in tracks()]
    with database.read() as session:
        if not unpublished(session, pathways):
            return
    with database.write() as session:
        publish(session, pathways, now())
