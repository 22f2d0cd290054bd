"""What a text message says: the subject and the link, in one or two parts of the alphabet that every phone knows.

One letter outside of that alphabet (GSM 03.38) more than halves what a part holds; each part is paid for.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each of these takes the place of two.
_EXTENDED = frozenset("^{}\\[~]|€\f")
_QUOTES = {"»": '"', "«": '"', "\u201c": '"', "\u201d": '"', "\u2019": "'", "\u2018": "'"}
_LIKE = str.maketrans({"–": "-", "—": "-", "…": "..."} | _QUOTES)

TWO_PARTS = 2 * 153  # the rest of each says how they belong together
_CUT = "..."


def as_sms(subject: str, link: str) -> str:
    """The subject, shortened where two parts are too few, and the whole of the link on a line of its own.

    A link that fills two parts by itself is the whole message, however many parts it takes.
    """
    line, address = in_alphabet(" ".join(subject.split())), quote(link, safe="!#$%&'()*+,/:;=?@-._~")
    if not address:
        return _shortened(line, TWO_PARTS)
    line = _shortened(line, TWO_PARTS - places(address) - 1)
    return f"{line}\n{address}" if line else address


def places(text: str) -> int:
    """How many places a text in the alphabet takes."""
    return len(text) + sum(letter in _EXTENDED for letter in text)


def in_alphabet(text: str) -> str:
    """The text with the nearest letters that the alphabet has, or `?`."""
    return "".join(map(_nearest, unicodedata.normalize("NFC", text).translate(_LIKE)))


def _nearest(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    known = "".join(one for one in unicodedata.normalize("NFKD", letter) if one in _BASIC or one in _EXTENDED)
    return known or ("" if unicodedata.category(letter) in ("Cf", "Mn") else "?")


def _shortened(text: str, most: int) -> str:
    """The text when it takes at most so many places, or else its beginning; nothing when that would be no word."""
    if places(text) <= most:
        return text
    kept = text
    while kept and places(kept) > most - len(_CUT):
        kept = kept[:-1]
    return f"{kept.rstrip()}{_CUT}" if kept.strip() else ""
