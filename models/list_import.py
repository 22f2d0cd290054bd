"""Candidate lists that were read in."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime


class ListImport(Row, table=True):
    """`content_hash` is the SHA-256 of the file; the file itself is not kept. `corrected` cells were typed anew, and
    `omitted` rows left out, which `rows` does not count.

    Of an import that was taken back it says who did so, and when.
    """

    __tablename__ = "list_import"

    id: int | None = Field(default=None, primary_key=True)
    pathway_key: str = Field(max_length=63)
    content_hash: str = Field(max_length=64)
    rows: int
    created: int
    updated: int
    unchanged: int
    corrected: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    omitted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    by: str = Field(max_length=254)
    at: datetime = Field(sa_type=UtcDateTime)
    command_id: str = Field(max_length=64)  # shared by every transition that the list brought about
    undone_by: str | None = Field(default=None, max_length=254)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
