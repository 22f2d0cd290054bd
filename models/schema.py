"""Bringing a database to the shape that this program knows, and refusing to work on any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from engine.refusal import Refused
from models.session import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration; a test holds it equal to Alembic's own answer. Kept here because asking Alembic costs every
#: command a third of a second.
HEAD = "0022"

#: The lock that a migration holds on PostgreSQL; any number that nobody else uses will do.
_MIGRATING = 7_673_853

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def revision(database: Database) -> str | None:
    """The migration that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return _revision_in(connection)


def _revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(database: Database) -> str:
    """Runs the migrations that are missing; gives the revision that was reached. All of them, or none.

    Raises `Refused` when the database is newer than the program, or holds tables that it has not made itself.
    """
    refuse_newer(revision(database))

    with database.migrate() as session:
        upgrade_in(session, database)
    return HEAD


def upgrade_in(session: Session, database: Database) -> None:
    """The same in a transaction that has been begun by `Database.migrate`, and ends with it."""
    from alembic import command  # here, because only this command needs it and it is slow to load

    if not database.is_sqlite:  # whose writers take turns anyway: two first commands must not both make the tables
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    refuse_strangers(session.connection())
    refuse_newer(_revision_in(session.connection()))
    command.upgrade(_config(session.connection()), "head")


def downgrade(database: Database, to: str) -> None:
    from alembic import command

    with database.migrate() as session:
        command.downgrade(_config(session.connection()), to)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def make_ready(database: Database) -> None:
    """An empty database gets its tables; one that is older or newer than the program is refused."""
    found = revision(database)
    if found is None:
        upgrade(database)
    elif found < HEAD:
        raise Refused(f"Databasen er ældre end programmet ({found}). Tag en sikkerhedskopi, og kør »sosu db upgrade«.")
    refuse_newer(found)


def refuse_strangers(connection: Connection) -> None:
    """Raises `Refused` when there are tables and no revision: another program's, or what is left of ours."""
    tables = inspect(connection).get_table_names()
    if tables and "alembic_version" not in tables:
        raise Refused(
            "Databasen har tabeller, men ingen udgave. Er den et andet programs, så ret SOSU_DATABASE_URL; "
            "ellers læg sikkerhedskopien tilbage."
        )


def refuse_newer(found: str | None) -> None:
    """Raises `Refused` when the revision is one that this program does not know."""
    if found is not None and found > HEAD:
        raise Refused(f"Databasen er nyere end programmet ({found}). Brug den nyere udgave af programmet.")
