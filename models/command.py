"""Commands that were carried out: the same one sent again is answered with what was answered then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from models.types import Row, UtcDateTime

#: What stands for a request that has been made unknown: its hash was under a key that is gone.
FORGOTTEN = ""


class Command(Row, table=True):
    """`request` is a hash of what was asked, so that one id is not used for two different things."""

    __tablename__ = "command"

    id: str = Field(primary_key=True, max_length=64)
    request: str = Field(max_length=64)
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    by: str = Field(max_length=254)
    at: datetime = Field(sa_type=UtcDateTime)
