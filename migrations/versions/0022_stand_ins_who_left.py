"""Whoever was taken out stands in for nobody, also when they are added again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("absence", sa.Column("stand_in_left", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE absence SET stand_in_left = true WHERE stand_in_id IN (SELECT id FROM staff WHERE NOT active)")


def downgrade() -> None:
    op.drop_column("absence", "stand_in_left")
