"""Lists made for tests: good candidates, files of every kind, and workbooks that no Excel would write."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from onboarding.lists.cells import Cell, Row
from onboarding.lists.parsed import ParsedList
from onboarding.lists.rows import parse_rows
from onboarding.lists.table import Table

HEADINGS = (
    "CPR-nr.",
    "Navn",
    "Telefon",
    "E-mail",
    "Værtsområde",
    "Koordinator",
    "Startdato",
    "Modersmål",
    "Samtykke",
)
GOOD: Mapping[str, Cell] = {
    "CPR-nr.": "010190-1234",
    "Navn": "Søren Ågård",
    "Telefon": "20 11 39 20",
    "E-mail": "soeren@example.org",
    "Værtsområde": "Viby-Højbjerg",
    "Koordinator": "koordinator.viby@example.org",
    "Startdato": "06-09-2026",
    "Modersmål": "Dansk",
    "Samtykke": "ja",
}


def cells(**changes: Cell) -> tuple[Cell, ...]:
    """A good candidate's cells; `changes` by the start of a heading, in lower case: cpr, navn, startdato …"""
    changed = dict(GOOD)
    for start, value in changes.items():
        heading = next(heading for heading in HEADINGS if heading.lower().replace("-", "").startswith(start))
        changed[heading] = value
    return tuple(changed.values())


def parsed(*rows: Sequence[Cell], headings: Sequence[Cell] = HEADINGS) -> ParsedList:
    """What is found in these rows, the first of which is row 2."""
    numbered = tuple(Row(number, tuple(row)) for number, row in enumerate(rows, start=2))
    return parse_rows(Table(1, tuple(headings), numbered))


def csv_bytes(
    *rows: Sequence[Cell],
    headings: Sequence[Cell] = HEADINGS,
    delimiter: str = ";",
    encoding: str = "utf-8",
    newline: str = "\r\n",
) -> bytes:
    """A CSV file, written without quotation marks."""
    return newline.join(delimiter.join(map(str, row)) for row in (headings, *rows)).encode(encoding)


#: The same at every making: these bytes stand in the names of tests, which all processes have to agree on.
_MADE_AT = datetime(2026, 9, 7, tzinfo=UTC)


def xlsx_bytes(sheets: Mapping[str, Iterable[Sequence[Cell]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook as Excel would write it, dates as typed cells."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.set_properties({"created": _MADE_AT})
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date | datetime):
                        sheet.write_datetime(number, column, cell, day)
                    else:
                        sheet.write(number, column, cell)
    return stream.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(sheet_data: str, *, before: str = "", shared: str = "", sheets: int = 1) -> dict[str, bytes]:
    """The parts of a workbook with this XML in its sheet; `before` stands ahead of the sheet's first element."""
    book = "".join(f'<sheet name="Ark{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, sheets + 1))
    texts = {
        "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
        f'Type="{_KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_KIND}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
        f'Type="{_KIND}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_MAIN}"><sheetData>{sheet_data}</sheetData>'
        "</worksheet>",
    }
    if shared:
        texts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{shared}</sst>'
    return {name: text.encode() for name, text in texts.items()}


def zipped(content: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """These parts in a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as package:
        for name, part in content.items():
            package.writestr(name, part)
    return stream.getvalue()


def raw_book(sheet_data: str, *, before: str = "", shared: str = "", sheets: int = 1) -> bytes:
    """A workbook with this XML in its sheet."""
    return zipped(parts(sheet_data, before=before, shared=shared, sheets=sheets))


def text_row(number: int, *values: str) -> str:
    """A row of XML with these texts in it."""
    inline = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{number}">{inline}</row>'


def saved(folder: Path, name: str, data: bytes) -> Path:
    """The path of a file with this content."""
    path = folder / name
    path.write_bytes(data)
    return path


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when a processor works longer on the block; how long it waits for its turn says nothing about the block."""
    start = time.process_time()
    yield
    taken = time.process_time() - start
    assert taken < seconds, f"took {taken:.1f} s"
