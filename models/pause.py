"""Pauses, as the transitions tell them: a copy that a sweep can read for many enrolments at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.types import Row, partial_index


class PauseRow(Row, table=True):
    """`seq` is that of the transition that began it; `until_on` the day of resuming, exclusive."""

    __tablename__ = "pause"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "seq", name="uq_pause_seq"),
        CheckConstraint("review_on > from_on", name="ck_pause_review"),
        partial_index("uq_pause_open", "enrolment_id", unique=True, where="until_on IS NULL"),
        partial_index("ix_pause_review", "review_on", "enrolment_id", where="until_on IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    seq: int
    reason: str = Field(max_length=63)
    from_on: date
    review_on: date
    until_on: date | None = None
