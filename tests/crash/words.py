"""Messages in words that a program can read: what each tells of, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine import kinds
from notifications import digest
from notifications.because import INSTEAD
from notifications.render import MessageContext, Rendered, Renderer

SMS = "sms"


@dataclass(frozen=True)
class Read:
    """What an envelope says: of each thing the reference, the kind and the day; and how they were put together."""

    said: tuple[tuple[str, str, str], ...]
    instead: bool
    why: str


class PlainWords(Renderer):
    """Stands in for the templates: each message says `reference: kind day`, in JSON."""

    def render(self, pathway_key: str, kind: str, context: MessageContext, because: str) -> Rendered:
        if kind == kinds.DIGEST:
            cases = [
                (case.reference, case.text)
                for section in context.sections
                for line in section.lines
                for case in line.cases
                for _ in range(case.times)
            ]
            assert len(cases) == context.count, "the digest leaves something out"
        else:
            cases = [(context.reference, _text(kind, context))]
        why = (context.why or "") if kind == kinds.DIGEST else ""
        text = json.dumps({"said": cases, "instead": INSTEAD in because, "why": why})
        return Rendered(subject=kind, text=text, html="<p>-</p>")

    def subject(self, pathway_key: str, kind: str, context: MessageContext) -> str:
        return f"{context.reference}: {_text(kind, context)}"


def _text(kind: str, context: MessageContext) -> str:
    return f"{kind} {context.on.isoformat()}"


def read(text: str) -> Read:
    whole = json.loads(text)
    said = tuple((reference, *words.split(" ", 1)) for reference, words in whole["said"])
    return Read(said, whole["instead"], whole["why"])


@contextmanager
def whole_digests() -> Iterator[None]:
    """Digests tell of everything in them, however much that is; otherwise what is beyond twenty is only counted."""
    kept = digest.MOST_LINES, digest.MOST_CASES
    digest.MOST_LINES = digest.MOST_CASES = 1_000_000
    try:
        yield
    finally:
        digest.MOST_LINES, digest.MOST_CASES = kept
