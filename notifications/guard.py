"""The last look at a message before it leaves: nothing that could be a CPR number, nothing of a candidate's name.

A message is made without either, so whatever is found here is a mistake somewhere else: in a template that a
municipality wrote, in the title of a pathway, in the name of an area. The message is then not sent.

The rule for names. A full name refuses, always. So does a single part of it as a word of its own, its genitive
included (»Olenas«), when it has three letters or more: shorter ones (»An«, »Bo«) are found in the full name only.
A single part is let through when the word belongs to the message anyway: it stands in the templates, in the name
of a month, or in what the caller knows to be about no person (the pathway's titles, the names of areas). Without
that, August Holm would get no message in August, and nobody called Syd any from the area Syd. What a message
happens to hold is not asked: a name that slipped into the title of a stage must not excuse itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from engine.pathway import Pathway
from engine.reasons import QUIET_REASONS
from models.cpr import looks_like_cpr
from models.spelling import fold, spellings, words_of
from notifications.render import Rendered

HOLDS_CPR = "holds_cpr"
HOLDS_NAME = "holds_name"

_SHORTEST_PART = 3
_DIGITS = re.compile(r"[0-9]{6}.{0,3}[0-9]{4}")  # in every CPR number, and ten times faster to look for
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")  # and not »width:100%«: `unquote` is slow where there is nothing to do
_TAG = re.compile(r"<[^>]*>")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def check(rendered: Rendered, names: Iterable[str], known: Iterable[str] = ()) -> str | None:
    """Why the message must not be sent, `holds_cpr` or `holds_name`; None when it may.

    `names` are the full names of the candidates it tells of. `known` are texts about no person that it may quote:
    `titles_of` its pathway, the names of areas, the address of our own pages.
    """
    lines, have_digits = zip(*map(_looked_at, _everything_in(rendered).split("\n")), strict=True)
    text = "\n".join(lines)
    if any(have_digits) and looks_like_cpr(text):
        return HOLDS_CPR
    if any(_holds_full_name(text, name) for name in names):
        return HOLDS_NAME
    suspects = {word for name in names for word in _parts_in(text, name)} - rendered.own_words
    return HOLDS_NAME if suspects and suspects - words_of(*known) else None


def titles_of(pathway: Pathway) -> tuple[str, ...]:
    """Every Danish text that a pathway brings into its messages."""
    stages = pathway.open_stages.values()
    beside = (text for stage in stages for text in (stage.payer, stage.alongside) if text is not None)
    return (
        pathway.title,
        *(stage.title for stage in pathway.stages),
        *(ending.title for ending in pathway.endings.values()),
        *(step.title for step in pathway.steps),
        *(milestone.title for milestone in pathway.milestones),
        *pathway.dropout_reasons.values(),
        *pathway.pause_reasons.values(),
        *QUIET_REASONS.values(),
        *beside,
    )


@lru_cache(maxsize=4096)  # most lines of a message are the same in every other one
def _looked_at(line: str) -> tuple[str, bool]:
    """The line, folded, and whether there could be a CPR number in it, which none is that goes over two lines."""
    folded = fold(line)
    return folded, _DIGITS.search(folded) is not None


def _everything_in(rendered: Rendered) -> str:
    """All that a reader could see or a program find, decoded; the HTML with its tags and without."""
    html = unescape(rendered.html)
    everything = "\n".join((rendered.subject, rendered.text, html, unescape(_TAG.sub("", rendered.html))))
    return unquote(everything) if _ESCAPED.search(everything) else everything


def _holds_full_name(folded: str, name: str) -> bool:
    return any(
        len(parts) > 1 and parts[0] in folded and parts[-1] in folded and _sequence(parts).search(folded)
        for parts in _spelt(name)
    )


def _parts_in(folded: str, name: str) -> Iterator[str]:
    """The words of the text that are a part of the name, as they stand there."""
    for part in {part for parts in _spelt(name) for part in parts if len(part) >= _SHORTEST_PART}:
        if part in folded:
            yield from _word(part).findall(folded)


@lru_cache(maxsize=1024)
def _spelt(name: str) -> tuple[tuple[str, ...], ...]:
    """The parts of the name, in each way in which it may be spelt."""
    return tuple(tuple(filter(None, _NOT_LETTERS.split(spelling))) for spelling in spellings(name))


def _sequence(parts: tuple[str, ...]) -> re.Pattern[str]:
    return _word(r"[\W\d_]+".join(parts))


def _word(letters: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){letters}s?(?![^\W\d_])")
