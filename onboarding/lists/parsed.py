"""What reading a list gives: candidates, and everything that was found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """One candidate as the list has them. Its repr shows nothing of the person."""

    row: int
    cpr: str = field(repr=False)
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)
    area: str
    coordinator: str
    starts_on: date
    mother_tongue: str | None = field(repr=False)
    consent: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a list is not taken: row as in Excel, heading as in the file, and a sentence with the remedy."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is worth knowing of how a list was read; it stops nothing. `column` is empty for a whole row."""

    row: int
    column: str
    remark: str


@dataclass(frozen=True, slots=True)
class Mention:
    """An area or a coordinator that a row names, for whoever knows which of them exist.

    Rows with faults are mentioned too: otherwise an unknown area in one would come to light only after the
    rest of the row had been put right. `kind` is "area" or "coordinator", `column` the heading in the file.
    """

    row: int
    kind: str
    column: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ParsedList:
    """The candidates of the rows without faults, and the findings in the order of the rows.

    With any fault in the headings there are no candidates, since a column may be the wrong one.
    """

    rows: tuple[CandidateRow, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    mentions: tuple[Mention, ...]
