"""Published pathways. An enrolment is decided by the version it is pinned to, as it was published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from models.types import Row, UtcDateTime


class PathwayVersion(Row, table=True):
    __tablename__ = "pathway_version"

    key: str = Field(primary_key=True, max_length=63)
    version: int = Field(primary_key=True)
    content_hash: str = Field(max_length=64)
    definition: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    published_at: datetime = Field(sa_type=UtcDateTime)


class ReferenceSeries(Row, table=True):
    """The last number given out behind a prefix: `IM-0042` comes from the series `IM`."""

    __tablename__ = "reference_series"

    prefix: str = Field(primary_key=True, max_length=4)
    last_number: int = 0
