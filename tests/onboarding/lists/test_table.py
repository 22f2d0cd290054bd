from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.refusal import Refused
from onboarding.lists.table import read_table
from tests.onboarding.lists.made import HEADINGS, cells, csv_bytes, saved, within, xlsx_bytes

GOOD_CSV = csv_bytes(cells())
GOOD_XLSX = xlsx_bytes({"Hold 1": [HEADINGS, cells()]})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *(("liste.csv", GOOD_CSV), ("LISTE.CSV", GOOD_CSV), ("liste.txt", GOOD_CSV), ("liste.tsv", GOOD_CSV)),
        *(("liste.xlsx", GOOD_XLSX), ("Liste 1.XLSX", GOOD_XLSX)),
    ],
)
def test_the_list_is_read_when_the_file_is_what_its_name_says(tmp_path: Path, name: str, data: bytes) -> None:
    table = read_table(saved(tmp_path, name, data))
    assert table.headings == HEADINGS
    assert [(row.number, row.cells) for row in table.rows] == [(2, cells())]
    assert "010190" not in repr(table)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("liste.xlsx", b"", "tom"),
        ("liste.csv", b" \r\n\r\n", "tom"),
        ("liste.csv", b";;;\r\n;;;\r\n", "tom"),
        ("liste.xlsx", xlsx_bytes({"Ark1": []}), "tom"),
        ("liste.csv", csv_bytes(), "ingen kandidater"),
        ("liste.xlsx", xlsx_bytes({"Hold 1": [HEADINGS]}), "ingen kandidater"),
        ("liste.xlsx", GOOD_CSV, "endelsen .csv"),
        ("liste.csv", GOOD_XLSX, "endelsen .xlsx"),
        ("liste.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        ("liste.csv", b"\x89PNG\r\n\x1a\n\x00", "som .xlsx eller CSV"),
        ("liste.xlsx", b"PK\x03\x04" + b"junk" * 50, "beskadiget"),
        ("liste.xlsx", GOOD_XLSX[:-200], "beskadiget"),
        ("liste.xlsx", OLE, "gamle Excel-format"),
        ("liste.csv", OLE, "gamle Excel-format"),
        ("liste.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "adgangskode"),
        ("liste.xls", OLE, "gem den som .xlsx"),
        ("liste.xlsm", GOOD_XLSX, "gem den som .xlsx"),
        ("liste.ods", GOOD_XLSX, "gem den som .xlsx"),
        ("liste.pdf", b"%PDF", "hverken .xlsx eller .csv"),
        ("liste", GOOD_CSV, "hverken .xlsx eller .csv"),
    ],
)
def test_the_remedy_is_told_when_the_file_is_no_list(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_table(saved(tmp_path, name, data))


def test_the_remedy_is_told_when_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="findes ikke"):
        read_table(tmp_path / "liste.csv")


def test_the_remedy_is_told_when_the_path_is_a_folder_or_a_device(tmp_path: Path) -> None:
    (tmp_path / "mappe.csv").mkdir()
    (tmp_path / "intet.csv").symlink_to(os.devnull)
    for name in ("mappe.csv", "intet.csv"):
        with pytest.raises(Refused, match="ikke til en fil"):
            read_table(tmp_path / name)


def test_the_remedy_is_told_when_the_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "ring.csv").symlink_to(tmp_path / "ring.csv")
    for path in (tmp_path / "ring.csv", tmp_path / ("a" * 300 + ".csv"), Path("a\0.csv")):
        with pytest.raises(Refused, match="åbnes"):
            read_table(path)


@pytest.mark.parametrize("name", ["liste.csv", "liste.xlsx"])
def test_the_file_is_refused_unread_when_it_is_too_large(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(8 << 30)  # 8 GB that take no room on the disk
    with within(5), pytest.raises(Refused, match="20 MB"):
        read_table(path)


def test_rows_over_the_headings_are_told_of_when_there_is_a_title(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "liste.csv", b"Hold 1;;\r\n\r\n" + GOOD_CSV))
    assert (table.heading_row, table.above) == (3, (1,))
    assert [row.number for row in table.rows] == [4]
