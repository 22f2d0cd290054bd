"""Days and numbers as an address says them; what is neither asks for nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path

#: The number of a row, as a part of an address: one that the database can hold.
RowNumber = Annotated[int, Path(ge=1, lt=2**31)]


def number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
