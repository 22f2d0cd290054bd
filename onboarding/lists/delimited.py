"""Reading a CSV file as Danish programs write it, whichever delimiter and encoding they chose."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from engine.refusal import Refused
from onboarding.lists import limits
from onboarding.lists.cells import Row, is_filled
from onboarding.lists.columns import recognised
from onboarding.lists.scan import too_large, too_many_rows

_DELIMITERS = (";", ",", "\t")
# A first line that Excel obeys and hides.
_SAID = re.compile(r'"?sep=(?P<delimiter>[;,\t])"?\r?\n?', re.IGNORECASE)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_BINARY_BYTES = re.compile(_BINARY.pattern.encode())
# A letter in utf-8, in bytes; but for a capital with a mark that ends a word, which Danish has too: "SYD OG Ø«".
_MISREAD = re.compile(
    rb"(?![\xc4-\xc6\xd6\xd8\xdc](?:\x92|[\x85\x91\x93-\x97\xab\xbb](?![A-Za-z])))[\xc2-\xdf][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def read_delimited(data: bytes) -> list[Row]:
    """The filled rows, numbered as Excel does when it opens the file.

    Raises Refused for what is no text, has a quotation mark without its partner, or passes a limit.
    """
    text, encoding = _decoded(data)
    if _BINARY.search(text) or text.lstrip().startswith("<"):
        raise _no_list()
    said = _SAID.match(text)
    if said:
        rows = _rows(text[said.end() :], said["delimiter"])
    else:
        rows = _rows(text, max(_DELIMITERS, key=lambda delimiter: _fit(text, delimiter)))
    if encoding == "cp1252":
        _refuse_misread(rows)
    return rows


def _decoded(data: bytes) -> tuple[str, str]:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and _BINARY_BYTES.search(data):
        raise _no_list()
    # utf-8 goes first: Danish text in cp1252 is hardly ever valid utf-8, while the reverse nearly always is.
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refused(
        "Filens bogstaver kan ikke læses: vælg »CSV UTF-8«, når listen gemmes fra Excel, eller gem som .xlsx."
    )


def _refuse_misread(rows: list[Row]) -> None:
    """A file that was put together of two has lines in either encoding: read as cp1252, an "Å" of the other is "Ã…"."""
    for row in rows:
        if any(_MISREAD.search(str(cell).encode("cp1252")) for cell in row.cells):
            raise Refused(
                f"Række {row.number} er gemt med andre tegn end andre rækker, så æ, ø og å ville blive forkerte: "
                "ret det i Excel, og gem listen som »CSV UTF-8«."
            )


def _no_list() -> Refused:
    return Refused("Filen indeholder ikke en liste som tekst: gem listen fra Excel som .xlsx eller CSV.")


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    # Strict: a quotation mark without its partner would otherwise swallow the rows below it.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How well a delimiter splits the top of the file: known headings in one row, then columns."""
    top: list[list[str]] = []
    with suppress(csv.Error):  # as far as it gets; what is wrong is said when the rows are read
        lines = islice(_lines(text, delimiter), limits.HEADING_ROWS)
        top.extend(line[: limits.COLUMNS] for line in lines)
    return max((recognised(line) for line in top), default=0), max(map(len, top), default=0)


def _rows(text: str, delimiter: str) -> list[Row]:
    rows: list[Row] = []
    number = 0
    try:
        for number, line in enumerate(_lines(text, delimiter), start=1):
            _check_size(number, line)
            cells = tuple(line)
            if is_filled(cells):
                rows.append(Row(number, cells))
    except csv.Error:
        raise Refused(
            f"Anførselstegnene fra række {number + 1} passer ikke sammen, eller en celle er alt for lang: "
            "ret rækken, så der er to anførselstegn om en celle eller ingen, eller gem listen som .xlsx."
        ) from None
    return rows


def _check_size(number: int, line: list[str]) -> None:
    if number > limits.ROWS:
        raise too_many_rows()
    if len(line) > limits.COLUMNS:
        raise too_large()
