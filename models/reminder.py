"""Reminders that were told: each rung once for each visit to a stage and each pause."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from engine.case import Rung
from models.message import Message
from models.types import Row, UtcDateTime, one_of, partial_index, table


class ReminderRow(Row, table=True):
    """`occurrence` is the seq of the transition that began the visit or the pause."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "occurrence", "rung", name="uq_reminder_rung"),
        one_of("rung", Rung, "ck_reminder_rung"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    occurrence: int
    rung: str = Field(max_length=12)
    due_on: date
    fired_on: date
    at: datetime = Field(sa_type=UtcDateTime)


def _sent() -> None:
    """What a report asks of every message that reminds: of which enrolment, whether it was sent and when."""
    m = table(Message).c
    columns = (m.enrolment_id, m.seq, m.kind, m.state, m.finished_at, m.digest_id)
    partial_index("ix_message_reminder", *columns, where="substr(cause, 1, 9) = 'reminder:'")


_sent()
