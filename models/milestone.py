"""Milestones that were recorded. A wrong one, and one that another takes the place of, is withdrawn, not deleted."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime, partial_index


class MilestoneRow(Row, table=True):
    __tablename__ = "milestone"
    __table_args__ = (
        partial_index("uq_milestone_holds", "enrolment_id", "key", unique=True, where="withdrawn_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    key: str = Field(max_length=63)
    achieved_on: date
    value: str | None = Field(default=None, max_length=200)
    by: str = Field(max_length=254)
    at: datetime = Field(sa_type=UtcDateTime)
    command_id: str = Field(max_length=64)
    withdrawn_by: str | None = Field(default=None, max_length=254)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_command_id: str | None = Field(default=None, max_length=64)
