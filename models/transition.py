"""What happened, in order. Rows are only ever added: a trigger refuses to change or delete one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from engine.history import Verb
from models.types import Row, UtcDateTime, one_of, partial_index


class TransitionRow(Row, table=True):
    """`occurred_on` is the day it counts from, `at` the instant it was written, `by` who did it.

    `coordinator_id` is the coordinator from then on, where that is what happened: at the enrolment and a hand-over.
    """

    __tablename__ = "transition"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "seq", name="uq_transition_seq"),
        one_of("action", Verb, "ck_transition_action"),
        # What a report asks of every history: which of its moves were taken back.
        partial_index("ix_transition_undo", "enrolment_id", "seq", "undoes", where="action = 'undo'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    seq: int
    action: str = Field(max_length=10)
    step: str | None = Field(default=None, max_length=63)
    from_stage: str | None = Field(default=None, max_length=63)
    to_stage: str = Field(max_length=63)
    occurred_on: date
    reason: str | None = Field(default=None, max_length=63)
    review_on: date | None = None
    undoes: int | None = None
    coordinator_id: int | None = Field(default=None, foreign_key="staff.id")
    by: str = Field(max_length=254)
    at: datetime = Field(sa_type=UtcDateTime)
    command_id: str = Field(max_length=64)
