"""Trial mode: whether messages go to everybody, and who gets them while they do not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.types import Row, UtcDateTime


class Trial(Row, table=True):
    """One row once somebody has chosen; until then what a program does by itself holds (`onboarding.trial`)."""

    __tablename__ = "trial"
    __table_args__ = (CheckConstraint("id = 1", name="ck_trial_single"),)

    id: int = Field(default=1, primary_key=True)
    is_on: bool


class TrialRecipient(Row, table=True):
    """Somebody who gets messages also while it is on."""

    __tablename__ = "trial_recipient"

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    added_by: str = Field(max_length=254)
    added_at: datetime = Field(sa_type=UtcDateTime)
