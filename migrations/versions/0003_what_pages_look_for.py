"""What pages look for: the words of names, and indexes for boards, cases and messages that were given up.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.name_word import words_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    word = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
    op.create_table(
        "name_word",
        sa.Column("word", word, nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_name_word_candidate_id")),
        sa.PrimaryKeyConstraint("word", "candidate_id", name=op.f("pk_name_word")),
    )
    op.create_index(op.f("ix_name_word_candidate_id"), "name_word", ["candidate_id"])
    _fill()
    op.drop_index("ix_enrolment_due", table_name="enrolment")
    _partial(
        "ix_enrolment_due", "enrolment", ["pathway_key", "stage", "next_due_on", "id"], "next_due_on IS NOT NULL"
    )
    _partial("ix_enrolment_previous_id", "enrolment", ["previous_id"], "previous_id IS NOT NULL")
    op.create_index(op.f("ix_enrolment_officer_id"), "enrolment", ["officer_id"])
    op.create_index(op.f("ix_milestone_enrolment_id"), "milestone", ["enrolment_id"])
    _partial("ix_message_dead", "message", ["enrolment_id"], "state = 'dead'")
    _partial("ix_message_list", "message", ["list_import_id"], "list_import_id IS NOT NULL")


def _fill() -> None:
    """The words of those who are there already."""
    candidate = sa.table("candidate", sa.column("id", sa.Uuid()), sa.column("name", sa.String()))
    name_word = sa.table("name_word", sa.column("word", sa.String()), sa.column("candidate_id", sa.Uuid()))
    people = op.get_bind().execute(sa.select(candidate.c.id, candidate.c.name)).all()
    rows = [{"word": word, "candidate_id": person.id} for person in people for word in sorted(words_of(person.name))]
    if rows:
        op.get_bind().execute(name_word.insert(), rows)


def downgrade() -> None:
    op.drop_index("ix_message_list", table_name="message")
    op.drop_index("ix_message_dead", table_name="message")
    op.drop_index("ix_milestone_enrolment_id", table_name="milestone")
    op.drop_index("ix_enrolment_officer_id", table_name="enrolment")
    op.drop_index("ix_enrolment_previous_id", table_name="enrolment")
    op.drop_index("ix_enrolment_due", table_name="enrolment")
    op.create_index("ix_enrolment_due", "enrolment", ["pathway_key", "stage", "next_due_on", "id"])
    op.drop_table("name_word")
