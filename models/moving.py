"""From SQLite to PostgreSQL: every row, or none.

The old database is read as it was at one moment. In the new one all happens in one transaction: the tables are made,
the rows sent as PostgreSQL takes them fastest, the foreign keys put back (which looks every one of them up), and every
table is read again and compared. A process that is killed on the way leaves nothing there.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Connection, Row, Table, func, select, text
from sqlmodel import Session

from engine.refusal import Refused
from models import schema
from models.all import metadata
from models.checksum import Checksum
from models.session import Database

_BATCH = 1000  # rows that are in memory at a time

#: Told how many more rows were sent, or read again.
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A table that is in both databases, and the same."""

    table: str
    rows: int
    checksum: str


def refuse_kinds(source: Database, target: Database) -> None:
    """Raises `Refused` for anything but SQLite to PostgreSQL."""
    if not source.is_sqlite:
        raise Refused("Der kan kun flyttes fra SQLite. Er SOSU_DATABASE_URL allerede rettet, så er der intet at gøre.")
    if target.is_sqlite:
        raise Refused("Der kan kun flyttes til PostgreSQL. Skriv fx --to postgresql://bruger@vært/database.")


def to_send(source: Database) -> int:
    """How many rows there are to move."""
    with source.read() as session:
        return sum(_count(session, table) for table in metadata.sorted_tables)


@contextmanager
def watched(source: Database) -> Iterator[Callable[[], bool]]:
    """Tells whether anybody has written in the source, an SQLite file, since it began."""
    connection = sqlite3.connect(str(source.url.database))
    try:
        before = connection.execute("PRAGMA data_version").fetchone()
        yield lambda: bool(connection.execute("PRAGMA data_version").fetchone() != before)
    finally:
        connection.close()


def move(source: Database, target: Database, tell: Tell = lambda _: None) -> list[Moved]:
    """Copies everything and gives what each table came to, in the order of the foreign keys.

    `tell` hears of each row twice. Raises `Refused` when the source is of another shape than the program's, when the
    target holds anything, and for a row that PostgreSQL does not take; the target is then as it was.
    """
    _refuse_other_shape(source)
    with source.read() as reading, target.migrate() as writing:
        schema.upgrade_in(writing, target)
        connection = writing.connection()
        _refuse_rows(writing)
        foreign_keys = _drop_foreign_keys(connection)
        sent = [(table, _send(reading, connection, table, tell)) for table in metadata.sorted_tables]
        for statement in foreign_keys:
            connection.execute(text(statement))
        for table in metadata.sorted_tables:
            _set_sequence(connection, table)
        moved = [_compared(writing, table, summed, tell) for table, summed in sent]
        connection.execute(text("ANALYZE"))  # or the first pages would be looked up as if everything were empty
        return moved


def _refuse_other_shape(source: Database) -> None:
    found = schema.revision(source)
    if found is None:
        raise Refused("Databasen, der skal flyttes, er tom. Ret SOSU_DATABASE_URL.")
    if found < schema.HEAD:
        raise Refused(
            f"Databasen, der skal flyttes, er ældre end programmet ({found}). Tag en sikkerhedskopi med "
            "»sosu db backup«, kør »sosu db upgrade«, og flyt den så."
        )
    schema.refuse_newer(found)


def _refuse_rows(session: Session) -> None:
    names = ", ".join(f'"{name}"' for name in metadata.tables)
    session.connection().execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    for table in metadata.sorted_tables:
        if session.connection().execute(select(func.count()).select_from(table.select().limit(1).subquery())).scalar():
            raise Refused(
                f"Databasen i --to er ikke tom (der er rækker i tabellen {table.name}), og intet er skrevet i den. "
                "Lav en ny, tom database, fx med »createdb sosu2«, og skriv dens adresse."
            )


def _drop_foreign_keys(connection: Connection) -> list[str]:
    """Takes them away, and gives the statements that put them back as they were.

    They could only be looked up row by row on the way, and a message can lean on one that comes later.
    """
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
    ).all()
    for table, name, _ in found:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}" for table, name, said in found]


def _send(reading: Session, connection: Connection, table: Table, tell: Tell) -> Checksum:
    import psycopg  # here, because nothing else of the program needs it before a database is PostgreSQL
    from psycopg.sql import SQL, Identifier

    columns = SQL(", ").join(Identifier(column.name) for column in table.c)
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table.name), columns)
    documents = [isinstance(column.type, JSON) for column in table.c]
    driver: Any = connection.connection.driver_connection
    summed = Checksum()
    last: list[Row[Any]] = []
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for rows in _read(reading, table):
                for row in rows:
                    last = [row]
                    summed.add(row)
                    copy.write_row([_sent(value, json_) for value, json_ in zip(row, documents, strict=True)])
                tell(len(rows))
    except psycopg.OperationalError:
        raise Refused("Databasen i --to svarede ikke længere, og intet er flyttet. Prøv igen.") from None
    except (psycopg.Error, UnicodeError) as error:
        raise _untaken(reading, table, error, last) from None
    return summed


def _sent(value: Any, is_document: bool) -> Any:
    return json.dumps(value, ensure_ascii=False) if is_document and value is not None else value


def _read(session: Session, table: Table) -> Iterator[list[Row[Any]]]:
    """All rows as the models read them, some at a time, in the order of their key."""
    wanted = select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)
    try:
        with session.connection().execute(wanted) as found:
            for rows in found.partitions():
                yield list(rows)
    except (ValueError, TypeError):  # what it says quotes the value
        raise Refused(
            f"Tabellen {table.name} har en værdi, der ikke kan læses, og intet er flyttet. Kør »sosu doctor«, "
            "eller læg en sikkerhedskopi tilbage."
        ) from None


def _untaken(reading: Session, table: Table, error: Exception, last: list[Row[Any]]) -> Refused:
    """Says which row it was. What the driver says quotes it, and is never passed on."""
    line = re.search(r", line (\d+)", getattr(getattr(error, "diag", None), "context", None) or "")
    row = last[0] if last else None
    if line:
        wanted = select(table).order_by(*table.primary_key).offset(int(line[1]) - 1).limit(1)
        row = reading.connection().execute(wanted).first()
    keys = [] if row is None else [row._mapping[column] for column in table.primary_key]
    # A key that is a text can be part of a name.
    which = ", ".join(str(key) for key in keys) if all(isinstance(key, int | UUID) for key in keys) else ""
    return Refused(
        f"En række i tabellen {table.name}{f' (nøgle {which})' if which else ''} kan ikke gemmes i PostgreSQL: "
        "en tekst er for lang eller har et tegn, der ikke kan være der. Intet er flyttet. Ret rækken, og prøv igen."
    )


def _set_sequence(connection: Connection, table: Table) -> None:
    """The next row gets the number behind the last one."""
    numbered = table._autoincrement_column
    if numbered is None:
        return
    series = select(func.pg_get_serial_sequence(f'"{table.name}"', numbered.name)).scalar_subquery()
    last = connection.execute(select(func.max(numbered))).scalar()
    if last is not None:
        connection.execute(select(func.setval(series, last)))


def _compared(session: Session, table: Table, sent: Checksum, tell: Tell) -> Moved:
    there = Checksum()
    for rows in _read(session, table):
        for row in rows:
            there.add(row)
        tell(len(rows))
    if (there.rows, str(there)) != (sent.rows, str(sent)):
        raise Refused(
            f"Tabellen {table.name} blev ikke den samme ({sent.rows} rækker sendt, {there.rows} kommet frem), og intet "
            "er flyttet. Prøv igen; sker det igen, så meld det som en fejl i programmet."
        )
    return Moved(table.name, there.rows, str(there))


def _count(session: Session, table: Table) -> int:
    return session.connection().execute(select(func.count()).select_from(table)).scalar_one()
