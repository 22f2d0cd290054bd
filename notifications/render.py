"""The words of a message: from what happened to a subject, a text and an HTML page that say the same.

A message is a folder of three templates. A track has one for each step of its pathway; everything else is shared
(`templates/<kind>/`), and so is the frame that all of them stand in (`templates/_base/`). Values are never marked
safe: what a pathway or an area is called is escaped in the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

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

from engine.kinds import MOVED
from models.spelling import words_of
from notifications.because import BECAUSE

SHARED_TEMPLATES = Path(__file__).parent / "templates"
PARTS = ("subject.txt", "body.txt", "body.html")

MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
_ALWAYS_OURS = words_of(*MONTHS, *BECAUSE.values(), "dag dage")


@dataclass(frozen=True, kw_only=True)
class MessageContext:
    """What a message may say. There is no field for a name, a CPR number or a free text.

    `stage_title` is where the case is now, `from_title` where it came from. `on` is the day of what happened, `due_on`
    the day on which the stage should be left, `days_late` the days since then (0: not late). `awaits` are the titles
    of the milestones that the stage still waits for. `reason` is a title from the pathway's list; our own templates
    leave it to the page behind the link, because »Sygdom« is health data. `count` and `references` belong to a list
    that was imported, and so do the references of those who were `taken_over` from another coordinator.
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


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words. The subject is a single line; `own_words` are the folded words that any such message has."""

    subject: str
    text: str
    html: str
    own_words: frozenset[str] = field(default=frozenset(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Message:
    subject: Template
    text: Template
    html: Template
    own_words: frozenset[str]

    def render(self, values: dict[str, object]) -> Rendered:
        return Rendered(
            subject=" ".join(_render(self.subject, values).split()),
            text=_render(self.text, values).strip() + "\n",
            html=_render(self.html, values).strip() + "\n",
            own_words=self.own_words,
        )


class Renderer:
    """Renders messages. Each template is compiled once and kept.

    `tracks` maps a pathway's key to the folder that holds a folder for each of its steps; a pathway without one
    gets the shared messages.
    """

    def __init__(self, shared: Path | None = None, tracks: Mapping[str, Path] | None = None) -> None:
        self._shared = shared or SHARED_TEMPLATES
        self._tracks = dict(tracks or {})
        self._environments: dict[str, Environment] = {}
        self._messages: dict[tuple[str, str], _Message] = {}

    def render(self, pathway_key: str, kind: str, context: MessageContext, because: str) -> Rendered:
        """The message in words, and `because` at its foot. `kind` is a shared kind or the key of a step.

        A step without a folder (it belongs to an older version of the pathway) is told as `moved`. Raises jinja2's
        UndefinedError when a template asks for something that a message may not say.
        """
        message = self._messages.get((pathway_key, kind))
        if message is None:
            message = self._messages[pathway_key, kind] = self._load(pathway_key, kind)
        return message.render({**vars(context), "because": because})

    def _load(self, pathway_key: str, kind: str) -> _Message:
        environment = self._environment(pathway_key)
        try:
            environment.get_template(f"{kind}/{PARTS[0]}")
        except TemplateNotFound:
            kind = MOVED
        subject, text, html = (environment.get_template(f"{kind}/{part}") for part in PARTS)
        return _Message(subject, text, html, _ALWAYS_OURS | _own_words(environment, kind))

    def _environment(self, pathway_key: str) -> Environment:
        if pathway_key not in self._environments:
            folders = [folder for folder in (self._tracks.get(pathway_key), self._shared) if folder is not None]
            self._environments[pathway_key] = environment_of(folders)
        return self._environments[pathway_key]


def _render(template: Template, values: dict[str, object]) -> str:
    """`template.render(values)` without jinja2's globals, which no message uses: copying them took half of the time."""
    try:
        return "".join(template.root_render_func(template.new_context(values, shared=True)))
    except Exception:
        template.environment.handle_exception()  # raises it again, with the line of the template in its traceback


def danish_date(day: date) -> str:
    """»12. august 2026«."""
    return _danish_date(day)


def danish_days(count: int) -> str:
    """»1 dag«, »3 dage«."""
    return f"{count} {'dag' if count == 1 else 'dage'}"


@lru_cache(maxsize=4096)
def _danish_date(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def environment_of(folders: list[Path]) -> Environment:
    """Jinja2 as every message needs it. The first folder that has a template is the one it is taken from."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters |= {"danish_date": danish_date, "danish_days": danish_days}
    return environment


def _own_words(environment: Environment, kind: str) -> frozenset[str]:
    """The words that the templates themselves bring, those they extend included."""
    waiting, seen, texts = [f"{kind}/{part}" for part in PARTS], set[str](), list[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        source = _source(environment, name)
        texts += [value for _, token, value in environment.lex(source) if token in ("data", "string")]
        waiting += [parent for parent in find_referenced_templates(environment.parse(source)) if parent]
    return words_of(*texts)


def _source(environment: Environment, name: str) -> str:
    if environment.loader is None:
        raise TemplateNotFound(name)
    return re.sub(r"\r\n?", "\n", environment.loader.get_source(environment, name)[0])
