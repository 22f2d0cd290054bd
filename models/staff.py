"""The people who work with the pathways: who is told things and who signs in are the same people, one row each."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from models.types import Row, one_of


class Role(StrEnum):
    """What somebody works as. The first three are told things by the engine; all of them can sign in."""

    COORDINATOR = "coordinator"
    MANAGER = "manager"
    JOBCENTER_OFFICER = "jobcenter_officer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"


#: Those who see the cases of their areas; an officer sees whom they enrolled and, in theirs, whom no officer
#: has; the rest see none. Whoever is a case's coordinator sees it wherever it is, but for the rest.
BY_AREA = frozenset({Role.COORDINATOR, Role.MANAGER})


class Staff(Row, table=True):
    """`password_hash` is Argon2id's own text; without one, somebody cannot sign in with a password.

    `openid_issuer` and `openid_subject` are who they are to the provider of their work account, once they have come in
    with it. They outlive being taken out: whoever was taken out is still known by them, and stays out.
    """

    __tablename__ = "staff"
    __table_args__ = (
        one_of("role", Role, "ck_staff_role"),
        Index("ix_staff_openid", "openid_issuer", "openid_subject", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)  # lower case
    name: str = Field(max_length=120)
    role: str = Field(max_length=30)
    active: bool = True
    password_hash: str | None = Field(default=None, max_length=200)
    openid_issuer: str | None = Field(default=None, max_length=255)
    openid_subject: str | None = Field(default=None, max_length=255)


class StaffArea(Row, table=True):
    """Which host areas somebody works for. Nobody listed: all areas."""

    __tablename__ = "staff_area"

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    area_id: int = Field(foreign_key="host_area.id", primary_key=True)
