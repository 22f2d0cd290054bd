"""Backing the database up and putting it back, on whichever kind it is.

The key file is never in a backup: whoever has both can read every CPR number.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import copyfile
from typing import Any

from engine.refusal import Refused
from flows.stored import stored, told
from models import backup as files
from models import dump
from models.schema import HEAD, revision
from models.session import Database
from onboarding.key_use import check_keys, keys_in_use
from settings import Settings

Tell = Callable[[int], None]

_SQLITE = b"SQLite format 3\x00"
_NOT_OURS = "Kopien er ikke af denne slags database, eller den er tom. Vælg en anden."


def backup(settings: Settings, to: Path, tell: Tell = lambda _: None) -> dict[str, Any]:
    """Gives `to`, `database` (its kind), `revision`, `bytes`, and `keys`: which ones it takes to read what is in it.

    Also of a database that is older or newer than the program. Raises `Refused`; then there is no file.
    """
    with stored(settings.database_url) as database, told(), files.new_file(to) as beside:
        if revision(database) is None:
            raise Refused("Databasen er tom: der er intet at tage en kopi af. Kontrollér SOSU_DATABASE_URL.")
        if database.is_sqlite:
            files.copy(Path(str(database.url.database)), beside, tell)
            found = _said_by(f"sqlite:///{beside}")
            files.make_one_file(beside)
            files.refuse_damaged(beside)
        else:
            tools = dump.Tools(settings.postgres_bin)
            tools.dump(database.url, beside)
            tools.read_through(beside)
            found = _said_of(database)
        size = beside.stat().st_size
    return {"to": str(to), "database": database.url.get_backend_name(), "bytes": size} | found


def restore(settings: Settings, path: Path) -> dict[str, Any]:
    """Gives `from`, `database`, `revision`, `program` (the revision that it knows), and `keys`, which were tried.

    Raises `Refused` where there is something already, for a backup that is not whole, and when the key file does not
    open what is in it; then nothing is there.
    """
    if not path.is_file():
        raise Refused(f"Der er ingen sikkerhedskopi i {path}.")
    with path.open("rb") as file:
        begins = file.read(len(_SQLITE))
    is_dump = begins.startswith(dump.MAGIC)
    if not is_dump and begins != _SQLITE:
        raise Refused(f"{path} er ikke en sikkerhedskopi, eller den er beskadiget. Vælg en anden.")
    database = Database(settings.database_url)
    try:
        if database.is_sqlite == is_dump:
            kinds = (
                ("PostgreSQL", "postgresql://bruger@vært/database") if is_dump else ("SQLite", "sqlite:////sti/sosu.db")
            )
            raise Refused(
                f"Kopien er af {kinds[0]}. Peg SOSU_DATABASE_URL på en tom database af den slags: {kinds[1]}."
            )
        with told():
            into = _into_postgresql if is_dump else _into_sqlite
            found = into(settings, database, path)
    finally:
        database.close()
    return {"from": str(path), "database": database.url.get_backend_name(), "program": HEAD} | found


def _into_sqlite(settings: Settings, database: Database, path: Path) -> dict[str, Any]:
    place = Path(str(database.url.database))
    files.refuse_occupied(place)
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise Refused(f"{path} er ikke en hel kopi: noget af den står i {log}. Lav den med »sosu db backup«.")
    with suppress(OSError):  # where it cannot be made, that is said when the file cannot be
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with files.new_file(place) as beside:
        copyfile(path, beside)
        files.refuse_damaged(beside)
        found = _opened_by(settings, f"sqlite:///{beside}")
        files.make_one_file(beside)
    return found


def _into_postgresql(settings: Settings, database: Database, path: Path) -> dict[str, Any]:
    tools = dump.Tools(settings.postgres_bin)
    with database.read() as session:
        schemas = dump.refuse_occupied(session.connection())
    tools.read_through(path)
    tools.restore(path, database.url)
    try:
        return _opened_by(settings, settings.database_url)
    except Refused:
        with database.migrate() as session:
            dump.emptied(session.connection(), schemas)
        raise


def _said_by(url: str) -> dict[str, Any]:
    database = Database(url)
    try:
        return _said_of(database)
    finally:
        database.close()


def _said_of(database: Database) -> dict[str, Any]:
    with database.read() as session:
        return {"revision": revision(database), "keys": sorted(keys_in_use(session))}


def _opened_by(settings: Settings, url: str) -> dict[str, Any]:
    """What the copy is, once the key file has opened something under each key that is in it."""
    database = Database(url)
    try:
        found = revision(database)
        if found is None:
            raise Refused(_NOT_OURS)
        with database.read() as session:
            return {"revision": found, "keys": check_keys(session, settings.key_file)}
    finally:
        database.close()
