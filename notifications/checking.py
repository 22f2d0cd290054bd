"""Whether a municipality's own templates can be used: every fault in a sentence that names the file, the line and the
remedy, before anything is sent with them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from engine.audience import Audience
from engine.pathway import Pathway
from models.cpr import looks_like_cpr
from notifications import guard
from notifications.because import BECAUSE
from notifications.harmless import Seen
from notifications.layout import Fault, Layout, nearest
from notifications.made_up import kinds_of, made_up_cases
from notifications.own import Own, Unsayable
from notifications.render import MessageContext, Rendered, Renderer, environment_of

LONGEST_SUBJECT = 120

_SAYABLE = [field.name for field in fields(MessageContext)]
_UNKNOWN = re.compile(r"'(\w+)' is undefined")


def faults(own: Own, renderer: Renderer, pathways: Sequence[Pathway]) -> list[str]:
    """None when the templates of the folder can be used by this renderer, in these pathways."""
    layout = Layout(own.folder, pathways)
    sources: dict[Path, str] = {}
    found = [*layout.faults, *_unreadable(layout.templates, sources)]
    for pathway in pathways:
        for kind in kinds_of(pathway):
            theirs = _written(own, pathway.key, renderer.own_parts(pathway.key, kind))
            if theirs and all(file in sources for file in theirs.values()):
                found += _Message(renderer, pathway, kind, {file: sources[file] for file in theirs.values()}).faults()
    told: dict[tuple[Path, int, str], str] = {}
    for fault in sorted(found, key=lambda fault: (fault.file, fault.line)):
        told.setdefault((fault.file, fault.line, fault.what), fault.in_words(own.folder))  # in the first of its cases
    return list(told.values())


def _written(own: Own, pathway_key: str, names: Iterable[str]) -> Mapping[str, Path]:
    """The file of each of these templates."""
    return {name: next(root / name for root in own.roots(pathway_key) if (root / name).is_file()) for name in names}


def _unreadable(templates: Iterable[Path], sources: dict[Path, str]) -> Iterator[Fault]:
    """What is no text, or no template. Puts the others into `sources`."""
    environment = environment_of([], sandboxed=True)
    for file in templates:
        try:
            said = file.read_bytes()
            text = said.decode("utf-8")
            environment.compile(text, filename=str(file))
        except OSError:
            yield Fault(file, 0, "filen kan ikke læses", "Giv programmet adgang til den.")
        except UnicodeDecodeError as error:
            line = said.count(b"\n", 0, error.start) + 1
            what = "filen er ikke gemt som UTF-8, så æ, ø og å ikke kan læses"
            yield Fault(file, line, what, "Gem den som UTF-8.")
        except TemplateSyntaxError as error:
            yield Fault(file, error.lineno, f"skabelonen kan ikke forstås ({error.message})", "Ret linjen.")
        else:
            if text.startswith("\ufeff"):
                yield Fault(file, 1, "filen begynder med et usynligt tegn (BOM)", "Gem den som UTF-8 uden BOM.")
            else:
                sources[file] = text


class _Message:
    """One message of one pathway, in every case that it may have to tell of. `theirs` are the files that it is partly
    made of, and what they say.
    """

    def __init__(self, renderer: Renderer, pathway: Pathway, kind: str, theirs: Mapping[Path, str]) -> None:
        self._renderer, self._pathway, self._kind, self._theirs = renderer, pathway, kind, theirs

    def faults(self) -> Iterator[Fault]:
        looked_at: set[Rendered] = set()  # most cases read the same: what one lacks, a message may not tell of at all
        for case, context in made_up_cases(self._pathway, self._kind).items():
            try:
                rendered = self._renderer.render(self._pathway.key, self._kind, context, BECAUSE[Audience.COORDINATOR])
            except Exception as error:  # a template can go wrong in any way
                yield Fault(*self._where(error), _why(error), _REMEDIES.get(type(error), "Ret linjen."), case)
                continue
            if rendered not in looked_at:
                looked_at.add(rendered)
                yield from (fault._replace(case=case) for fault in self._look_at(rendered))

    def _where(self, error: Exception) -> tuple[Path, int]:
        """The line of theirs that it was about, as far as jinja2 knows."""
        frames = [(Path(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
        return next((frame for frame in reversed(frames) if frame[0] in self._theirs), (next(iter(self._theirs)), 0))

    def _look_at(self, rendered: Rendered) -> Iterator[Fault]:
        """What is wrong with a message that could be made."""
        if not rendered.subject:
            yield Fault(*self._line("subject.txt"), "emnet er tomt", "Skriv noget, fx {{ reference }}.")
        if len(rendered.subject) > LONGEST_SUBJECT:
            what = f"emnet er på mere end {LONGEST_SUBJECT} tegn"
            yield Fault(*self._line("subject.txt"), what, "Gør det kortere.")
        if not rendered.text.strip():
            yield Fault(*self._line("body.txt"), "teksten er tom", "Skriv den, eller tag filen ud.")
        page = Seen(rendered.html)
        if not page.words or "<body" not in rendered.html.casefold():
            what = "mailen er tom eller har ingen <body>"
            yield Fault(*self._line("html"), what, "Byg den på _base/base.html.")
        for what, needle in page.harms:
            yield Fault(*self._line("html", needle), what, "Tag det ud.")
        if guard.check(rendered, ()) == guard.HOLDS_CPR:
            yield Fault(*self._line_of_a_number(), "her står noget, der ligner et CPR-nummer", "Tag det ud.")

    def _line(self, ends_with: str, needle: str = "") -> tuple[Path, int]:
        """The file of theirs that a part is made of, and the line where the needle stands."""
        files = [file for file in self._theirs if file.name.endswith(ends_with)] or list(self._theirs)
        for file in files:
            for number, line in enumerate(self._theirs[file].splitlines(), 1):
                if needle and needle.casefold() in line.casefold():
                    return file, number
        return files[0], 0

    def _line_of_a_number(self) -> tuple[Path, int]:
        for file, text in self._theirs.items():
            for number, line in enumerate(text.splitlines(), 1):
                if looks_like_cpr(line):
                    return file, number
        return next(iter(self._theirs)), 0


_REMEDIES: Mapping[type[Exception], str] = {
    Unsayable: "Sæt {% if … %} om det, der kan mangle, og skriv dage med | danish_date.",
    TypeError: "Sæt {% if … %} om det, der kan mangle.",
    AttributeError: "Sæt {% if … %} om det, der kan mangle.",
}


def _why(error: Exception) -> str:
    unknown = _UNKNOWN.search(str(error)) if isinstance(error, UndefinedError) else None
    if unknown is not None:
        return f"»{unknown[1]}« er ikke noget, en besked kan sige; det nærmeste er {nearest(unknown[1], _SAYABLE)}"
    if isinstance(error, TemplateNotFound):
        return f"skabelonen »{error.name}« findes ikke"
    if isinstance(error, SecurityError):
        return "her bruges noget, som en skabelon ikke må"
    if isinstance(error, Unsayable):
        return f"her skrives en værdi, som ingen kan læse ({error})"
    return f"skabelonen kan ikke skrives ud ({type(error).__name__}: {error})"
