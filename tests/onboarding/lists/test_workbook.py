from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.refusal import Refused
from onboarding.lists.workbook import read_workbook
from tests.onboarding.lists.made import HEADINGS, cells, raw_book, text_row, xlsx_bytes

LIST = [HEADINGS, cells()]
NOTES = [("Sådan udfyldes listen",), ("Skriv CPR-nummer og navn",)]


def test_cells_keep_their_types_when_they_are_read() -> None:
    typed = cells(cpr=410900014, startdato=date(2026, 9, 6), samtykke=True, telefon=20113920)
    [_, row] = read_workbook(xlsx_bytes({"Hold 1": [HEADINGS, typed]}))
    assert (row.cells[0], row.cells[2], row.cells[8]) == (410900014, 20113920, True)
    assert row.cells[6] in {date(2026, 9, 6), datetime(2026, 9, 6)}  # noqa: DTZ001  what Excel types has no zone


def test_rows_are_numbered_as_in_excel_when_some_are_blank() -> None:
    rows = read_workbook(xlsx_bytes({"Hold 1": [(), ("", "  "), HEADINGS, (), cells(), (), (), cells()]}))
    assert [row.number for row in rows] == [3, 5, 8]


def test_rows_are_numbered_as_in_excel_when_the_file_leaves_addresses_out() -> None:
    sheet = '<row r="3"><c t="str"><v>CPR</v></c></row><row><c><v>7</v></c></row>'
    assert [(row.number, row.cells) for row in read_workbook(raw_book(sheet))] == [(3, ("CPR",)), (4, (7.0,))]


def test_a_failed_formula_survives_as_text_when_the_reader_would_drop_it() -> None:
    sheet = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" s="0" t=\'e\'><f>x</f><v>#REF!</v></c></row>'
    assert read_workbook(raw_book(sheet))[0].cells == ("#N/A", "#REF!")


def test_the_list_is_found_when_another_sheet_stands_first() -> None:
    rows = read_workbook(xlsx_bytes({"Vejledning": NOTES, "Tom": [], "Hold 1": LIST}))
    assert rows[0].cells == HEADINGS


def test_the_first_sheet_with_content_is_read_when_none_has_a_cpr_heading() -> None:
    assert len(read_workbook(xlsx_bytes({"Tom": [], "Vejledning": NOTES}))) == 2


def test_a_hidden_sheet_is_left_out_when_it_holds_an_old_list() -> None:
    rows = read_workbook(xlsx_bytes({"Hold 1": LIST, "Gammel": [*LIST, cells()]}, hidden=["Gammel"]))
    assert len(rows) == 2


def test_nothing_is_read_when_two_sheets_hold_candidates() -> None:
    with pytest.raises(Refused, match="2 ark med kandidater"):
        read_workbook(xlsx_bytes({"Hold 1": LIST, "Hold 2": LIST}))


def test_nothing_comes_out_when_every_sheet_is_empty() -> None:
    assert read_workbook(xlsx_bytes({"Ark1": [], "Ark2": []})) == []


def test_a_list_is_read_when_a_program_marks_the_last_row_of_the_grid() -> None:
    sheet = text_row(1, "CPR", "Navn") + text_row(2, "1", "Bo") + '<row r="1048576"><c r="A1048576" s="0"/></row>'
    assert len(read_workbook(raw_book(sheet))) == 2
