"""Trial mode: whether messages go to everybody, and who gets them while they do not.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_trial_single"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    op.create_table(
        "trial_recipient",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(length=254), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_trial_recipient_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_trial_recipient")),
    )


def downgrade() -> None:
    op.drop_table("trial_recipient")
    op.drop_table("trial")
