"""An insert that says what becomes of a row that is there already: SQLAlchemy has one for each kind of database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert


def upsert(dialect: str, into: Table) -> Insert:
    """To be told `on_conflict_do_update`, which both kinds take alike."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:  # a command that writes none goes without the other one
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(into)  # type: ignore[return-value]
