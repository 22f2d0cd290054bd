from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.refusal import Refused
from onboarding.lists.package import unpack
from onboarding.lists.workbook import read_workbook
from tests.onboarding.lists.made import (
    HEADINGS,
    cells,
    parts,
    raw_book,
    saved,
    text_row,
    within,
    xlsx_bytes,
    zipped,
)

FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{cell}"><v>1</v></c></row>'
LONG = "A" * 30_000
TEN = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "ha">{TEN}]>'

BOMBS: dict[str, Callable[[], bytes]] = {
    "a million empty rows": lambda: raw_book("<row/>" * 1_000_000),
    "a million coloured rows": lambda: raw_book('<row><c s="0"/></row>' * 1_000_000),
    "a cell in the last corner": lambda: raw_book(FAR.format(row=1_048_576, cell="XFD1048576")),
    "a cell far down": lambda: raw_book(FAR.format(row=60_000, cell="A60000")),
    "a cell whose row says otherwise": lambda: raw_book(FAR.format(row=2, cell="A1048576")),
    "a cell far out": lambda: raw_book(FAR.format(row=2, cell="XFD2")),
    "many far corners": lambda: raw_book(FAR.format(row=50_000, cell="CV50000"), sheets=400),
    "gigabytes, honestly": lambda: zipped(parts(text_row(1, "A" * 70_000_000))),
    "an endless cell": lambda: raw_book(text_row(1, "A" * 60_000_000)),
    "an endless tag": lambda: raw_book(f'<row r="1" x="{"A" * 60_000_000}"/>'),
    "millions of attributes": lambda: raw_book("<row " + " ".join(f'a{n}=""' for n in range(1_000_000)) + "/>"),
    "millions of elements": lambda: raw_book("<row>" + "<c/>" * 10_000_000 + "</row>"),
    "one text in many cells": lambda: raw_book(
        ("<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>") * 10_000, shared=f"<si><t>{LONG}</t></si>"
    ),
    "thousands of parts": lambda: zipped({f"xl/{n}.xml": b"<a/>" for n in range(5_000)}),
    "laughs by the billion": lambda: raw_book(text_row(1, "&a9;"), before=LAUGHS),
    "an entity from outside": lambda: raw_book(
        text_row(1, "&a;"), before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    ),
}

UNFOLDING = ("laughs by the billion", "an entity from outside")

READ = """
import resource, sys
from pathlib import Path
from engine.refusal import Refused
from onboarding.lists.workbook import read_workbook
resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
try:
    read_workbook(Path(sys.argv[1]).read_bytes())
except Refused as refused:
    print(refused)
"""


def child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, for 20 seconds at the most."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


@pytest.mark.parametrize("bomb", BOMBS)
def test_the_workbook_is_refused_within_seconds_and_700_megabytes_when_it_is_a_bomb(bomb: str, tmp_path: Path) -> None:
    path = saved(tmp_path, "bomb.xlsx", BOMBS[bomb]())
    ran = child(READ, str(path))
    assert ran.returncode == 0, ran.stderr
    assert ("som Excel ikke skriver" if bomb in UNFOLDING else "kopiér") in ran.stdout


@pytest.mark.parametrize("bomb", UNFOLDING)
def test_the_workbook_is_refused_before_anything_unfolds_when_it_declares_entities(bomb: str) -> None:
    with pytest.raises(Refused, match="som Excel ikke skriver"):
        unpack(BOMBS[bomb]())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit is taken and not kept")
def test_this_machine_can_limit_memory_so_that_the_test_above_means_something() -> None:
    allocate = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); bytearray(1 << 29)"
    ran = child(allocate)
    assert "MemoryError" in ran.stderr


def lying(data: bytes, name: bytes, size: int) -> bytes:
    """The same zip, with another uncompressed size for one part in both of its headers."""
    changed = bytearray(data)
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := changed.find(signature, at + 1)) >= 0:
            if changed.startswith(name, at + name_at):
                changed[at + size_at : at + size_at + 4] = struct.pack("<I", size)
    assert bytes(changed) != data
    return bytes(changed)


@pytest.mark.parametrize("size", [0, 10, 1_000_000])
def test_the_workbook_is_refused_when_a_part_is_larger_than_it_says(size: int) -> None:
    honest = raw_book("<row/>" * 1_000_000)
    with within(5), pytest.raises(Refused, match="beskadiget"):
        unpack(lying(honest, b"xl/worksheets/sheet1.xml", size))


def test_the_workbook_is_refused_when_a_part_claims_gigabytes() -> None:
    with within(5), pytest.raises(Refused, match="for stor"):
        unpack(lying(raw_book("<row/>"), b"xl/worksheets/sheet1.xml", 4_000_000_000))


def test_the_reader_sees_one_sheet_only_when_two_parts_have_one_name() -> None:
    content = parts(text_row(1, "CPR"))
    with pytest.warns(UserWarning, match="Duplicate"):
        data = doubled(content)
    with pytest.raises(Refused, match="beskadiget"):
        unpack(data)


def doubled(content: dict[str, bytes]) -> bytes:
    """A zip in which the sheet stands twice."""
    stream = io.BytesIO(zipped(content))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return stream.getvalue()


def test_the_password_is_named_when_the_parts_are_encrypted() -> None:
    data = bytearray(raw_book(text_row(1, "CPR")))
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + flags_at] |= 1
    with pytest.raises(Refused, match="adgangskode"):
        unpack(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_workbook_is_refused_when_it_is_packed_as_excel_never_does(method: int) -> None:
    with pytest.raises(Refused, match="beskadiget"):
        unpack(zipped(parts(text_row(1, "CPR")), method))


@pytest.mark.parametrize(
    "sheet",
    [
        "<row>",
        "<row r='x'/>",
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c t="s"><v>0</v></c></row>',
        '<row r="1"><c t="s"><v>-1</v></c></row>',
        "\x01",
        "&unknown;",
    ],
)
def test_the_workbook_is_refused_when_its_xml_is_broken(sheet: str) -> None:
    with pytest.raises(Refused, match="beskadiget"):
        unpack(raw_book(sheet))


def test_only_what_was_measured_is_handed_on_when_a_workbook_holds_more() -> None:
    content = parts(text_row(1, "CPR")) | {"xl/media/image1.png": b"\x89PNG", "xl/vbaProject.bin": b"\x00"}
    with zipfile.ZipFile(unpack(zipped(content)).stream) as package:
        assert sorted(package.namelist()) == sorted(parts(""))


def test_nothing_but_a_refusal_comes_out_when_bytes_are_changed_at_random() -> None:
    good, chance = xlsx_bytes({"Hold 1": [HEADINGS, cells()]}), random.Random(2)
    refused = 0
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_workbook(bytes(data))
        except Refused:
            refused += 1
    assert refused > 100
