"""Candidate lists that were read in."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.types import Row, UtcDateTime


class ListImport(Row, table=True):
    """`content_hash` is the SHA-256 of the file; the file itself is not kept."""

    __tablename__ = "list_import"

    id: int | None = Field(default=None, primary_key=True)
    pathway_key: str = Field(max_length=63)
    content_hash: str = Field(max_length=64)
    rows: int
    created: int
    updated: int
    unchanged: int
    by: str = Field(max_length=254)
    at: datetime = Field(sa_type=UtcDateTime)
    command_id: str = Field(max_length=64)  # shared by every transition that the list brought about
