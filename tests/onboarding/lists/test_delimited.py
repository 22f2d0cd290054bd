from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from onboarding.lists.delimited import read_delimited
from tests.onboarding.lists.made import HEADINGS, cells, csv_bytes, within

ROW = cells(navn="Çiğdem Ågård")
DANISH = cells(navn="Søren Ågård")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_cells_come_out_when_the_file_is_unicode(delimiter: str, encoding: str) -> None:
    rows = read_delimited(csv_bytes(ROW, delimiter=delimiter, encoding=encoding))
    assert [row.cells for row in rows] == [HEADINGS, ROW]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_the_cells_come_out_when_the_file_is_cp1252(delimiter: str, newline: str) -> None:
    data = csv_bytes(DANISH, delimiter=delimiter, encoding="cp1252", newline=newline)
    assert [row.cells for row in read_delimited(data)] == [HEADINGS, DANISH]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"])), min_size=3, max_size=3),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(";,\t"),
)
def test_the_cells_come_out_when_each_is_in_quotation_marks(rows: list[list[str]], delimiter: str) -> None:
    lines = [["CPR", "Navn", "Start"], *rows]
    text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    read = read_delimited(text.encode())
    filled = {number: tuple(line) for number, line in enumerate(lines, start=1)}
    assert read[0].cells == ("CPR", "Navn", "Start")
    assert all(filled[row.number] == row.cells for row in read)


def test_the_delimiter_is_the_one_of_the_headings_when_cells_hold_others() -> None:
    data = 'CPR;"Navn";Bemærkning\r\n1;"Hansen; Bo";a, b, c, d, e\r\n'.encode()
    assert read_delimited(data)[1].cells == ("1", "Hansen; Bo", "a, b, c, d, e")


def test_the_delimiter_is_the_one_of_the_headings_when_a_title_holds_others() -> None:
    data = "Udtræk, hold 1, uge 36, Aarhus, i dag\r\nCPR;Navn\r\n1;Bo\r\n".encode()
    assert [row.cells for row in read_delimited(data)][1:] == [("CPR", "Navn"), ("1", "Bo")]


def test_the_first_line_is_obeyed_and_not_counted_when_it_tells_excel_the_delimiter() -> None:
    read = read_delimited(b"sep=,\r\nCPR,Navn;x\r\n1,Bo\r\n")
    assert [(row.number, row.cells) for row in read] == [(1, ("CPR", "Navn;x")), (2, ("1", "Bo"))]


def test_rows_are_numbered_as_in_excel_when_some_are_blank_or_broken_over_lines() -> None:
    data = b'CPR;Navn\r\n\r\n1;"Bo\r\nHansen"\r\n;\r\n2;Ida\r\n'
    assert [row.number for row in read_delimited(data)] == [1, 3, 5]


def test_the_row_is_named_when_a_quotation_mark_has_no_partner() -> None:
    with pytest.raises(Refused, match="række 3"):
        read_delimited(b'CPR;Navn\r\n1;Bo\r\n2;"Ida\r\n3;Ib\r\n4;Eva\r\n')
    with pytest.raises(Refused, match="række 2"):
        read_delimited(b'CPR;Navn\r\n1;"Bo" Hansen\r\n')


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02",
        b"CPR;Navn\r\n1;B\x00o\r\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\x1f\x8b\x08\x00abc",
        "CPR;Navn".encode("utf-16-le"),
        b"<html><table><tr><td>CPR</td></tr></table></html>",
        b'\n<?xml version="1.0"?><list/>',
    ],
)
def test_the_file_is_refused_when_it_is_no_text_table(data: bytes) -> None:
    with pytest.raises(Refused, match="gem listen fra Excel"):
        read_delimited(data)


@pytest.mark.parametrize("data", [b"CPR;Navn\r\n1;S\x81\x8dren\r\n", b"\xff\xfeC\x00P"])
def test_the_file_is_refused_when_its_letters_cannot_be_told(data: bytes) -> None:
    with pytest.raises(Refused, match="CSV UTF-8"):
        read_delimited(data)


@pytest.mark.parametrize("line", [b"\r\n", b";;;;;;;;\r\n"])
def test_the_list_is_refused_at_once_when_it_has_a_million_empty_rows(line: bytes) -> None:
    with within(5), pytest.raises(Refused, match=r"50\.000 rækker"):
        read_delimited(csv_bytes(ROW) + b"\r\n" + line * 1_000_000)


@pytest.mark.parametrize("row", [b";" * 15_000_000, b"a" * 15_000_000, b'"' + b"a;\n" * 5_000_000])
def test_the_list_is_refused_in_seconds_when_a_row_is_endless(row: bytes) -> None:
    with within(15), pytest.raises(Refused):
        read_delimited(csv_bytes(ROW) + b"\r\n" + row)


def lines_in(*lines: tuple[str, str]) -> bytes:
    """A file whose lines are each in an encoding of their own."""
    return b"".join(f"{text}\r\n".encode(encoding) for text, encoding in lines)


@pytest.mark.parametrize(
    ("first", "second", "row"),
    [("utf-8", "cp1252", 2), ("cp1252", "utf-8", 3)],
)
@pytest.mark.parametrize("name", ["Åse Ågård", "Michał", "Wąs", "Çiğdem", "Олена", "Nguyễn"])
def test_the_row_is_named_when_the_file_was_put_together_of_two_encodings(
    name: str, first: str, second: str, row: int
) -> None:
    names = {"utf-8": name, "cp1252": "Bjørn"}
    data = lines_in(("CPR;Navn", "ascii"), (f"1;{names[first]}", first), (f"2;{names[second]}", second))
    with pytest.raises(Refused, match=f"^Række {row} .*»CSV UTF-8«") as refused:
        read_delimited(data)
    assert name not in str(refused.value)


@pytest.mark.parametrize("cell", ["»SYD OG Ø«", "VEJ Å…", "TRIN Ø–Å", "Ærø”", "Å’er", "São João", "José–María", "Ã"])
def test_a_cell_comes_out_when_it_only_looks_a_little_like_another_encoding(cell: str) -> None:
    data = lines_in(("CPR;Navn", "ascii"), (f"1;{cell}", "cp1252"), ("2;Søren Ågård", "cp1252"))
    assert read_delimited(data)[1].cells == ("1", cell)
