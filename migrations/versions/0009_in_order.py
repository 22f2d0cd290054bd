"""What is counted and listed is read in its order, and not sorted out of all: the cases of a stage as a board shows
them, an officer's by stage, and pauses by the day on which to look at them.

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

_ENROLLED_BY = sa.text("officer_id IS NOT NULL")
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
    op.drop_index(op.f("ix_enrolment_officer_id"), table_name="enrolment")
    op.create_index(
        "ix_enrolment_officer",
        "enrolment",
        ["officer_id", "pathway_key", "stage", "status", "due_on"],
        sqlite_where=_ENROLLED_BY,
        postgresql_where=_ENROLLED_BY,
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
    op.drop_index("ix_enrolment_officer", table_name="enrolment")
    op.create_index(op.f("ix_enrolment_officer_id"), "enrolment", ["officer_id"])
    op.drop_index("ix_enrolment_order", table_name="enrolment")
