"""Correcting single cells of a list that was read, and leaving rows out, as if the file had said so.

A correction is the text that somebody typed in place of a cell. It goes into the table before that is understood, so
that a list which was corrected and a file which was corrected come to the same. A row that is left out keeps its
corrections, for the day on which it is taken in again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from engine.refusal import Refused
from models import cpr
from onboarding.lists.cells import Cell, Row, as_text, is_filled
from onboarding.lists.columns import NAMES, Columns, match
from onboarding.lists.table import Table, no_candidates
from onboarding.lists.values import folded


class Place(NamedTuple):
    """A cell: the row's number as Excel shows it, and the column counted from 0."""

    row: int
    column: int


Corrections = Mapping[Place, str]
#: What there is to choose from, by the field: each what the list says of it, and what people call it.
Choices = Mapping[str, Sequence[tuple[str, str]]]
#: The problems of a row by the column; None: of none that is read.
_Found: TypeAlias = dict[int | None, list[str]]


class Option(NamedTuple):
    """One that may be chosen for a cell."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a row with faults, as a page may show it: `text` never holds a CPR number. `holds` is its field.

    A cell to be corrected has `problems`, or `is_corrected` already; `choices` is what there is to choose from, if any.
    """

    place: Place
    label: str
    holds: str
    text: str = field(repr=False)
    problems: tuple[str, ...]
    is_corrected: bool
    choices: Sequence[tuple[str, str]] = field(default=(), repr=False)

    @property
    def is_number(self) -> bool:
        return self.holds == "cpr"

    @property
    def is_asked(self) -> bool:
        """Whether there is a field for it: not for a number that was corrected well, since it is not shown."""
        return bool(self.problems) or (self.is_corrected and not self.is_number)

    @property
    def options(self) -> tuple[Option, ...]:
        """The choices, one of them chosen; first what stands in the cell, when that is none of them."""
        if not self.choices:
            return ()
        own = folded(self.text)
        options = [(value, title, folded(value) == own) for value, title in self.choices]
        if any(chosen for _, _, chosen in options):
            return tuple(Option(self.text if chosen else value, title, chosen) for value, title, chosen in options)
        first = Option(self.text, f"{self.text} (findes ikke)" if self.text else "Vælg …", True)
        return (first, *(Option(*option) for option in options))


@dataclass(frozen=True, slots=True)
class ShownRow:
    """The cells of a row that are read, in the order of the file. `problems` are those of no such cell."""

    row: int
    cells: tuple[ShownCell, ...]
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Whose row it is, as far as that is not asked for."""
        return " ".join(cell.text for cell in self.cells if cell.holds in NAMES and cell.text and not cell.is_asked)

    @property
    def rest(self) -> tuple[ShownCell, ...]:
        """What else the row says that is not asked for; a number would only be a mask."""
        said = (cell for cell in self.cells if cell.text and not cell.is_asked)
        return tuple(cell for cell in said if cell.holds not in NAMES and not cell.is_number)


def corrected(table: Table, corrections: Corrections, omitted: Set[int] = frozenset()) -> Table:
    """The list with these cells in place of its own, without the rows `omitted`; a row that is empty then is skipped,
    as in any file. Raises `Refused` when nobody is left.
    """
    changed: dict[int, dict[int, str]] = {}
    for place, text in corrections.items():
        changed.setdefault(place.row, {})[place.column] = text
    rows = (_with(row, changed[row.number]) if row.number in changed else row for row in table.rows)
    filled = [row for row in rows if is_filled(row.cells)]
    taken = tuple(row for row in filled if row.number not in omitted)
    if filled and not taken:
        raise Refused("Alle rækker er udeladt, så der er ingen at indskrive: tag mindst én af dem med igen.")
    if not taken:
        raise no_candidates()
    return replace(table, rows=taken)


def left_out(table: Table, before: Set[int], shown: Iterable[int], ticked: Iterable[int]) -> frozenset[int]:
    """The rows to leave out: of those that were `shown` the `ticked` ones, and of all others those of `before`.

    Raises `Refused` for a row that the list does not have.
    """
    asked, chosen = set(shown), set(ticked)
    if not asked | chosen <= {row.number for row in table.rows}:
        raise _not_of_the_list()
    return frozenset(before - asked | chosen)


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
            raise _not_of_the_list()
        own = _cell(rows[place.row], place.column)
        is_number = place.column == number
        if text == _shown(before.get(place, own), is_number):
            continue
        made[place] = text
        if text == _shown(own, is_number) == as_text(own):
            del made[place]  # it says what the file says
    return made


def _not_of_the_list() -> Refused:
    return Refused("Rettelsen hører ikke til listen. Begynd forfra; intet er gemt.")


def to_correct(
    table: Table, corrections: Corrections, faults: Iterable[tuple[int, str, str]], choices: Choices | None = None
) -> tuple[ShownRow, ...] | None:
    """The rows with faults (row, heading, problem), to be corrected or left out. None when some fault is of no row."""
    columns, rows = match(table.headings), {row.number: row for row in table.rows}
    column_of = {columns.labels[column]: column for column in columns.index.values()}
    found: dict[int, _Found] = {}
    for number, label, problem in faults:
        if number not in rows:
            return None
        found.setdefault(number, {}).setdefault(column_of.get(label), []).append(problem)
    return tuple(_row(rows[number], columns, corrections, found[number], choices or {}) for number in sorted(found))


def as_shown(table: Table, corrections: Corrections, numbers: Iterable[int]) -> tuple[ShownRow, ...]:
    """These rows as they are, whatever is wrong with them."""
    columns, rows = match(table.headings), {row.number: row for row in table.rows}
    return tuple(_row(rows[number], columns, corrections, {}, {}) for number in sorted(numbers))


def _row(row: Row, columns: Columns, corrections: Corrections, found: _Found, choices: Choices) -> ShownRow:
    cells = tuple(_cells(row, columns, corrections, found, choices))
    return ShownRow(row.number, cells, tuple(found.get(None, ())))


def _cells(
    row: Row, columns: Columns, corrections: Corrections, found: _Found, choices: Choices
) -> Iterable[ShownCell]:
    for column, holds in sorted((column, holds) for holds, column in columns.index.items()):
        place = Place(row.number, column)
        is_number = holds == "cpr"
        text, problems = _shown(corrections.get(place, _cell(row, column)), is_number), tuple(found.get(column, ()))
        if is_number and not problems:
            text = cpr.MASK
        offered = choices.get(holds, ())
        yield ShownCell(place, columns.labels[column], holds, text, problems, place in corrections, offered)


def _cell(row: Row, column: int) -> Cell:
    return row.cells[column] if column < len(row.cells) else ""


def _shown(cell: Cell, is_number: bool) -> str:
    """As much of a cell as a page may show: nothing of one that holds a CPR number, or should."""
    if isinstance(cell, date):  # also one with a time of day
        return f"{cell:%d-%m-%Y}" if not isinstance(cell, datetime) else f"{cell.date():%d-%m-%Y}"
    text = as_text(cell)
    return "" if is_number or cpr.looks_like_cpr(text) else text
