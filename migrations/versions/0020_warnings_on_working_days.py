"""The reminder before a deadline is told on a working day; that may be sooner than the day that was looked up for it."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE enrolment SET next_due_on = CURRENT_DATE WHERE status = 'open' AND next_due_on > CURRENT_DATE")


def downgrade() -> None:
    """Nothing: whoever looks too soon finds nothing to do."""
