"""How a folder of own templates is laid out: which names it may have in it, and what is wrong with any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from os.path import realpath
from pathlib import Path
from typing import NamedTuple

from engine.kinds import SHARED
from engine.pathway import Pathway
from notifications.own import BASE, FRAMES
from notifications.render import PARTS


class Fault(NamedTuple):
    """What is wrong in a file or folder, and what to do about it. Line 0: not known. `case`: in which made-up case, if
    not in all.
    """

    file: Path
    line: int
    what: str
    remedy: str
    case: str = ""

    def in_words(self, folder: Path) -> str:
        place = f"»{self.file.relative_to(folder)}«{f', linje {self.line}' if self.line else ''}"
        return f"{place}: {self.what}{f', i et forløb {self.case}' if self.case else ''}. {self.remedy}"


class Layout:
    """What is in the folder, looked at by name. What begins with a dot is let be: editors and Git leave it there."""

    def __init__(self, folder: Path, pathways: Sequence[Pathway]) -> None:
        self._within = realpath(folder)
        self._steps = {pathway.key: {step.key for step in pathway.steps} for pathway in pathways}
        self.faults: list[Fault] = []
        self.templates: list[Path] = []
        for entry in _entries(folder):
            if entry.is_dir() and entry.name in self._steps:
                for below in _entries(entry):
                    self._look_at(below, self._steps[entry.name] | SHARED)
            else:
                self._look_at(entry, SHARED, self._steps)

    def _look_at(self, entry: Path, kinds: Iterable[str], pathways: Iterable[str] = ()) -> None:
        known = [BASE, *pathways, *kinds]
        if not entry.is_dir():
            self._tell(entry, "her skal kun være mapper", "Læg filen i mappen til den besked, den hører til.")
        elif entry.name not in known:
            self._tell(entry, *self._unknown(entry.name, known))
        else:
            parts = FRAMES if entry.name == BASE else PARTS
            for file in _entries(entry):
                if not Path(realpath(file)).is_relative_to(self._within):
                    self._tell(file, "filen er et link (symlink) ud af mappen", "Læg filen selv her.")
                elif file.is_file() and file.name in parts:
                    self.templates.append(file)
                else:
                    remedy = f"Her kan være {_listed(parts)}. Ret navnet, eller tag den ud."
                    self._tell(file, "den bruges ikke", remedy)

    def _unknown(self, name: str, known: Iterable[str]) -> tuple[str, str]:
        theirs = [f"{pathway}/{name}" for pathway, steps in self._steps.items() if name in steps]
        if theirs:
            return "beskeden hører til et forløb", f"Flyt mappen til {_listed(theirs, 'eller')}."
        what = f"der er ingen besked og intet forløb med det navn; det nærmeste er {nearest(name, known)}"
        return what, "Ret navnet, eller tag mappen ud."

    def _tell(self, entry: Path, what: str, remedy: str) -> None:
        self.faults.append(Fault(entry, 0, what, remedy))


def nearest(name: str, known: Iterable[str]) -> str:
    """The names that are most like it: »moved«, »paused« og »resumed«."""
    return _listed([f"»{one}«" for one in get_close_matches(name, sorted(set(known)), n=3, cutoff=0)])


def _listed(words: Sequence[str], conjunction: str = "og") -> str:
    return f" {conjunction} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
