"""Times at which a channel reached nobody: one row each, whoever and however many the messages were for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime, partial_index


class Outage(Row, table=True):
    """`detail` is what the other end answered last. `told_at` and `over_told_at` say when operations heard of its
    beginning and of its end; they did not while they are empty.
    """

    __tablename__ = "outage"
    __table_args__ = (partial_index("ux_outage_open", "channel", where="ended_at IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=20)
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    detail: str = Field(max_length=300)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    over_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
