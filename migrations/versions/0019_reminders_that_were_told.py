"""A reminder is a row when it was told. Those that told nobody, because a weightier one spoke, are none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # They may be due again by a deadline that was moved: the next sweep looks when.
    op.execute(
        "UPDATE enrolment SET next_due_on = CURRENT_DATE WHERE status <> 'ended'"
        " AND (next_due_on IS NULL OR next_due_on > CURRENT_DATE)"
        " AND id IN (SELECT enrolment_id FROM reminder WHERE superseded)"
    )
    op.execute("DELETE FROM reminder WHERE superseded")
    with op.batch_alter_table("reminder") as table:
        table.drop_column("superseded")


def downgrade() -> None:
    with op.batch_alter_table("reminder") as table:
        table.add_column(sa.Column("superseded", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("reminder") as table:
        table.alter_column("superseded", server_default=None)
