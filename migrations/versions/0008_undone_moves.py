"""What reports ask of every history: which moves were taken back. They are few, and have an index of their own.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNDONE = sa.text("action = 'undo'")


def upgrade() -> None:
    op.create_index(
        "ix_transition_undo",
        "transition",
        ["enrolment_id", "seq", "undoes"],
        sqlite_where=_UNDONE,
        postgresql_where=_UNDONE,
    )


def downgrade() -> None:
    op.drop_index("ix_transition_undo", table_name="transition")
