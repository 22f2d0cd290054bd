"""Names are found by plain letters too: »lucja« finds »Łucja«, »yilmaz« finds »Yılmaz«, »soren« finds »Søren«.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.name_word import words_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """Puts the words of those right whose names have such letters."""
    candidate = sa.table("candidate", sa.column("id", sa.Uuid()), sa.column("name", sa.String()))
    name_word = sa.table("name_word", sa.column("word", sa.String()), sa.column("candidate_id", sa.Uuid()))
    bind = op.get_bind()
    people = [one for one in bind.execute(sa.select(candidate.c.id, candidate.c.name)) if not one.name.isascii()]
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        bind.execute(name_word.delete().where(name_word.c.candidate_id.in_([one.id for one in some])))
        rows = [{"word": word, "candidate_id": one.id} for one in some for word in sorted(words_of(one.name))]
        if rows:
            bind.execute(name_word.insert(), rows)


def downgrade() -> None:
    """An older program finds these names by their plain letters alone, until each is corrected."""
