"""Whoever enrols takes a turn: who is known, who is on the way and which reference is next must not change."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session

#: The lock of a turn on PostgreSQL; any number that nobody else uses will do.
_ENROLLING = 7_673_854


def take_turn(session: Session) -> None:
    """Waits until nobody else enrols, and keeps the others waiting until the transaction ends.

    Take it before a person is looked up and before an enrolment is locked. On SQLite every writer has its turn already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_advisory_xact_lock(_ENROLLING)))
