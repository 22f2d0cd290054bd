"""What the HTML of a message must not hold: anything that runs, is fetched from somewhere, or leads nowhere.

Mail programs block it, warn of the sender, or tell a stranger's server who opened the message and when.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser

_RUNS = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "link"})
_FETCHES = frozenset({"src", "srcset", "background", "poster", "data"})
_LEADS = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)
_FETCHED_BY_STYLE = re.compile(r"(?:(?:url|image-set)\s*\(\s*[\"']?\s*(?!data:)[^\s)]|@import)[^;}\n]*", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(\n)|(.))|/\*.*?\*/", re.IGNORECASE | re.DOTALL)
_WITH_ESCAPES = re.compile(r"[^\s:;{]*(?:\\|/\*)[^;}\n]*")


class Seen(HTMLParser):
    """A page of HTML, read once. `harms` is what does not belong in a mail: in Danish, and the words by which it is
    found again. `words` is what a reader sees, `links` is where they can go.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.harms: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.links: set[str] = set()
        self._within = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag if tag in ("style", "title", "script") else self._within
        if tag in _RUNS:
            self._tell(f"»<{tag}>« virker ikke i en mail", f"<{tag}")
        for name, value in attrs:
            self._look_at(tag, name, (value or "").strip())
        if tag == "a":
            self.links.add((dict(attrs).get("href") or "").strip())

    def handle_endtag(self, tag: str) -> None:
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            self._look_at_style(data)
        elif not self._within:
            self.words += data.split()

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._tell(f"»{name}« er script, og det kører ikke i en mail", name)
        elif name == "http-equiv" and value.casefold() == "refresh":
            self._tell("en mail må ikke sende læseren videre af sig selv", "refresh")
        elif _fetches(tag, name) and not value.startswith("data:"):
            self._tell(f"»{name}« henter noget udefra", value or name)
        elif name == "style":
            self._look_at_style(value)
        elif name == "href" and not _LEADS.fullmatch(value):
            self._tell("et link skal være en hel adresse (https://, mailto: eller tel:)", value or "href")

    def _look_at_style(self, style: str) -> None:
        for hit in _FETCHED_BY_STYLE.finditer(_ESCAPED.sub(_meant, style)):
            as_written = None if hit[0] in style else _WITH_ESCAPES.search(style)
            self._tell("stilen henter noget udefra", (as_written or hit)[0].strip())

    def _tell(self, what: str, needle: str) -> None:
        self.harms.append((what, needle))


def _meant(escaped: re.Match[str]) -> str:
    """What a piece of style stands for (https://www.w3.org/TR/css-syntax-3/#consume-escaped-code-point)."""
    if escaped[1]:
        point = int(escaped[1], 16)
        return chr(point) if 0 < point <= sys.maxunicode else "\ufffd"
    return escaped[3] or ""


def _fetches(tag: str, name: str) -> bool:
    """Whether a mail program would fetch what the attribute names, rather than lead there when somebody follows it."""
    return name in _FETCHES or name.endswith(":href") or (name == "href" and tag not in ("a", "area"))
