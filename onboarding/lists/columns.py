"""Which column holds what: headings as people write them, matched to what a candidate needs.

Case, blanks, dots, dashes, a remark in brackets and the spelling of æøå do not matter: "CPR-nr.", "cpr nr"
and "CPRNR" are one heading; so are "Værtsområde", "Vaertsomraade" and a "Vrtsomrde" that lost its letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.cpr import redact
from onboarding.lists.cells import Cell, Row, as_text, column_letter
from onboarding.lists.limits import HEADING_ROWS

_NAME_PARTS = ("first_name", "middle_name", "last_name")
#: The fields that say who somebody is.
NAMES = ("name", *_NAME_PARTS)

# Field -> the headings it goes by; the first is the one that a fault asks for.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "cpr": ("CPR-nr.", "CPR", "CPR-nummer", "Personnr.", "Personnummer"),
    "name": ("Navn", "Fulde navn", "Fuldt navn", "Kandidat", "Kandidatens navn", "Borger", "Borgerens navn"),
    "first_name": ("Fornavn", "Fornavne", "Fornavn(e)"),
    "middle_name": ("Mellemnavn", "Mellemnavne"),
    "last_name": ("Efternavn", "Efternavne"),
    "phone": ("Telefon", "Telefonnr.", "Telefonnummer", "Tlf.", "Tlf.nr.", "Mobil", "Mobilnr."),
    "email": ("E-mail", "E-mailadresse", "Mail", "Mailadresse", "E-post", "E-postadresse"),
    "area": ("Værtsområde", "Område"),
    "coordinator": (
        "Koordinator",
        "Beskæftigelseskoordinator",
        "Koordinators e-mail",
        "Koordinator e-mail",
        "Beskæftigelseskoordinators e-mail",
        "Beskæftigelseskoordinator e-mail",
    ),
    "starts_on": ("Startdato", "Start", "Opstart", "Opstartsdato", "Startdag"),
    "mother_tongue": ("Modersmål", "Sprog"),
    "consent": ("Samtykke", "Samtykke givet"),
}
#: The headings of a list made anew: one column a field, and the name in one.
TEMPLATE = tuple(headings[0] for field, headings in HEADINGS.items() if field not in _NAME_PARTS)
REQUIRED = ("cpr", "name", "starts_on", "area", "coordinator")

_SPELLINGS = (("ae", "oe", "aa"), ("a", "o", "a"), ("", "", ""))
_BRACKETS = re.compile(r"\([^()]*\)")


def _folded(heading: str, spelling: tuple[str, str, str] = _SPELLINGS[0]) -> str:
    text = _BRACKETS.sub("", heading).casefold()
    for letter, spelled in zip("æøå", spelling, strict=True):
        text = text.replace(letter, spelled)
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if letter.isalnum())


_FIELD_BY_HEADING = {
    _folded(heading, spelling): field
    for field, headings in HEADINGS.items()
    for heading in headings
    for spelling in _SPELLINGS
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, and what is wrong with or unknown in the row of headings.

    `labels` says how to speak of each column: its heading as written, or its letter when that is blank.
    """

    index: Mapping[str, int]
    labels: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    unnamed: tuple[int, ...]

    def label(self, field: str) -> str:
        """The heading of a field as the file writes it, or the one expected when it is not there."""
        if field == "name" and "name" not in self.index:
            field = next((part for part in _NAME_PARTS if part in self.index), "name")
        return self.labels[self.index[field]] if field in self.index else HEADINGS[field][0]


def field_of(heading: Cell) -> str | None:
    """The field that a heading stands for, if any."""
    return _FIELD_BY_HEADING.get(_folded(as_text(heading)))


def heading_row(rows: Sequence[Row]) -> int | None:
    """The index of the first row that names a CPR column and one more, looking some rows down; else None."""
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if recognised(row.cells) > 1 and "cpr" in map(field_of, row.cells):
            return index
    return None


def recognised(cells: Iterable[Cell]) -> int:
    """How many different fields a row of cells names."""
    return len({field for field in map(field_of, cells) if field})


def match(headings: Sequence[Cell]) -> Columns:
    """Every field's column, every fault of the headings as (heading, problem), and every remark likewise."""
    known = recognised(headings) > 1  # otherwise it may be a candidate's row, which must not be quoted
    labels = tuple(_label(index, cell, known) for index, cell in enumerate(headings))
    index: dict[str, int] = {}
    faults: list[tuple[str, str]] = []
    remarks: list[tuple[str, str]] = []
    for position, cell in enumerate(headings):
        field = field_of(cell)
        if field is None:
            remarks += _unknown(labels[position], cell)
        elif field in index:
            faults.append((labels[position], _doubled(labels[index[field]], index[field])))
        else:
            index[field] = position
    faults += _name_faults(index, labels) + _missing(index)
    unnamed = tuple(position for position, cell in enumerate(headings) if not as_text(cell))
    return Columns(index, labels, tuple(faults), tuple(remarks), unnamed)


def _label(index: int, cell: Cell, known: bool) -> str:
    written = redact(as_text(cell)) if known else ""
    return written or f"kolonne {column_letter(index)}"


def _unknown(label: str, cell: Cell) -> list[tuple[str, str]]:
    return [(label, "Kolonnen hører ikke til listen og er ikke læst.")] if as_text(cell) else []


def _doubled(first: str, index: int) -> str:
    return (
        f"Overskriften betyder det samme som »{first}« i kolonne {column_letter(index)}: "
        "slet eller omdøb den ene af de to kolonner."
    )


def _name_faults(index: Mapping[str, int], labels: Sequence[str]) -> list[tuple[str, str]]:
    parts = [part for part in _NAME_PARTS if part in index]
    if "name" in index and parts:
        problem = (
            f"Listen har både »{labels[index['name']]}« og for- eller efternavn: "
            "behold enten det fulde navn i én kolonne eller for- og efternavn i hver sin."
        )
        return [(labels[index[parts[0]]], problem)]
    return []


def _missing(index: Mapping[str, int]) -> list[tuple[str, str]]:
    wanted = [field for field in REQUIRED if field not in index]
    parts = [part for part in _NAME_PARTS if part in index]
    if "name" in wanted and parts:
        wanted.remove("name")
        wanted += [part for part in ("first_name", "last_name") if part not in index]
    return [(HEADINGS[field][0], _absent(field)) for field in wanted]


def _absent(field: str) -> str:
    return f"Kolonnen mangler: tilføj en kolonne med overskriften »{HEADINGS[field][0]}«."
