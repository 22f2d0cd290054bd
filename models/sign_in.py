"""Who is signed in where. The cookie holds a secret of which only a hash is kept: a stolen table opens nothing."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime


class SignIn(Row, table=True):
    """One browser of one person. It ends after a while without a request, at `ends_at` at the latest, or when it is
    signed out; it is then deleted.
    """

    __tablename__ = "sign_in"

    secret_hash: str = Field(primary_key=True, max_length=64)  # SHA-256 of the cookie, in hexadecimal
    staff_id: int = Field(foreign_key="staff.id", index=True)
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)


class Tries(Row, table=True):
    """How often something was tried in the present window of time, shared by every process."""

    __tablename__ = "tries"

    key: str = Field(primary_key=True, max_length=160)
    count: int
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
