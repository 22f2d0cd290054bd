"""The reminder on the day itself.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_RUNGS = "rung IN ('before', 'after', 'escalation', 'review', 'forgotten')"
_RUNGS_NOW = "rung IN ('before', 'on', 'after', 'escalation', 'review', 'forgotten')"


def upgrade() -> None:
    _allow_rungs(_RUNGS_NOW)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM reminder WHERE rung = 'on'"))  # an older program has no such rung
    _allow_rungs(_RUNGS)


def _allow_rungs(which: str) -> None:
    with op.batch_alter_table("reminder") as reminder:
        reminder.drop_constraint("ck_reminder_rung", type_="check")
        reminder.create_check_constraint("ck_reminder_rung", which)
