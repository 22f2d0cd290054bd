"""What nobody is to be reminded of for now, as the transitions tell it: a copy that a sweep reads for many at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.types import Row


class SnoozeRow(Row, table=True):
    """`occurrence` is the seq of the transition that began the visit or the pause; without `until` it is handled
    elsewhere for as long as that lasts.
    """

    __tablename__ = "snooze"
    __table_args__ = (UniqueConstraint("enrolment_id", "occurrence", name="uq_snooze_occurrence"),)

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    occurrence: int
    reason: str = Field(max_length=63)
    until: date | None = None
