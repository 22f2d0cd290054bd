"""From a file on disk to the rows of a list: the only door, and it trusts neither the name nor the size."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.refusal import Refused
from onboarding.lists import limits
from onboarding.lists.cells import Cell, Row
from onboarding.lists.columns import heading_row
from onboarding.lists.delimited import read_delimited
from onboarding.lists.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel 97 to 2003, and every Office file behind a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_READERS: Mapping[str, Callable[[bytes], list[Row]]] = {
    ".xlsx": read_workbook,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
}


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows of a list below its headings, each with the number that Excel shows beside it.

    `above` holds the numbers of filled rows over the headings, such as a title; `content_hash` is the SHA-256 of the
    file that was read, in hexadecimal.
    """

    heading_row: int
    headings: tuple[Cell, ...] = field(repr=False)
    rows: tuple[Row, ...]
    above: tuple[int, ...] = ()
    content_hash: str = ""


def read_table(path: Path) -> Table:
    """The list in a .csv (.tsv, .txt) or .xlsx file.

    Raises Refused for a file that is missing, empty, not what its name says, damaged, locked, or larger than
    `limits` allow; whatever the file, within seconds and a few hundred megabytes.
    """
    _reader_of(path.suffix)  # before it is opened: a name that cannot be right says more than what is in the file
    return table_of(path.name, _content(path))


def table_of(name: str, data: bytes) -> Table:
    """The list in a file's content, at most one byte more than `limits` allow. Raises Refused as `read_table` does."""
    suffix = Path(name).suffix.lower()
    reader = _reader_of(suffix)
    _check_size(data)
    _check_kind(suffix, data)
    rows = reader(data)
    if not rows:
        raise Refused("Listen er tom: kontrollér, at det er den rigtige fil, og at arket ikke er skjult.")
    return _below_headings(rows, hashlib.sha256(data).hexdigest())


def _reader_of(suffix: str) -> Callable[[bytes], list[Row]]:
    reader = _READERS.get(suffix.lower())
    if reader is None:
        raise Refused(_unsupported(suffix.lower()))
    return reader


def _below_headings(rows: list[Row], content_hash: str) -> Table:
    at = heading_row(rows) or 0
    if at == len(rows) - 1:
        raise no_candidates()
    above = tuple(row.number for row in rows[:at])
    return Table(rows[at].number, rows[at].cells, tuple(rows[at + 1 :]), above, content_hash)


def no_candidates() -> Refused:
    """The refusal of a list with nobody in it."""
    return Refused("Listen har ingen kandidater: udfyld rækkerne under overskrifterne.")


def _unsupported(suffix: str) -> str:
    if suffix in {".xls", ".xlsm", ".xlsb", ".ods"}:
        return f"Regneark i formatet {suffix} kan ikke læses: åbn filen i Excel, og gem den som .xlsx."
    return "Filen er hverken .xlsx eller .csv: gem listen i et af de to formater."


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
            raise Refused("Stien fører ikke til en fil: angiv selve listen, ikke mappen.")
        with path.open("rb") as file:
            return file.read(limits.FILE_BYTES + 1)
    except FileNotFoundError:
        raise Refused("Filen findes ikke: kontrollér stien og navnet.") from None
    except (OSError, ValueError):
        raise Refused("Filen kan ikke åbnes: luk den i andre programmer, og kontrollér adgangen.") from None


def _check_size(data: bytes) -> None:
    if len(data) > limits.FILE_BYTES:
        size = limits.FILE_BYTES // limits.MEGABYTE
        raise Refused(f"Filen fylder over {size} MB: kopiér kun listens rækker og kolonner til en ny fil.")
    if not data.strip():
        raise Refused("Filen er tom: eksportér listen igen.")


def _check_kind(suffix: str, data: bytes) -> None:
    if data.startswith(_OLE):
        raise Refused(_ole_problem(data))
    if suffix == ".xlsx" and not data.startswith(_ZIP):
        raise Refused(
            "Filen er ikke et regneark, selv om den hedder .xlsx: åbn den i Excel, og gem den som .xlsx; "
            "er det en CSV-fil, så giv den endelsen .csv."
        )
    if suffix != ".xlsx" and data.startswith(_ZIP):
        raise Refused(
            f"Filen er ikke tekst, selv om den hedder {suffix}: er det et regneark, så giv den endelsen .xlsx."
        )
    if suffix != ".xlsx" and data.startswith(b"%PDF"):
        raise Refused("Filen er en PDF og ikke en liste: eksportér listen som CSV eller .xlsx.")


def _ole_problem(data: bytes) -> str:
    if _LOCKED in data:
        return "Regnearket er beskyttet med adgangskode: fjern adgangskoden i Excel, og gem det igen."
    return "Filen er i det gamle Excel-format (.xls): åbn den i Excel, og gem den som .xlsx."
