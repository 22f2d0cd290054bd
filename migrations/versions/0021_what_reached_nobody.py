"""What a newcomer is told, and everybody else waits for: an index of the messages that reached nobody, alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNREACHED = sa.text("state = 'skipped' AND reason IN ('nobody_in_audience', 'recipient_inactive', 'left_audience')")


def upgrade() -> None:
    op.create_index(
        "ix_message_unreached", "message", ["id"], sqlite_where=_UNREACHED, postgresql_where=_UNREACHED
    )


def downgrade() -> None:
    op.drop_index("ix_message_unreached", table_name="message")
