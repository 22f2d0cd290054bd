"""Lists of made-up people, as rows of cells and as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from onboarding.enrol import Applicant
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.support import made_up_people

HEADINGS = ("CPR-nr.", "Navn", "Telefon", "E-mail", "Værtsområde", "Koordinator", "Startdato", "Modersmål", "Samtykke")
Cells = Sequence[str]


def person(number: int, **changed: str) -> list[str]:
    """A good row for the `number`th made-up person; `changed` by heading, in lower case without its dash."""
    name, cpr, _ = list(made_up_people(number + 1))[number]
    syd = number % 2
    cells = [cpr, name, "", "", SYD_AREA if syd else VIBY_AREA, SYD if syd else VIBY, "07-09-2026", "Dansk", "ja"]
    for heading, cell in changed.items():
        cells[[h.lower().replace("-", "").rstrip(".") for h in HEADINGS].index(heading)] = cell
    return cells


def list_of_one(folder: Path, new: Applicant) -> Path:
    """A file with this one candidate."""
    path = folder / "liste.csv"
    row = (new.cpr, new.name, new.area, new.coordinator, f"{new.starts_on:%d-%m-%Y}", "ja")
    path.write_text("CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke\n" + ";".join(row), encoding="utf-8")
    return path


Listed = Callable[..., Path]
