"""Host areas (værtsområder): the parts of the municipality that take candidates in."""

from __future__ import annotations

from sqlmodel import Field

from models.types import Row


class HostArea(Row, table=True):
    __tablename__ = "host_area"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    folded_name: str = Field(max_length=120, unique=True)  # casefolded: »Syd« and »syd« are one area
    active: bool = True
