"""The last look at a message before it leaves: nothing that could be a CPR number, nothing of a candidate's name.

A message is made without either, so whatever is found here is a mistake somewhere else: in a template that a
municipality wrote, in the title of a pathway, in the name of an area. The message is then not sent.

The rule for numbers. Whatever could be one refuses, as a reader sees it: tags, comments and characters that nobody sees
do not split it, and any blanks in it are one, those at which a line breaks too.

The rule for names. A full name refuses, always, also as lists have it (»Kovalenko, Olena«). So does a single part of it
as a word of its own, its genitive included (»Olenas«), when it has three letters or more: shorter ones (»An«, »Bo«) are
found in the full name only. A single part is let through when the word belongs to the message anyway: it stands in the
templates, in the name of a month, or in what the caller knows to be about no person (the pathway's titles, the names of
areas). Without that, August Holm would get no message in August, and nobody called Syd any from the area Syd. What a
message happens to hold is not asked: a name that slipped into the title of a stage must not excuse itself.
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
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_BETWEEN_PARTS = r"(?:<[^<>a-z]*[a-z][^<>]*>|[\W\d_])+"  # a tag too: »Olena<br>Kovalenko«

# Style is no words, and half of a mail; what stands in »<!--[if mso]>« is for some to read.
_TAG = re.compile(r"<!--(?!\[if).*?-->|<style\b[^<]*</style>|<[^>]*>", re.DOTALL)
_TAKEN_OUT = "\x1f"  # where a tag was
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")  # and not »width:100%«: `unquote` is slow where there is nothing to do
_UNSEEN = re.compile("[\u061c\u180e\u202a-\u202e\u2061-\u206f\ufe00-\ufe0f]")  # besides what `fold` takes out

# In every CPR number, and much faster to look for; `_MANY_DIGITS` also where it is drawn out by more blanks than three.
_DIGITS = re.compile("[0-9]{2}[^0-9a-z]{0,3}" * 4 + "[0-9]{2}")
_MANY_DIGITS = re.compile("[0-9]{2}[^0-9a-z]*" * 4 + "[0-9]{2}")
_LETTERS = re.compile(r"[^\W\d_](?:.*[^\W\d_])?", re.DOTALL)  # of a line, from the first to the last
_BEGINS_OR_ENDS = re.compile(r"\A[\W_]*(?:[0-9]|\Z)|[0-9][\W_]*\Z")  # with a digit, or has nothing to read
_LINE_ENDS = "\t"  # a blank to a number, and yet what tells a phone number at an end from the time on the next line


def check(rendered: Rendered, names: Iterable[str], known: Iterable[str] = ()) -> str | None:
    """Why the message must not be sent, `holds_cpr` or `holds_name`; None when it may.

    `names` are the full names of the candidates it tells of. `known` are texts about no person that it may quote:
    `titles_of` its pathway, the names of areas, the address of our own pages.
    """
    text, holds_cpr = _read(rendered)
    if holds_cpr:
        return HOLDS_CPR
    if any(_holds_full_name(text, name) for name in names):
        return HOLDS_NAME
    suspects = {word for name in names for word in _parts_in(text, name)} - rendered.own_words
    return HOLDS_NAME if suspects and suspects - words_of(*known) else None


def holds_full_name(rendered: Rendered, names: Iterable[str]) -> bool:
    """Whether one of the full names is in it, whatever words it has anyway."""
    text, _ = _read(rendered)
    return any(_holds_full_name(text, name) for name in names)


def words_for_names(rendered: Rendered) -> frozenset[str]:
    """Every word in it, folded, also as it would be if it were spelt otherwise: no full name in it has others."""
    decoded = "\n".join(map(_decoded, _everything_in(rendered).split("\n")))
    return words_of(*(spelt for between in ("", " ") for spelt in spellings(decoded.replace(_TAKEN_OUT, between))))


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


def _read(rendered: Rendered) -> tuple[str, bool]:
    """All of it, folded, and whether a CPR number is in it: over line breaks too, which to a reader are blanks."""
    words, near = zip(*map(_looked_at, _everything_in(rendered).split("\n")), strict=True)
    return "\n".join(words), _holds_cpr("".join(near))


@lru_cache(maxsize=1024)  # nothing but the numbers are left in it: a day's messages have the same dates
def _holds_cpr(numbers: str) -> bool:
    return _DIGITS.search(numbers) is not None and looks_like_cpr(numbers)


@lru_cache(maxsize=4096)  # most lines of a message are the same in every other one
def _looked_at(line: str) -> tuple[str, str]:
    """The line, folded; and as much of it as could be in a CPR number, by itself or with the lines around it."""
    folded = fold(_decoded(line))
    words = folded.replace(_TAKEN_OUT, "")
    if _MANY_DIGITS.search(words):
        near = f"{_narrow(words)} x {_narrow(folded.replace(_TAKEN_OUT, ' '))}{_LINE_ENDS}"
    elif _BEGINS_OR_ENDS.search(words):
        near = f"{_narrow(_LETTERS.sub('x', words))}{_LINE_ENDS}".lstrip()
    else:
        near = "x "
    return words, near


def _narrow(text: str) -> str:
    return " ".join(text.split())


def _decoded(line: str) -> str:
    decoded = unquote(line) if _ESCAPED.search(line) else line
    return decoded if decoded.isascii() else _UNSEEN.sub("", decoded)


def _everything_in(rendered: Rendered) -> str:
    """All that a reader could see or a program find; the HTML with its tags and without."""
    html = rendered.html
    return "\n".join((rendered.subject, rendered.text, unescape(html), unescape(_TAG.sub(_TAKEN_OUT, html))))


def _holds_full_name(folded: str, name: str) -> bool:
    return any(
        _sequence(parts[first:] + parts[:first]).search(folded)
        for parts in _spelt(name)
        if len(parts) > 1 and all(part in folded for part in parts)
        for first in range(len(parts))  # nobody says where the surname begins
    )


def _parts_in(folded: str, name: str) -> Iterator[str]:
    """The words of the text that are a part of the name, as they stand there."""
    for part in _parts(name):
        if part in folded:
            yield from _word(part).findall(folded)


@lru_cache(maxsize=1024)
def _parts(name: str) -> frozenset[str]:
    """Those that are looked for by themselves."""
    return frozenset(part for parts in _spelt(name) for part in parts if len(part) >= _SHORTEST_PART)


@lru_cache(maxsize=1024)
def _spelt(name: str) -> tuple[tuple[str, ...], ...]:
    """The parts of the name, in each way in which it may be spelt."""
    return tuple(tuple(filter(None, _NOT_LETTERS.split(spelling))) for spelling in spellings(name))


def _sequence(parts: tuple[str, ...]) -> re.Pattern[str]:
    return _word(_BETWEEN_PARTS.join(parts))


@lru_cache(maxsize=1024)
def _word(letters: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){letters}s?(?![^\W\d_])")
