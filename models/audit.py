"""Who looked at whom, who signed in and who changed whose rights: rows that are only ever added, chained by hash.

Each row's hash is over its own values and the hash before it. A row that is changed or taken out, whatever did it,
breaks the chain from there on. What was done to an enrolment is not here but in its transitions.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field

from models.types import Row, UtcDateTime

FIRST = "0" * 64


class AuditRow(Row, table=True):
    """`by` did `action` to `subject` (a reference, an e-mail of ours; never a name or a CPR number), and said why."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=254, index=True)
    action: str = Field(max_length=40)
    subject: str = Field(default="", max_length=254, index=True)
    purpose: str = Field(default="", sa_type=Text)  # every area that somebody was given
    previous_hash: str = Field(max_length=64, unique=True)  # two rows cannot follow the same one
    hash: str = Field(max_length=64)


def chained(previous_hash: str, at: datetime, by: str, action: str, subject: str, purpose: str) -> str:
    """The hash of a row that follows the one with `previous_hash`."""
    values: list[Any] = [previous_hash, at.isoformat(), by, action, subject, purpose]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
