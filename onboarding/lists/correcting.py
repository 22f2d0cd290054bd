"""Correcting single cells of a list that was read, as if the file had said so.

A correction is the text that somebody typed in place of a cell. It goes into the table before that is understood, so
that a list which was corrected and a file which was corrected come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from engine.refusal import Refused
from models import cpr
from onboarding.lists.cells import Cell, Row, as_text, is_filled
from onboarding.lists.columns import Columns, match
from onboarding.lists.table import Table, no_candidates


class Place(NamedTuple):
    """A cell: the row's number as Excel shows it, and the column counted from 0."""

    row: int
    column: int


Corrections = Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a row with faults, as a page may show it: `text` never holds a CPR number.

    A cell to be corrected has `problems`, or `is_corrected` already.
    """

    place: Place
    label: str
    text: str = field(repr=False)
    problems: tuple[str, ...]
    is_number: bool
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """The cells of a row that are read, in the order of the file."""

    row: int
    cells: tuple[ShownCell, ...]


def corrected(table: Table, corrections: Corrections) -> Table:
    """The list with these cells in place of its own; a row that is empty then is skipped, as in any file."""
    changed: dict[int, dict[int, str]] = {}
    for place, text in corrections.items():
        changed.setdefault(place.row, {})[place.column] = text
    rows = tuple(_with(row, changed[row.number]) if row.number in changed else row for row in table.rows)
    filled = tuple(row for row in rows if is_filled(row.cells))
    if not filled:
        raise no_candidates()
    return replace(table, rows=filled)


def _with(row: Row, texts: Mapping[int, str]) -> Row:
    width = max(len(row.cells), *(column + 1 for column in texts))
    cells: list[Cell] = [*row.cells, *[""] * (width - len(row.cells))]
    for column, text in texts.items():
        cells[column] = text
    return Row(row.number, tuple(cells))


def typed(table: Table, before: Corrections, texts: Iterable[tuple[Place, str]]) -> dict[Place, str]:
    """The corrections `before` and what was typed since, which counts where it is not what was shown.

    An empty field for a CPR number leaves the cell as it is, because its number was not shown. Raises `Refused` for a
    cell that the list does not read.
    """
    columns, rows = match(table.headings), {row.number: row for row in table.rows}
    known, number = set(columns.index.values()), columns.index.get("cpr")
    made = dict(before)
    for place, text in texts:
        if place.row not in rows or place.column not in known:
            raise Refused("Rettelsen hører ikke til listen. Begynd forfra; intet er gemt.")
        own = _cell(rows[place.row], place.column)
        is_number = place.column == number
        if text == _shown(before.get(place, own), is_number):
            continue
        made[place] = text
        if text == _shown(own, is_number) == as_text(own):
            del made[place]  # it says what the file says
    return made


def to_correct(
    table: Table, corrections: Corrections, faults: Iterable[tuple[int, str, str]]
) -> tuple[ShownRow, ...] | None:
    """The rows with faults (row, heading, problem), to be corrected. None when some fault is not one of a cell."""
    columns, rows = match(table.headings), {row.number: row for row in table.rows}
    column_of = {columns.labels[column]: column for column in columns.index.values()}
    found: dict[int, dict[int, list[str]]] = {}
    for number, label, problem in faults:
        if number not in rows or label not in column_of:
            return None
        found.setdefault(number, {}).setdefault(column_of[label], []).append(problem)
    return tuple(
        ShownRow(number, tuple(_cells(rows[number], columns, corrections, found[number]))) for number in sorted(found)
    )


def _cells(row: Row, columns: Columns, corrections: Corrections, found: Mapping[int, list[str]]) -> Iterable[ShownCell]:
    for column in sorted(columns.index.values()):
        place = Place(row.number, column)
        is_number = column == columns.index.get("cpr")
        text, problems = _shown(corrections.get(place, _cell(row, column)), is_number), tuple(found.get(column, ()))
        if is_number and not problems:
            text = cpr.MASK
        yield ShownCell(place, columns.labels[column], text, problems, is_number, place in corrections)


def _cell(row: Row, column: int) -> Cell:
    return row.cells[column] if column < len(row.cells) else ""


def _shown(cell: Cell, is_number: bool) -> str:
    """As much of a cell as a page may show: nothing of one that holds a CPR number, or should."""
    if isinstance(cell, date):  # also one with a time of day
        return f"{cell:%d-%m-%Y}" if not isinstance(cell, datetime) else f"{cell.date():%d-%m-%Y}"
    text = as_text(cell)
    return "" if is_number or cpr.looks_like_cpr(text) else text
