"""How somebody wants to be told: when, about what, and where besides their mail."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false
from sqlmodel import Field

from engine.topic import Topic
from models.message import Pace
from models.types import Row, one_of


class Preference(Row, table=True):
    """What somebody chose for all their messages; nothing where they left it as it is.

    `hours` is `07:00-17:00` (on working days) or `always`. `digest_days` are ISO weekdays in order, `12345`;
    `digest_at` is `07:30`. Times are Danish.
    """

    __tablename__ = "preference"

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    hours: str | None = Field(default=None, max_length=11)
    digest_days: str | None = Field(default=None, max_length=7)
    digest_at: str | None = Field(default=None, max_length=5)


class TopicChoice(Row, table=True):
    """What somebody chose for the messages of one topic. `channels` are names with a space between; none: mail."""

    __tablename__ = "topic_choice"
    __table_args__ = (
        one_of("topic", Topic, "ck_topic_choice_topic"),
        one_of("pace", Pace, "ck_topic_choice_pace"),
    )

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    topic: str = Field(max_length=20, primary_key=True)
    pace: str = Field(max_length=10)
    channels: str = Field(default="", max_length=60)


class Contact(Row, table=True):
    """Where somebody is reached by a channel besides mail. The address is sealed: whoever has it can write there."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("staff_id", "channel", name="uq_contact_channel"),)

    id: UUID = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    channel: str = Field(max_length=20)
    sealed: bytes


class Absence(Row, table=True):
    """Somebody is away from `from_on` to `until_on`, both included, and `stand_in_id` gets their messages.

    With `stand_in_left` that one was taken out meanwhile and gets them no more, also when they are added again.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ck_absence_days"),
        CheckConstraint("stand_in_id <> staff_id", name="ck_absence_stand_in"),
        Index("ix_absence_until", "until_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    from_on: date
    until_on: date
    stand_in_id: int = Field(foreign_key="staff.id")
    stand_in_left: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
