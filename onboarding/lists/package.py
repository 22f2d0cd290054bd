"""Unpacking a workbook without trusting what it says of itself.

An .xlsx file is a zip of XML parts. What leaves here is a new zip, in memory, of the parts that have been
unpacked, measured and looked through, and of nothing else: whatever two zip readers might see
differently in the original, the one that follows sees only what was measured.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from engine.refusal import Refused
from onboarding.lists import limits
from onboarding.lists.scan import Scan, damaged, too_large

_ENTRY = b"PK\x01\x02"  # starts each entry of a zip's directory
_READ = (".xml", ".rels")  # pictures, macros and printer settings are left behind
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the ones that the format allows (ECMA-376 part 2)
_ENCRYPTED = 0x1
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError),
)
# The reader takes a cell with an Excel error for an empty one. As a text it survives, and is then reported.
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\st=)(?:"e"|'e')""")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A workbook that is safe to hand on; `largest_area` is the number of cells in its largest sheet."""

    stream: io.BytesIO
    largest_area: int


def unpack(data: bytes) -> Unpacked:
    """The readable parts of a workbook, uncompressed, in a zip of their own.

    Raises Refused for a file that is damaged, locked or larger than `limits` allow; it takes a few seconds
    and a few times the limit of unpacked bytes at the most.
    """
    if data.count(_ENTRY) > limits.PARTS:  # before the directory is read: it alone could fill the memory
        raise too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _copied(package, _entries(package))
    except _UNREADABLE:
        raise damaged() from None


def _entries(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = package.infolist()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused("Regnearket er beskyttet med adgangskode: fjern adgangskoden i Excel, og gem det igen.")
    if sum(entry.file_size for entry in entries) > limits.UNPACKED_BYTES:
        raise too_large()
    wanted = [entry for entry in entries if entry.filename.lower().endswith(_READ)]
    if len({entry.filename for entry in wanted}) < len(wanted):
        raise damaged()
    if any(entry.compress_type not in _METHODS for entry in wanted):
        raise damaged()
    return wanted


def _copied(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Unpacked:
    scan, stream = Scan(), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as copy:
        for entry in entries:
            part = _content(package, entry)
            scan.read(part)
            copy.writestr(entry.filename, _ERROR_CELL.sub(rb'\1"str"', part))
    scan.check_texts()
    stream.seek(0)
    return Unpacked(stream, scan.largest_area)


def _content(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One part. A part that unpacks to more than its entry says is cut there, and its checksum then fails."""
    with package.open(entry) as file:
        return file.read(entry.file_size)
