"""One candidate in one pathway version: where they are, and when to look again.

Stage, status, entered_on, visit, held and last_on are what the transitions fold to, kept here so that a board or a
sweep reads one row. `due_on` is the day on which the stage should be left, `next_due_on` the day on which time
alone could next move somebody or send a reminder. Every write raises `revision` and checks it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from engine.case import Status
from models.types import Row, UtcDateTime, one_of, partial_index

_COUNTED = ("pathway_key", "stage", "status", "due_on")
_ORDER = ("pathway_key", "stage", "due_on", "id", "area_id", "status")


class Enrolment(Row, table=True):
    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["pathway_key", "pathway_version"],
            ["pathway_version.key", "pathway_version.version"],
            name="fk_enrolment_pathway_version",
        ),
        one_of("status", Status, "ck_enrolment_status"),
        partial_index("uq_enrolment_one_open", "candidate_id", "pathway_key", unique=True, where="status <> 'ended'"),
        # A sweep walks one stage of one pathway in the order of next_due_on, whatever else the table holds. Nobody else
        # is to use this index: what a page asks for names no such day, so the condition keeps a planner away from it.
        partial_index("ix_enrolment_due", "pathway_key", "stage", "next_due_on", "id", where="next_due_on IS NOT NULL"),
        partial_index("ix_enrolment_previous_id", "previous_id", where="previous_id IS NOT NULL"),
        # What a board counts, without looking at the rows themselves; and those that it shows, in their order.
        Index("ix_enrolment_area", "area_id", *_COUNTED),
        partial_index("ix_enrolment_officer", "officer_id", *_COUNTED, where="officer_id IS NOT NULL"),
        partial_index("ix_enrolment_order", *_ORDER, where="status <> 'ended'"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=20, unique=True)
    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)
    pathway_key: str = Field(max_length=63)
    pathway_version: int
    area_id: int = Field(foreign_key="host_area.id")
    coordinator_id: int = Field(foreign_key="staff.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="staff.id")  # the officer who enrolled
    list_import_id: int | None = Field(default=None, foreign_key="list_import.id", index=True)
    previous_id: int | None = Field(default=None, foreign_key="enrolment.id")  # re-entered or transferred from
    starts_on: date
    stage: str = Field(max_length=63)
    status: str = Field(max_length=10)
    entered_on: date
    visit: int
    held: str | None = Field(default=None, sa_type=Text)  # as many keys as the stage has automatic steps
    seq: int
    last_on: date
    due_on: date | None = None
    next_due_on: date | None = None
    revision: int = 1
    created_by: str = Field(max_length=254)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Stored(NamedTuple):
    """An enrolment as it was read, for those who decide about it and tell of it. `birth_date` is the candidate's."""

    id: int
    reference: str
    candidate_id: UUID
    pathway_key: str
    pathway_version: int
    area_id: int
    coordinator_id: int
    officer_id: int | None
    list_import_id: int | None
    starts_on: date
    stage: str
    status: str
    entered_on: date
    visit: int
    held: str | None
    seq: int
    last_on: date
    due_on: date | None
    next_due_on: date | None
    revision: int
    birth_date: date | None
