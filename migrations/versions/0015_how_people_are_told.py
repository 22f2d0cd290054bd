"""How people are told: at once or in a digest, by which channel, and by whom while they are away.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATES = "state IN ('queued', 'sent', 'skipped', 'dead')"
_NEW_STATES = "state IN ('queued', 'gathered', 'sent', 'skipped', 'dead')"
_TOPICS = "topic IN ('escalations', 'deadlines', 'endings', 'handovers', 'moves')"
_PACES = "pace IN ('at_once', 'digest', 'never')"
_OF_KIND = {
    "escalations": ("escalation", "pause_forgotten"),
    "deadlines": ("reminder_before", "reminder_on", "reminder_after", "pause_review"),
    "handovers": ("assigned", "list_imported", "list_undone"),
    "endings": ("dropped_out", "transferred", "annulled"),
}


def upgrade() -> None:
    op.drop_index("ix_message_waiting", table_name="message")
    for column in (
        sa.Column("topic", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=20), server_default="mail", nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=True),
        sa.Column("meant_on", sa.Date(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_id", sa.Integer(), nullable=True),
    ):
        op.add_column("message", column)
    _fill()
    with op.batch_alter_table("message") as message:
        message.alter_column("topic", existing_type=sa.String(length=20), nullable=False)
        message.alter_column("meant_on", existing_type=sa.Date(), nullable=False)
        message.create_foreign_key(op.f("fk_message_digest_id"), "message", ["digest_id"], ["id"])
        message.drop_constraint("ck_message_state", type_="check")
        message.create_check_constraint("ck_message_state", _NEW_STATES)
        message.create_check_constraint("ck_message_topic", _TOPICS)
        message.create_check_constraint("ck_message_pace", _PACES)
    _index("ix_message_unsorted", ["id"], "state = 'queued' AND pace IS NULL")
    _index("ix_message_waiting", ["pace", "channel", "send_after", "id"], "state = 'queued'")
    _index("ix_message_gathered", ["digest_id"], "digest_id IS NOT NULL")
    _index("ix_message_sent", ["recipient_id", "finished_at"], "state = 'sent'")
    _tables()


def _fill() -> None:
    """What is there already: it is about what its kind says, and was meant for the day that it tells of."""
    told = sa.table("message", sa.column("topic"), sa.column("kind"), sa.column("meant_on"), sa.column("on_day"))
    cases = [(told.c.kind.in_(of), topic) for topic, of in _OF_KIND.items()]
    op.execute(told.update().values(topic=sa.case(*cases, else_="moves"), meant_on=told.c.on_day))


def _index(name: str, columns: list[str], where: str, table: str = "message", *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _tables() -> None:
    op.create_table(
        "preference",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.String(length=11), nullable=True),
        sa.Column("digest_days", sa.String(length=7), nullable=True),
        sa.Column("digest_at", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_preference_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "topic_choice",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("channels", sa.String(length=60), nullable=False),
        sa.CheckConstraint(_TOPICS, name="ck_topic_choice_topic"),
        sa.CheckConstraint(_PACES, name="ck_topic_choice_pace"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_topic_choice_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "topic", name=op.f("pk_topic_choice")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_contact_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("staff_id", "channel", name="uq_contact_channel"),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name="ck_absence_days"),
        sa.CheckConstraint("stand_in_id <> staff_id", name="ck_absence_stand_in"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["staff.id"], name=op.f("fk_absence_stand_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_until", "absence", ["until_on"])
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    _index("ux_outage_open", ["channel"], "ended_at IS NULL", "outage", unique=True)


def downgrade() -> None:
    """A digest is none to an older program, and what it gathered has been told or is told singly."""
    for table in ("outage", "absence", "contact", "topic_choice", "preference"):
        op.drop_table(table)
    for name in ("ix_message_sent", "ix_message_gathered", "ix_message_waiting", "ix_message_unsorted"):
        op.drop_index(name, table_name="message")
    op.execute(
        "UPDATE message SET state = (SELECT digest.state FROM message AS digest WHERE digest.id = message.digest_id), "
        "digest_id = NULL WHERE state = 'gathered'"
    )
    op.execute("DELETE FROM attempt WHERE message_id IN (SELECT id FROM message WHERE kind = 'digest')")
    op.execute("DELETE FROM message WHERE kind = 'digest'")
    with op.batch_alter_table("message") as message:
        for name in ("ck_message_pace", "ck_message_topic", "ck_message_state"):
            message.drop_constraint(name, type_="check")
        message.create_check_constraint("ck_message_state", _STATES)
        message.drop_constraint(op.f("fk_message_digest_id"), type_="foreignkey")
        for name in ("digest_id", "planned_at", "meant_on", "pace", "channel", "topic"):
            message.drop_column(name)
    _index("ix_message_waiting", ["send_after", "id"], "state = 'queued'")
