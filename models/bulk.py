"""One statement for very many rows.

SQLAlchemy makes and fills several dictionaries for each row that it sends. Here it still writes the statement, once,
and says how each column's values go to the driver; the values go there column by column. Both functions raise KeyError
for a row that names too little and ValueError for one that names too much: no value is left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult, Dialect, Insert, Table, Update
from sqlmodel import Session


def insert(session: Session, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows, which name the same columns: all those that the database has no value for. None is none.

    Which columns is said by the first row.
    """
    if rows:
        _send(session, _inserted(into), rows, tuple(rows[0]))


def execute_many(session: Session, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> int:
    """Executes the statement for each row, which names every bound parameter; gives how many rows were changed.

    The statement is kept, so it must be one of few. An insert writes the columns that the first row names.
    """
    return _send(session, statement, rows, tuple(rows[0]) if isinstance(statement, Insert) else None)


def _send(
    session: Session,
    statement: Insert | Update,
    rows: Sequence[Mapping[str, Any]],
    columns: tuple[str, ...] | None = None,
) -> int:
    connection = session.connection()
    return compiled(statement, connection.dialect, columns).execute(connection.exec_driver_sql, rows)


@lru_cache(maxsize=64)
def _inserted(into: Table) -> Insert:
    return into.insert().inline()


class Compiled:
    """A statement in the words of one kind of database, and what it does to the values of each parameter."""

    def __init__(self, statement: Insert | Update, columns: tuple[str, ...] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.text, self.named = str(compiled), not compiled.positional
        names = compiled.binds if self.named else compiled.positiontup or ()
        binds = [(name, compiled.binds[name].type.dialect_impl(dialect)) for name in names]
        self.parameters = [(name, kind.bind_processor(dialect)) for name, kind in binds]
        self.taken = frozenset(names)

    def execute(self, driver: Callable[[str, Any], CursorResult[Any]], rows: Sequence[Mapping[str, Any]]) -> int:
        columns = [_column([row[name] for row in rows], process) for name, process in self.parameters]
        values: list[Any] = list(zip(*columns, strict=True))
        if any(len(row) != len(self.taken) for row in rows):  # one that names more than is taken has another
            too_much = {name for row in rows for name in row} - self.taken
            raise ValueError(f"a row names what is not written: {sorted(too_much)}")
        if self.named:
            names = [name for name, _ in self.parameters]
            values = [dict(zip(names, row, strict=True)) for row in values]
        return driver(self.text, values if len(values) > 1 else values[0]).rowcount  # one is said in fewer words


@lru_cache(maxsize=64)
def compiled(statement: Insert | Update, dialect: Dialect, columns: tuple[str, ...] | None = None) -> Compiled:
    """The statement is kept, so it must be one of few."""
    return Compiled(statement, columns, dialect)


def _column(values: list[Any], process: Callable[[Any], Any] | None) -> list[Any]:
    """What the driver gets. A page holds few different days and instants, so each is converted once."""
    if process is None:
        return values
    sent = {value: process(value) for value in set(values)}
    return [sent[value] for value in values]
