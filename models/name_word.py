"""The words of people's names, so that a search finds a name by the beginning of any of its words.

A table beside the candidates and not an index over their names: both kinds of database find a beginning in it at once,
with Danish and with foreign letters, however many people there are.
"""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field

from models.spelling import fold
from models.types import Row

_PARTS = re.compile(r"[^\W_]+")
LONGEST = 64
#: By code point, on PostgreSQL too: what begins alike then stands together, in every language.
_BY_CODE_POINT = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")


class NameWord(Row, table=True):
    """One word of one candidate's name, as `words_of` gives it."""

    __tablename__ = "name_word"

    word: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    candidate_id: UUID = Field(primary_key=True, foreign_key="candidate.id", index=True)


def words_of(text: str) -> frozenset[str]:
    """The words of a name, folded: »Łucja Aïsha« is »lucja« and »aisha«."""
    return frozenset(word[:LONGEST] for word in _PARTS.findall(fold(text)))
