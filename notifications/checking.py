"""Whether a municipality's own templates can be used: every fault in a sentence that names the file, the line and the
remedy, before anything is sent with them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables

from engine.audience import Audience
from engine.pathway import Pathway
from notifications import guard
from notifications.because import BECAUSE
from notifications.harmless import Seen
from notifications.layout import Fault, Layout, nearest
from notifications.made_up import kinds_of, made_up_cases
from notifications.own import FRAMES, Own, Unsayable
from notifications.render import MessageContext, Rendered, Renderer, environment_of
from notifications.sandbox import TooMuch

LONGEST_SUBJECT = 120

#: Gives the full names of candidates of which two or more of the words are among these, folded.
Named = Callable[[Collection[str]], Collection[str]]

_SAYABLE = [*(field.name for field in fields(MessageContext)), "because"]
_UNKNOWN = re.compile(r"'(\w+)' is undefined")


def faults(own: Own, renderer: Renderer, pathways: Sequence[Pathway], named: Named) -> list[str]:
    """None when the templates of the folder can be used by this renderer, in these pathways, and name nobody."""
    layout = Layout(own.folder, pathways)
    environment = environment_of([], sandboxed=True)
    sources: dict[Path, str] = {}
    found = [*layout.faults, *_unreadable(layout.templates, sources, environment)]
    found += [fault for file, text in sources.items() for fault in _unknown(file, text, environment)]
    found += _naming({file: _literal(text, environment) for file, text in sources.items()}, named)
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


def _unreadable(templates: Iterable[Path], sources: dict[Path, str], environment: Environment) -> Iterator[Fault]:
    """What is no text, or no template. Puts the others into `sources`."""
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


def _unknown(file: Path, text: str, environment: Environment) -> Iterator[Fault]:
    """What a template asks for that there is not, also where no case that is made up comes by."""
    tree = environment.parse(text)
    undeclared = find_undeclared_variables(tree) - {*_SAYABLE}
    for name in tree.find_all(nodes.Name):
        if name.name in undeclared:
            yield Fault(file, name.lineno, _not_sayable(name.name), "Ret linjen.")
    for kind, called, known in (
        (nodes.Filter, "filteret", environment.filters),
        (nodes.Test, "testen", environment.tests),
    ):
        for used in tree.find_all(kind):
            if used.name not in known:
                what = f"{called} »{used.name}« findes ikke; det nærmeste er {nearest(used.name, list(known))}"
                yield Fault(file, used.lineno, what, "Ret linjen.")


def _not_sayable(name: str) -> str:
    return f"»{name}« er ikke noget, en besked kan sige; det nærmeste er {nearest(name, _SAYABLE)}"


def _naming(literals: Mapping[Path, str], named: Named) -> Iterator[Fault]:
    """Where a template says the full name of a candidate: mails about everybody else would say it too."""
    words = frozenset[str]().union(*(guard.words_for_names(_as_read(file, text)) for file, text in literals.items()))
    names = named(words) if words else ()

    for file, text in literals.items():
        for line in _lines(file, text, lambda read: guard.holds_full_name(read, names)):
            yield Fault(file, line, "her står en kandidats fulde navn", "Tag det ud.")


def _literal(source: str, environment: Environment) -> str:
    """What a template says by itself, each line where it is in the file: `{% else %}` is no Else."""
    said = ""
    for line, token, value in environment.lex(source):
        said += "\n" * (line - 1 - said.count("\n"))
        said += value if token in ("data", "string") else ""
    return said


def _as_read(file: Path, text: str) -> Rendered:
    """A text of this file, as the guard reads a message."""
    return Rendered("", "", text) if file.suffix == ".html" else Rendered("", text, "")


def _lines(file: Path, text: str, holds: Callable[[Rendered], bool]) -> Iterator[int]:
    """The number of each line on which begins what is looked for, which may go on over the next ones; of several that
    end on one line, the last.
    """
    lines, begin = text.split("\n"), 0

    def held(first: int, end: int) -> bool:
        return holds(_as_read(file, "\n".join(lines[first:end])))

    ends = range(1, len(lines) + 1) if held(0, len(lines)) else ()
    for end in ends:
        if held(begin, end):
            yield next(first for first in range(end - 1, begin - 1, -1) if held(first, end)) + 1
            begin = end


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
                rendered = self._renderer.render(self._pathway.key, self._kind, context, _BECAUSE)
            except Exception as error:  # a template can go wrong in any way
                yield Fault(*self._where(error), _why(error), _REMEDIES.get(type(error), "Ret linjen."), case)
                continue
            if rendered not in looked_at:
                looked_at.add(rendered)
                yield from (fault._replace(case=case) for fault in self._look_at(rendered, context.link))

    def _where(self, error: Exception) -> tuple[Path, int]:
        """The line of theirs that it was about, as far as jinja2 knows."""
        frames = [(Path(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
        return next((frame for frame in reversed(frames) if frame[0] in self._theirs), (next(iter(self._theirs)), 0))

    def _look_at(self, rendered: Rendered, link: str) -> Iterator[Fault]:
        """What is wrong with a message that could be made."""
        if not rendered.subject:
            yield Fault(*self._line("subject.txt"), "emnet er tomt", "Skriv noget, fx {{ reference }}.")
        if len(rendered.subject) > LONGEST_SUBJECT:
            what = f"emnet er på mere end {LONGEST_SUBJECT} tegn"
            yield Fault(*self._line("subject.txt"), what, "Gør det kortere.")
        if not rendered.text.strip():
            yield Fault(*self._line("body.txt"), "teksten er tom", "Skriv den, eller tag filen ud.")
        else:
            yield from self._left_out(".txt", rendered.text.split(), link in rendered.text, "{{ link }}")
        page = Seen(rendered.html)
        if not page.words or "<body" not in rendered.html.casefold():
            what = "mailen er tom eller har ingen <body>"
            yield Fault(*self._line("html"), what, "Byg den på _base/base.html.")
        else:
            yield from self._left_out(".html", page.words, link in page.links, '<a href="{{ link }}">…</a>')
        for what, needle in page.harms:
            yield Fault(*self._line("html", needle), what, "Tag det ud.")
        if guard.check(rendered, ()) == guard.HOLDS_CPR:
            yield Fault(*self._line_of_a_number(), "her står noget, der ligner et CPR-nummer", "Tag det ud.")

    def _left_out(self, ends_with: str, words: Sequence[str], leads: bool, link: str) -> Iterator[Fault]:
        """What every message owes whoever gets it, and a body or a frame of theirs has not: why, and where to look."""
        if _BECAUSE.casefold() not in " ".join(words).casefold():
            what = "her mangler begrundelsen (because), som også siger, om beskeden kan fravælges"
            yield Fault(self._without("because", ends_with), 0, what, "Skriv {{ because }} nederst.")
        if not leads:
            what = "her mangler linket (link) til det, beskeden handler om"
            yield Fault(self._without("link", ends_with), 0, what, f"Skriv {link}.")

    def _without(self, name: str, ends_with: str) -> Path:
        """The file of theirs that leaves it out: the frame, unless that has it."""
        files = [file for file in self._theirs if file.name.endswith(ends_with) and file.name != "subject.txt"]
        files.sort(key=lambda file: (name in self._theirs[file], file.name not in FRAMES))
        return next(iter(files or self._theirs))

    def _line(self, ends_with: str, needle: str = "") -> tuple[Path, int]:
        """The file of theirs that a part is made of, and the line where the needle stands."""
        files = [file for file in self._theirs if file.name.endswith(ends_with)] or list(self._theirs)
        for file in files:
            for number, line in enumerate(self._theirs[file].splitlines(), 1):
                if needle and needle.casefold() in line.casefold():
                    return file, number
        return files[0], 0

    def _line_of_a_number(self) -> tuple[Path, int]:
        found = (
            (file, line)
            for file, text in self._theirs.items()
            for line in _lines(file, text, lambda read: guard.check(read, ()) == guard.HOLDS_CPR)
        )
        return next(found, (next(iter(self._theirs)), 0))


_BECAUSE = BECAUSE[Audience.COORDINATOR]  # that of a made-up message
_REMEDIES: Mapping[type[Exception], str] = {
    Unsayable: "Sæt {% if … %} om det, der kan mangle, og skriv dage med | danish_date.",
    TooMuch: "Skriv det kortere.",
    TypeError: "Sæt {% if … %} om det, der kan mangle.",
    AttributeError: "Sæt {% if … %} om det, der kan mangle.",
}


def _why(error: Exception) -> str:
    unknown = _UNKNOWN.search(str(error)) if isinstance(error, UndefinedError) else None
    if unknown is not None:
        return _not_sayable(unknown[1])
    if isinstance(error, TemplateNotFound):
        return f"skabelonen »{error.name}« findes ikke"
    if isinstance(error, SecurityError):
        return "her bruges noget, som en skabelon ikke må"
    if isinstance(error, TooMuch):
        return "her skrives mere, end en besked kan rumme"
    if isinstance(error, Unsayable):
        return f"her skrives en værdi, som ingen kan læse ({error})"
    return f"skabelonen kan ikke skrives ud ({type(error).__name__}: {error})"
