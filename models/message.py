"""The outbox: one row for each person to be told of each cause, written with what caused it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from engine.audience import Audience
from engine.topic import Topic
from models.types import Row, UtcDateTime, one_of, partial_index

#: The channel by which everybody can be reached.
MAIL = "mail"


class State(StrEnum):
    QUEUED = "queued"  # to be sent, at once, at its time or again after a failure
    GATHERED = "gathered"  # told in the digest `digest_id`, whose state is how it went
    SENT = "sent"  # the other end took it
    DELIVERED = "delivered"  # sent, and the other end said later that the recipient received it
    SKIPPED = "skipped"  # `reason` says why
    DEAD = "dead"  # gave up after too many failures; a person can send it again


#: The states of what its recipient was sent, whether or not it is known to have come.
TOLD = (State.SENT, State.DELIVERED)


class Pace(StrEnum):
    """How soon somebody is told."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEVER = "never"


_UNREACHED = "state = 'skipped' AND reason IN ('nobody_in_audience', 'recipient_inactive', 'left_audience')"


class Message(Row, table=True):
    """`cause` names what it tells of (`transition:17:3`, `reminder:17:3:after`, `import:5`) and is unique for each
    person, so that nothing is ever told twice; what goes by a further channel has that behind it (`#sms`).
    `recipient_id` is empty when the audience had nobody.

    A message that is queued is sorted before it is sent: `pace` is empty until then, and again when it has to be
    sorted anew. `meant_on` is the day for which it was meant; `planned_at` is when it was to go out, as it was sorted
    first. `send_after` is when it may, at the earliest.

    A delivery takes a lease: nobody else sends a message before `leased_until`.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("cause", "recipient_id", name="uq_message_cause_recipient"),
        ForeignKeyConstraint(
            ["enrolment_id", "seq"], ["transition.enrolment_id", "transition.seq"], name="fk_message_transition"
        ),
        one_of("state", State, "ck_message_state"),
        one_of("audience", Audience, "ck_message_audience"),
        one_of("topic", Topic, "ck_message_topic"),
        one_of("pace", Pace, "ck_message_pace"),
        partial_index("ix_message_unsorted", "id", where="state = 'queued' AND pace IS NULL"),
        partial_index("ix_message_waiting", "pace", "channel", "send_after", "id", where="state = 'queued'"),
        partial_index("ix_message_gathered", "digest_id", where="digest_id IS NOT NULL"),
        partial_index("ix_message_sent", "recipient_id", "finished_at", where="state IN ('sent', 'delivered')"),
        partial_index("ix_message_dead", "enrolment_id", where="state = 'dead'"),
        partial_index("ix_message_unreached", "id", where=_UNREACHED),
        Index("ix_message_enrolment", "enrolment_id"),
        partial_index("ix_message_list", "list_import_id", where="list_import_id IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cause: str = Field(max_length=80)
    kind: str = Field(max_length=63)  # the template
    audience: str = Field(max_length=20)
    recipient_id: int | None = Field(default=None, foreign_key="staff.id")
    enrolment_id: int | None = Field(default=None, foreign_key="enrolment.id")
    seq: int | None = None  # the transition it tells of; of a reminder, the one that began the visit or the pause
    list_import_id: int | None = Field(default=None, foreign_key="list_import.id")
    on_day: date  # the day it tells of
    due_on: date | None = None  # when the stage should be left, as it was known then
    topic: str = Field(max_length=20)
    channel: str = Field(max_length=20, sa_column_kwargs={"server_default": MAIL})
    pace: str | None = Field(default=None, max_length=10)
    meant_on: date
    planned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    digest_id: int | None = Field(default=None, foreign_key="message.id")
    state: str = Field(default=State.QUEUED, max_length=10)
    reason: str | None = Field(default=None, max_length=63)
    attempts: int = 0
    send_after: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease: str | None = Field(default=None, max_length=36)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Attempt(Row, table=True):
    """One try at sending a message, and what the other end answered.

    `reference` is its own name for the message. As long as it can be asked what became of it, `ask_after` is when that
    is due. `received_at` is when the recipient's machine had it, and `why_not_received` why it never will.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("message_id", "number", name="uq_attempt_number"),
        partial_index("ix_attempt_ask", "channel", "ask_after", "id", where="ask_after IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    number: int
    channel: str = Field(max_length=20)
    ok: bool
    detail: str = Field(max_length=300)
    at: datetime = Field(sa_type=UtcDateTime)
    reference: str | None = Field(default=None, max_length=64)
    ask_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why_not_received: str | None = Field(default=None, max_length=300)
