"""The cases of a stage in the order in which a board shows them, and pauses by the day on which to look at them: the
first few are read, and not sorted out of all.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("status <> 'ended'")
_LASTING = sa.text("until_on IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_enrolment_order",
        "enrolment",
        ["pathway_key", "stage", "due_on", "id", "area_id", "status"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_pause_review",
        "pause",
        ["review_on", "enrolment_id"],
        sqlite_where=_LASTING,
        postgresql_where=_LASTING,
    )


def downgrade() -> None:
    op.drop_index("ix_pause_review", table_name="pause")
    op.drop_index("ix_enrolment_order", table_name="enrolment")
