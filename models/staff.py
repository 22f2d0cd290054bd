"""The people who work with the pathways and are told things: coordinators, managers, jobcenter officers."""

from __future__ import annotations

from sqlmodel import Field

from engine.audience import Audience
from models.types import Row, one_of


class Staff(Row, table=True):
    __tablename__ = "staff"
    __table_args__ = (one_of("role", Audience, "ck_staff_role"),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)  # lower case
    name: str = Field(max_length=120)
    role: str = Field(max_length=20)
    active: bool = True


class StaffArea(Row, table=True):
    """Which host areas somebody works for. Nobody listed: all areas."""

    __tablename__ = "staff_area"

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    area_id: int = Field(foreign_key="host_area.id", primary_key=True)
