"""Enrolments that could not be decided. Each is visible, tried again at every sweep, and blocks nobody else."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime, partial_index


class Incident(Row, table=True):
    """`error` is the kind of error and where it arose; never its text, which could hold people's data."""

    __tablename__ = "incident"
    __table_args__ = (partial_index("uq_incident_open", "enrolment_id", unique=True, where="resolved_at IS NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id")
    error: str = Field(max_length=200)
    first_on: date
    last_on: date
    times: int = 1
    opened_at: datetime = Field(sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
