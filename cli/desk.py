"""What a command works with: the settings, the database made ready, and the clock. The composition root."""

from __future__ import annotations

import getpass
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
from onboarding.signed import Signed, new_command_id

DENMARK = ZoneInfo("Europe/Copenhagen")


@dataclass(frozen=True, slots=True)
class Desk:
    settings: settings.Settings
    database: Database

    def signed(self, on: date | None, by: str | None = None, command_id: str | None = None) -> Signed:
        """Who does it, on which day: today in Denmark when nothing else is said."""
        return Signed(
            by=by or f"cli:{getpass.getuser()}",
            on=on or today(),
            at=now(),
            command_id=command_id or new_command_id(),
        )


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
def opened(*, publish: bool = True) -> Iterator[Desk]:
    """The desk, with the database at this program's shape and its pathways published.

    Only a command that decides nothing may leave the pathways out. Raises `Refused` when the database cannot be
    used, or holds a pathway version that now says something else.
    """
    chosen = settings.load()
    database = Database(chosen.database_url)
    try:
        _make_room(database)
        schema.make_ready(database)
        if publish:
            _publish(database)
        yield Desk(chosen, database)
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
    from flows.tracks import TRACKS
    from onboarding.pathways import publish, unpublished

    pathways = [track.pathway for track in TRACKS]
    with database.read() as session:
        if not unpublished(session, pathways):
            return
    with database.write() as session:
        publish(session, pathways, now())
