"""Reading the candidates' sheet of an .xlsx workbook, with cells as typed as Excel has them."""

from __future__ import annotations

from collections.abc import Iterable

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from engine.refusal import Refused
from onboarding.lists import limits
from onboarding.lists.cells import Cell, Row, is_filled
from onboarding.lists.columns import heading_row
from onboarding.lists.package import unpack
from onboarding.lists.scan import damaged, too_large


def read_workbook(data: bytes) -> list[Row]:
    """The filled rows of the sheet that holds the candidates, numbered as Excel does.

    Hidden sheets are left out. Of the others, the one with a CPR heading is meant; without any, the first
    with something in it. Refused when several have one, since reading only the first would lose people.
    """
    unpacked = unpack(data)
    try:
        with CalamineWorkbook.from_filelike(unpacked.stream) as book:
            names = _visible(book)
            if len(book.sheet_names) * unpacked.largest_area > limits.AREA:
                raise too_large()
            sheets = [rows for rows in (_rows(book, name) for name in names) if rows]
    except CalamineError:
        raise damaged() from None
    return _meant(sheets)


def _visible(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _rows(book: CalamineWorkbook, name: str) -> list[Row]:
    lines: Iterable[list[Cell]] = book.get_sheet_by_name(name).iter_rows()
    return [Row(number, tuple(line)) for number, line in enumerate(lines, start=1) if is_filled(line)]


def _meant(sheets: list[list[Row]]) -> list[Row]:
    lists = [rows for rows in sheets if heading_row(rows) is not None]
    if len(lists) > 1:
        raise Refused(
            f"Regnearket har {len(lists)} ark med kandidater, og der læses ét ad gangen: "
            "gem hvert ark som sin egen fil."
        )
    return next(iter(lists or sheets), [])
