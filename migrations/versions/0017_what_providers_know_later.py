"""What a provider knows later of a message that it took: received, or not any more.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATES = "state IN ('queued', 'gathered', 'sent', 'skipped', 'dead')"
_NEW_STATES = "state IN ('queued', 'gathered', 'sent', 'delivered', 'skipped', 'dead')"


def upgrade() -> None:
    for column in (
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("ask_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_not_received", sa.String(length=300), nullable=True),
    ):
        op.add_column("attempt", column)
    _index("ix_attempt_ask", "attempt", ["channel", "ask_after", "id"], "ask_after IS NOT NULL")
    _states(_NEW_STATES, "state IN ('sent', 'delivered')")


def downgrade() -> None:
    """To an older program what was received was sent."""
    op.execute("UPDATE message SET state = 'sent' WHERE state = 'delivered'")
    _states(_STATES, "state = 'sent'")
    op.drop_index("ix_attempt_ask", table_name="attempt")
    for name in ("why_not_received", "received_at", "ask_after", "reference"):
        op.drop_column("attempt", name)


def _states(states: str, told: str) -> None:
    op.drop_index("ix_message_sent", table_name="message")
    with op.batch_alter_table("message") as message:
        message.drop_constraint("ck_message_state", type_="check")
        message.create_check_constraint("ck_message_state", states)
    _index("ix_message_sent", "message", ["recipient_id", "finished_at"], told)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
