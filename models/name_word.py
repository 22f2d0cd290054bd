"""The words of people's names, so that a search finds a name by the beginning of any of its words.

A table beside the candidates and not an index over their names: both kinds of database find a beginning in it at once,
with Danish and with foreign letters, however many people there are.
"""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field

from models.types import Row

_PARTS = re.compile(r"[^\W_]+")
_LONGEST = 64
#: By code point, on PostgreSQL too: what begins alike then stands together, in every language.
_BY_CODE_POINT = String(_LONGEST).with_variant(String(_LONGEST, collation="C"), "postgresql")


class NameWord(Row, table=True):
    """One word of one candidate's name, as `words_of` gives it."""

    __tablename__ = "name_word"

    word: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    candidate_id: UUID = Field(primary_key=True, foreign_key="candidate.id", index=True)


def words_of(text: str) -> frozenset[str]:
    """The words of a name, or of what somebody searches for: small letters, without accents (»Aïsha« is »aisha«)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return frozenset(word[:_LONGEST] for word in _PARTS.findall(plain))
