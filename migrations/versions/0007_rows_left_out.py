"""Lists: how many rows were left out.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("list_import", sa.Column("omitted", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("list_import", "omitted")
