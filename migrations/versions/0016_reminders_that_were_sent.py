"""What a report asks of every reminder that was sent: an index of them alone.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REMINDS = sa.text("substr(cause, 1, 9) = 'reminder:'")


def upgrade() -> None:
    op.create_index(
        "ix_message_reminder",
        "message",
        ["enrolment_id", "seq", "kind", "state", "finished_at", "digest_id"],
        sqlite_where=_REMINDS,
        postgresql_where=_REMINDS,
    )


def downgrade() -> None:
    op.drop_index("ix_message_reminder", table_name="message")
