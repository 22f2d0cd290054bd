"""Which keys may hold something, once they have been changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_key")),
    )
    op.create_index(
        "uq_sealing_key_active",
        "sealing_key",
        ["active"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )


def downgrade() -> None:
    """An older program knows one index for all keys, and would find nobody whom another one finds."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM sealing_key")).scalar_one():
        raise RuntimeError("the keys have been changed, which an older program does not know of")
    op.drop_table("sealing_key")
