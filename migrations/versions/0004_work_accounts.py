"""Who somebody is to the provider of their work account (OpenID Connect).

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("openid_issuer", sa.String(length=255), nullable=True))
    op.add_column("staff", sa.Column("openid_subject", sa.String(length=255), nullable=True))
    op.create_index("ix_staff_openid", "staff", ["openid_issuer", "openid_subject"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_staff_openid", table_name="staff")
    op.drop_column("staff", "openid_subject")
    op.drop_column("staff", "openid_issuer")
