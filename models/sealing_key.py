"""Which keys may hold something in this database, once they have been changed; before that there is no row.

Several machines may have a key file each. One that lacks a key would know nobody whom that key found, and make them
again: it is told so here, and refuses. No key is in the table, only what one is known again by.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime, partial_index


class SealingKey(Row, table=True):
    """A key of the key file. The one that is `active` seals; the others are there for what they sealed."""

    __tablename__ = "sealing_key"
    __table_args__ = (partial_index("uq_sealing_key_active", "active", where="active", unique=True),)

    id: str = Field(max_length=64, primary_key=True)
    proof: bytes
    active: bool
    added_at: datetime = Field(sa_type=UtcDateTime)
