"""The person. Keyed by our own UUID, because a CPR number can change."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from models.types import Row, UtcDateTime


class Candidate(Row, table=True):
    """`cpr_sealed` is encrypted under the key file, `cpr_index` a keyed hash by which a number is found."""

    __tablename__ = "candidate"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    cpr_sealed: bytes
    cpr_index: bytes = Field(unique=True)
    name: str = Field(max_length=200)
    birth_date: date
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    mother_tongue: str | None = Field(default=None, max_length=200)
    created_by: str = Field(max_length=254)
    created_at: datetime = Field(sa_type=UtcDateTime)
