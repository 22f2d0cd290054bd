"""Column types and checks that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Dialect, Index, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Every key and constraint has a name, so that a migration can find it again.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite keeps no time zone, so it is put back when the value is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is SQLAlchemy's
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is SQLAlchemy's
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        # The same in one step: every row that is read has several of them.
        return lambda value: None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class IsoDate(sqlite.DATE):
    """A day in SQLite, as the same ISO text that SQLAlchemy's own type writes, made and read by C code.

    A sweep of ten thousand binds a hundred thousand days: in Python that was a fifth of its time.
    """

    def bind_processor(self, dialect: Dialect) -> Callable[[date | None], str | None]:  # noqa: ARG002
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], date | None]:  # noqa: ARG002
        return lambda value: None if value is None else date.fromisoformat(value)


class IsoDateTime(sqlite.DATETIME):
    """An instant in SQLite, likewise. It is UTC by the time it comes here, and is stored without saying so."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:  # noqa: ARG002
        return lambda value: None if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None]:  # noqa: ARG002
        return lambda value: None if value is None else datetime.fromisoformat(value)


class Row(SQLModel):
    """The base of every table. Rows are made from checked values, so no validator is built at import."""

    model_config = {"defer_build": True}


def one_of(column: str, values: Iterable[str], name: str) -> CheckConstraint:
    """A check that `column` holds one of `values`, named so that a migration can find it."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def partial_index(name: str, *columns: str | Column[Any], where: str, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition. `models.all` tells each kind of database about the condition:
    said here, it would load PostgreSQL's whole dialect into every command.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


def table(model: type[SQLModel]) -> Table:
    """The table behind a model, for bulk statements that never make an object a row."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
