"""A checksum of a table's rows that is the same on SQLite and on PostgreSQL, in whatever order they come.

It is reckoned from the values as the models read them (an instant is an instant, whatever a database makes of it), and
the rows' own sums are added up: texts stand in another order in every database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

_WIDTH = 2**256


class Checksum:
    """How many rows were added, and the sum of them all: as text 64 letters from 0 to f."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, values: Iterable[Any]) -> None:
        """One row: what its columns hold, in the order of the model."""
        said = json.dumps(list(values), default=_plain, sort_keys=True, separators=(",", ":"))
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(said.encode()).digest())) % _WIDTH
        self.rows += 1

    def __str__(self) -> str:
        return f"{self._sum:064x}"


def _plain(value: Any) -> list[str]:
    if isinstance(value, date | datetime):
        return ["date", value.isoformat()]
    if isinstance(value, UUID):
        return ["uuid", value.hex]
    if isinstance(value, bytes | memoryview):
        return ["bytes", bytes(value).hex()]
    raise TypeError(f"no column holds a {type(value).__name__}")
