"""By which secret a calendar program fetches somebody's deadlines. Only a hash of it is kept."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime


class CalendarFeed(Row, table=True):
    """A person has one address or none: a new one takes the old one's place, and one that was revoked has no row."""

    __tablename__ = "calendar_feed"

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    secret_hash: str = Field(max_length=64, unique=True)  # SHA-256 in hexadecimal
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
