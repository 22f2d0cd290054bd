"""The audit log says every area that somebody was given: what a row adds may be long.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """SQLite makes the table anew for it, and its triggers, which go with the old one, are put back as they were."""
    bind = op.get_bind()
    triggers = []
    if bind.dialect.name == "sqlite":
        ours = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit' ORDER BY name")
        triggers = list(bind.execute(ours).scalars())
    with op.batch_alter_table("audit") as audit:
        audit.alter_column("purpose", type_=sa.Text(), existing_type=sa.String(length=200), existing_nullable=False)
    for trigger in triggers:
        bind.exec_driver_sql(trigger)


def downgrade() -> None:
    """The column stays as it is: an older program reads it too, and a row cut short would break the chain."""
