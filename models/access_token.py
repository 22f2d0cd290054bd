"""What a program acts by in somebody's name. Only a hash of its secret is kept: a stolen table opens nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.types import Row, UtcDateTime


class AccessToken(Row, table=True):
    """One token of one person. It stops at `ends_at`, or when it is revoked; it is then deleted.

    `scopes` are the names of what it may, with a space between them; what its owner's role no longer covers it may not.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        UniqueConstraint("staff_id", "name", name="uq_access_token_name"),
        {"sqlite_autoincrement": True},  # the audit log goes on naming a token by its id when it is gone
    )

    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True)  # SHA-256 in hexadecimal
    staff_id: int = Field(foreign_key="staff.id")
    name: str = Field(max_length=80)  # what its owner calls it
    scopes: str = Field(max_length=100)
    made_by: str = Field(max_length=254)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
