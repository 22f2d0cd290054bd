from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.lists.cells import Cell, Row, as_text, column_letter, is_blank, is_filled


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Søren \n Ågård\u00a0", "Søren Ågård"),
        (unicodedata.normalize("NFD", "Ågård"), "Ågård"),
        ("\ufeff\u200bSyd\u00ad\x07", "Syd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (410900014.0, "410900014"),
        (20113920, "20113920"),
        (1.5, "1.5"),
        (float("inf"), "inf"),
        (date(2026, 9, 6), "2026-09-06"),
    ],
)
def test_a_cell_reads_as_a_person_sees_it_when_it_was_typed_or_pasted(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


def test_a_cell_is_blank_when_nothing_shows_in_it() -> None:
    assert all(is_blank(cell) for cell in ("", "  ", "\u00a0", "\u200b", "\t\n"))
    assert not any(is_blank(cell) for cell in ("x", 0, 0.0, False, date(2026, 9, 6)))
    assert is_filled(("", 0))
    assert not is_filled(("", " "))


def test_no_cell_is_shown_when_a_row_is_printed() -> None:
    assert repr(Row(2, ("010190-1234",))) == "Row(number=2)"


@given(st.integers(0, 16_383))
def test_a_column_has_its_letters_when_it_is_counted_from_nought(index: int) -> None:
    number = 0
    for letter in column_letter(index):
        number = number * 26 + ord(letter) - ord("A") + 1
    assert number == index + 1


def test_columns_are_lettered_as_in_excel_when_there_are_many() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 16_383)] == ["A", "Z", "AA", "XFD"]
