"""The words of a message: from what happened to a subject, a text and an HTML page that say the same.

A message is a folder of three templates. A track has one for each step of its pathway; everything else is shared
(`templates/<kind>/`), and so is the frame that all of them stand in (`templates/_base/`). A municipality may have its
own in place of any of them (`notifications.own`). Values are never marked safe: what a pathway or an area is called is
escaped in the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    select_autoescape,
)
from jinja2.meta import find_referenced_templates
from markupsafe import escape

from engine.audience import Audience
from engine.kinds import MOVED
from models.spelling import words_of
from notifications.because import BECAUSE, SENTENCES
from notifications.danish import DANISH, danish_date, danish_days
from notifications.digest import COUNTED, OVERDUE, OVERDUE_TOO, TITLES, UNDONE, Section
from notifications.own import BASE, FRAMES, Own, sayable
from notifications.sandbox import Sandbox, up_to_the_longest

SHARED_TEMPLATES = Path(__file__).parent / "templates"
PARTS = ("subject.txt", "body.txt", "body.html")

#: Where the foot of a message goes: a character that no word has.
_FOOT = "\0"
_OF_DIGESTS = (*TITLES.values(), *(word for words in COUNTED.values() for word in words), UNDONE, OVERDUE, OVERDUE_TOO)
_ALWAYS_OURS = words_of(*DANISH, *SENTENCES, *_OF_DIGESTS)


@dataclass(frozen=True, kw_only=True)
class MessageContext:
    """What a message may say. There is no field for a name, a CPR number or a free text.

    `stage_title` is where the case is now, `from_title` where it came from. `on` is the day of what happened, `due_on`
    the day on which the stage should be left, `days_late` the days since then (0: not late). `awaits` are the titles
    of the milestones that the stage still waits for. `reason` is a title from the pathway's list; our own templates
    leave it to the page behind the link, because »Sygdom« is health data. `count` and `references` belong to a list
    that was imported, and so do the references of those who were `taken_over` from another coordinator. `why`
    (an `Occasion`) and `sections` belong to a digest, whose `count` is of what it gathers; so does `overdue`, who is
    late on that day besides.
    """

    reference: str
    pathway_title: str
    stage_title: str
    from_title: str | None
    step_title: str | None
    on: date
    due_on: date | None
    days_late: int
    awaits: tuple[str, ...]
    payer: str | None
    alongside: str | None
    area: str
    reason: str | None
    review_on: date | None
    link: str
    count: int = 0
    references: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()
    why: str = ""
    sections: tuple[Section, ...] = ()
    overdue: Section | None = None

    @classmethod
    def of_many(cls, *, on: date, link: str, count: int, **more: Any) -> Self:
        """Of a list or a digest, which has none of what only a single case has."""
        single: dict[str, Any] = {"reference": "", "pathway_title": "", "stage_title": "", "area": "", "awaits": ()}
        single |= dict.fromkeys(("from_title", "step_title", "due_on", "payer", "alongside", "reason", "review_on"))
        return cls(**single | {"days_late": 0, "on": on, "link": link, "count": count} | more)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words. The subject is a single line; `own_words` are the folded words that any such message has."""

    subject: str
    text: str
    html: str
    own_words: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    def with_foot(self, because: str) -> Rendered:
        """The message where it was rendered with `_FOOT`."""
        return replace(
            self, text=self.text.replace(_FOOT, because), html=self.html.replace(_FOOT, str(escape(because)))
        )


@dataclass(frozen=True, slots=True)
class _Message:
    """`is_ours`: the municipality has written nothing of it. Then `because` stands at its foot and nowhere else."""

    subject: Template
    text: Template
    html: Template
    own_words: frozenset[str]
    is_ours: bool

    def render(self, context: MessageContext, because: str) -> Rendered:
        values = {**vars(context), "because": because}
        return Rendered(
            subject=_line(self.subject, values),
            text=_render(self.text, values).strip() + "\n",
            html=_render(self.html, values).strip() + "\n",
            own_words=self.own_words,
        )


class Renderer:
    """Renders messages. Each template is compiled once and kept.

    `tracks` maps a pathway's key to the folder that holds a folder for each of its steps; a pathway without one
    gets the shared messages. `own` is what a municipality has in place of any of them.
    """

    def __init__(
        self, shared: Path | None = None, tracks: Mapping[str, Path] | None = None, own: Own | None = None
    ) -> None:
        self._shared = shared or SHARED_TEMPLATES
        self._tracks = dict(tracks or {})
        self._own = own
        self._environments: dict[tuple[str, bool], Environment] = {}
        self._sources: dict[tuple[Environment, str], tuple[frozenset[str], str | None, tuple[str, ...]]] = {}
        self._messages: dict[tuple[str, str], _Message] = {}
        self._last: tuple[_Message, MessageContext, Rendered] | None = None

    def render(self, pathway_key: str, kind: str, context: MessageContext, because: str) -> Rendered:
        """The message in words, and `because` at its foot. `kind` is a shared kind or the key of a step.

        A step without a folder (it belongs to an older version of the pathway) is told as `moved`. Raises jinja2's
        UndefinedError when a template asks for something that a message may not say. Those who are told of the same
        come one after the other: what they all read is rendered once.
        """
        message, last = self._message(pathway_key, kind), self._last
        if not message.is_ours:
            return message.render(context, because)
        if last is None or last[0] is not message or last[1] is not context:
            last = self._last = message, context, message.render(context, _FOOT)
        return last[2].with_foot(because)

    def subject(self, pathway_key: str, kind: str, context: MessageContext) -> str:
        """The subject alone. Raises as `render`."""
        return _line(self._message(pathway_key, kind).subject, {**vars(context), "because": ""})

    def own_words(self, pathway_key: str, kind: str) -> frozenset[str]:
        """The folded words that any such message has."""
        return self._message(pathway_key, kind).own_words

    def own_parts(self, pathway_key: str, kind: str) -> tuple[str, ...]:
        """What of such a message a municipality wrote: names of templates, its frame's too. They make it another."""
        names = (*(f"{kind}/{part}" for part in PARTS), *(f"{BASE}/{frame}" for frame in FRAMES))
        return tuple(name for name in names if self._own is not None and self._own.has(pathway_key, name))

    def _message(self, pathway_key: str, kind: str) -> _Message:
        message = self._messages.get((pathway_key, kind))
        if message is None:
            message = self._messages[pathway_key, kind] = self._load(pathway_key, kind)
        return message

    def _load(self, pathway_key: str, kind: str) -> _Message:
        if not self._has(pathway_key, kind):
            kind = MOVED
        own = self._own if self.own_parts(pathway_key, kind) else None
        environment = self._environment(pathway_key, own)
        subject, text, html = (environment.get_template(f"{kind}/{part}") for part in PARTS)
        message = _Message(subject, text, html, _ALWAYS_OURS, is_ours=own is None)
        words = _ALWAYS_OURS
        shown = _shown(message, own.made_up(pathway_key, kind)) if own else frozenset()
        for brought, file in self._brought(environment, kind):
            words |= brought & shown if own and own.wrote(file) else brought
        return replace(message, own_words=words)

    def _brought(self, environment: Environment, kind: str) -> Iterator[tuple[frozenset[str], str | None]]:
        """The words that each template itself brings, and its file; those that it extends included."""
        waiting, seen = [f"{kind}/{part}" for part in PARTS], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if (environment, name) not in self._sources:
                try:
                    self._sources[environment, name] = _source(environment, name)
                except TemplateNotFound:  # said where it is rendered, which knows the line
                    continue
            words, file, parents = self._sources[environment, name]
            yield words, file
            waiting += parents

    def _has(self, pathway_key: str, kind: str) -> bool:
        """Whether there are words for it. Ours are whole: nobody has only a part of a message in place of none."""
        try:
            self._environment(pathway_key, None).get_template(f"{kind}/{PARTS[0]}")
        except TemplateNotFound:
            return False
        return True

    def _environment(self, pathway_key: str, own: Own | None) -> Environment:
        wanted = (pathway_key, own is not None)
        if wanted not in self._environments:
            ours = (self._tracks.get(pathway_key), self._shared)
            folders = [*(own.roots(pathway_key) if own else ()), *(folder for folder in ours if folder is not None)]
            self._environments[wanted] = environment_of(folders, sandboxed=own is not None)
        return self._environments[wanted]


def _line(template: Template, values: dict[str, object]) -> str:
    return " ".join(_render(template, values).split())


def _render(template: Template, values: dict[str, object]) -> str:
    """`template.render(values)` without jinja2's globals, which no message uses: copying them took half of the time."""
    try:
        pieces = template.root_render_func(template.new_context(values, shared=True))
        return "".join(up_to_the_longest(pieces) if template.environment.sandboxed else pieces)
    except Exception:
        template.environment.handle_exception()  # raises it again, with the line of the template in its traceback


def environment_of(folders: list[Path], *, sandboxed: bool = False) -> Environment:
    """Jinja2 as every message needs it. The first folder that has a template is the one it is taken from.

    `sandboxed`: some of the templates are somebody else's, and may say `sayable` things only.
    """
    environment = (Sandbox if sandboxed else Environment)(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        finalize=sayable if sandboxed else None,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals.clear()  # no message uses any, and each one that is rendered would have to know their names
    environment.filters |= {"danish_date": danish_date, "danish_days": danish_days}
    return environment


def _shown(message: _Message, contexts: Iterable[MessageContext]) -> frozenset[str]:
    """Every word that the message has in one of these cases. One that it cannot be made for shows none."""
    because, shown = BECAUSE[Audience.COORDINATOR], set[str]()
    for context in contexts:
        with suppress(Exception):  # a template can go wrong in any way, and is told so where the case is real
            rendered = message.render(context, because)
            shown |= words_of(rendered.subject, rendered.text, rendered.html)
    return frozenset(shown)


def _source(environment: Environment, name: str) -> tuple[frozenset[str], str | None, tuple[str, ...]]:
    """The words that a template brings, its file, and the templates that it extends."""
    if environment.loader is None:
        raise TemplateNotFound(name)
    source, file, _ = environment.loader.get_source(environment, name)
    source = re.sub(r"\r\n?", "\n", source)
    texts = [value for _, token, value in environment.lex(source) if token in ("data", "string")]
    return words_of(*texts), file, tuple(filter(None, find_referenced_templates(environment.parse(source))))
