"""What a cell can hold, whichever kind of file it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

Cell: TypeAlias = str | bool | int | float | date | datetime | time | timedelta

_JOINERS = "\u200c\u200d"  # invisible, and part of some names in Persian and Hindi


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; `number` is what Excel shows beside it. Its repr shows no cell."""

    number: int
    cells: tuple[Cell, ...] = field(repr=False)


def as_text(cell: Cell) -> str:
    """The cell as a person reads it: whole numbers without a decimal point, single blanks, composed letters,
    and nothing invisible that was pasted along from a web page.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", " ".join(str(cell).split()))
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter.isprintable() or letter in _JOINERS).strip()


def is_blank(cell: Cell) -> bool:
    """Whether the cell shows nothing."""
    return isinstance(cell, str) and not as_text(cell)


def is_filled(cells: Sequence[Cell]) -> bool:
    """Whether any of the cells shows something."""
    return not all(is_blank(cell) for cell in cells)


def column_letter(index: int) -> str:
    """What Excel calls the column at `index`, counted from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
