"""Lists: how many cells were corrected, and who took an import back.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("list_import", sa.Column("corrected", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("list_import", sa.Column("undone_by", sa.String(length=254), nullable=True))
    op.add_column("list_import", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("undone_at", "undone_by", "corrected"):
        op.drop_column("list_import", column)
