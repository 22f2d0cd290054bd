"""A municipality's own templates: a folder that is laid out as ours, of which only the parts that are there are taken.

`<kind>/subject.txt` (or `body.txt`, `body.html`) is for every pathway, `<pathway key>/<kind>/…` for one, and `_base/`
is the frame in either place. What a municipality wrote is no code of ours: it runs in jinja2's sandbox, and of its
words only those count as the message's own that a made-up case shows. A word that is kept for one case, and could be a
name, is nobody's excuse then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Undefined

if TYPE_CHECKING:
    from notifications.render import MessageContext

BASE = "_base"
FRAMES = ("base.txt", "base.html")


class Unsayable(Exception):
    """A value that no reader could make sense of: one that is missing, or a day or a list as a program has it."""


@dataclass(frozen=True, slots=True)
class Own:
    """`made_up` gives the made-up cases of a pathway and a kind: none of one that it does not know."""

    folder: Path
    made_up: Callable[[str, str], Iterable[MessageContext]]

    def roots(self, pathway_key: str) -> tuple[Path, ...]:
        """Where a template is looked for, the one for this pathway alone first."""
        return self.folder / pathway_key, self.folder

    def has(self, pathway_key: str, name: str) -> bool:
        return any((root / name).is_file() for root in self.roots(pathway_key))

    def wrote(self, file: str | None) -> bool:
        """Whether a template that jinja2 found here is the municipality's."""
        return file is not None and Path(file).is_relative_to(self.folder)


def sayable(value: object) -> object:
    """What a template of somebody else may put into a message: words and numbers."""
    if isinstance(value, str | Undefined) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise Unsayable(type(value).__name__)
