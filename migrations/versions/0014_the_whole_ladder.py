"""The reminder on the day itself; and reminders that rest, until a day or while a case is handled elsewhere.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_RUNGS = "rung IN ('before', 'after', 'escalation', 'review', 'forgotten')"
_RUNGS_NOW = "rung IN ('before', 'on', 'after', 'escalation', 'review', 'forgotten')"


_ACTIONS = ("enrol", "assign", "move", "advance", "pause", "resume", "drop", "transfer", "undo")
_ACTIONS_NOW = (*_ACTIONS[:2], "snooze", "elsewhere", "remind", *_ACTIONS[2:])


def upgrade() -> None:
    _allow_rungs(_RUNGS_NOW)
    _allow_actions(_ACTIONS_NOW)
    op.create_table(
        "snooze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=63), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_snooze_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snooze")),
        sa.UniqueConstraint("enrolment_id", "occurrence", name="uq_snooze_occurrence"),
    )


def downgrade() -> None:
    """Not where somebody has snoozed anything: an older program could not read that history, and none is edited."""
    op.drop_table("snooze")
    _allow_actions(_ACTIONS)
    op.execute(sa.text("DELETE FROM reminder WHERE rung = 'on'"))  # an older program has no such rung
    _allow_rungs(_RUNGS)


def _allow_rungs(which: str) -> None:
    with op.batch_alter_table("reminder") as reminder:
        reminder.drop_constraint("ck_reminder_rung", type_="check")
        reminder.create_check_constraint("ck_reminder_rung", which)


def _allow_actions(which: tuple[str, ...]) -> None:
    """SQLite makes the table anew for it, and its triggers, which go with the old one, are put back as they were."""
    bind = op.get_bind()
    triggers = []
    if bind.dialect.name == "sqlite":
        ours = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transition' ORDER BY name"
        triggers = list(bind.execute(sa.text(ours)).scalars())
    listed = ", ".join(f"'{action}'" for action in which)
    with op.batch_alter_table("transition") as transition:
        transition.drop_constraint("ck_transition_action", type_="check")
        transition.create_check_constraint("ck_transition_action", f"action IN ({listed})")
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
