"""Whoever enrols, or comes in for the first time, takes a turn: who is known meanwhile must not change."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session

#: The locks of a turn on PostgreSQL; any numbers that nobody else uses will do. For enrolling: who is known, who is on
#: the way and which reference is next. For arriving: who of the staff is known, and which host areas there are.
ENROLLING, ARRIVING = 7_673_854, 7_673_856


def take_turn(session: Session, lock: int = ENROLLING) -> None:
    """Waits until nobody else does the same, and keeps the others waiting until the transaction ends.

    Take it before a person is looked up and before an enrolment is locked. On SQLite every writer has its turn already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_advisory_xact_lock(lock)))
