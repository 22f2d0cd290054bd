"""Copies of a PostgreSQL database, by PostgreSQL's own `pg_dump` and `pg_restore`.

What these say when they fail can quote a row, so it is never passed on; a password is never an argument.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, inspect, text

from engine.refusal import Refused

#: How a dump in PostgreSQL's own format begins.
MAGIC = b"PGDMP"

_AWAY = "Databasen svarer ikke: kontrollér SOSU_DATABASE_URL, og at databasen kører."
_OLDER = (
    "Databasens udgave af PostgreSQL er nyere end {tool}: installér mindst den samme udgave (postgresql-client), og "
    "peg SOSU_POSTGRES_BIN på mappen med den."
)
#: What can be told from what the tools say, in their own English.
_SENTENCES = {
    "server version mismatch": _OLDER,
    "unsupported version": _OLDER,
    "connection to server": _AWAY,
    "permission denied": "Databasens bruger må ikke læse eller skrive alt. Giv den ret til det, og prøv igen.",
    "No space left on device": "Der er ikke plads på disken. Skaf plads, og prøv igen.",
}


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the two programs are: in a folder that was named, or wherever the system finds them."""

    folder: Path | None

    def dump(self, url: URL, to: Path) -> None:
        """The database as it is at one moment, into a file that is there and empty. Raises `Refused`."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}", url=url)

    def read_through(self, path: Path) -> None:
        """Raises `Refused` for a dump that is not whole: all of it is read, and nothing written."""
        try:
            self._run("pg_restore", f"--file={os.devnull}", str(path))
        except Refused as refused:
            if refused.reasons == (_failed("pg_restore"),):
                raise Refused("Kopien er ikke hel, eller den er ikke en sikkerhedskopi af PostgreSQL.") from None
            raise

    def restore(self, path: Path, url: URL) -> None:
        """All that is in the dump, in one transaction. Raises `Refused`; the database is then as it was."""
        whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        self._run("pg_restore", *whole, f"--dbname={_address(url)}", str(path), url=url)

    def _run(self, tool: str, *arguments: str, url: URL | None = None) -> None:
        found = shutil.which(tool, path=str(self.folder) if self.folder else None)
        if found is None:
            raise Refused(
                f"Programmet {tool} mangler. Installér PostgreSQL's klientprogrammer (pakken postgresql-client), eller "
                "peg SOSU_POSTGRES_BIN på mappen med dem."
            )
        environment = os.environ | {"LC_ALL": "C"}
        if url is not None and url.password:
            environment["PGPASSWORD"] = str(url.password)
        where = [f"--dbname={_address(url)}"] if url is not None and tool == "pg_dump" else []
        # The program was looked up, and nothing of what it is given is read by a shell.
        done = subprocess.run(  # noqa: S603
            [found, "--no-password", *where, *arguments] if url is not None else [found, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace")
            known = (sentence for words, sentence in _SENTENCES.items() if words in said)
            raise Refused(next(known, _failed(tool)).format(tool=tool))


def refuse_occupied(connection: Connection) -> frozenset[str]:
    """Raises `Refused` when there is any table; gives the schemas that there are."""
    if inspect(connection).get_table_names():
        raise Refused(
            "Databasen i SOSU_DATABASE_URL er ikke tom, og der skrives aldrig oven i noget. Lav en ny, tom database, "
            "fx med »createdb sosu2«, og ret SOSU_DATABASE_URL."
        )
    return frozenset(inspect(connection).get_schema_names())


def emptied(connection: Connection, schemas: frozenset[str]) -> None:
    """Takes away what a restore brought, where nothing was before but these schemas."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    for name in set(inspect(connection).get_schema_names()) - schemas:  # somebody's beside ours, in the same dump
        connection.execute(text(f"DROP SCHEMA {quote(name)} CASCADE"))
    for name in inspect(connection).get_table_names():
        connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
    connection.execute(text("DROP FUNCTION IF EXISTS refuse_change()"))


def _failed(tool: str) -> str:
    return f"{tool} blev ikke færdig. Kør {tool} i hånden for at se hvorfor; det, den siger, kan nævne personer."


def _address(url: URL) -> str:
    """What libpq connects by, without the password: arguments are seen by everybody on the machine."""
    said = url.translate_connect_args(username="user", database="dbname")
    said.pop("password", None)
    return make_conninfo(**{**said, **{name: str(value) for name, value in url.query.items()}})
