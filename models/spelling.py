"""Texts compared as a reader would: without regard to case, accents and how æ, ø and å are spelt.

A search finds a name by it, the guard looks for one in a message, and a message says by it which words are its own.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")  # what an accent becomes once it is taken off its letter
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens and joiners, which split a word unseen
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT_OF_ANOTHER_SCRIPT = re.compile(r"(?![0-9])\d")
_NOT_DECOMPOSED = (("æ", "ae"), ("ø", "o"), ("đ", "d"), ("ł", "l"), ("ı", "i"), ("œ", "oe"), ("ð", "d"), ("þ", "th"))


def fold(text: str) -> str:
    """The text in lower case, its letters without accents, its digits plain: »Søren Ågård« becomes »soren agard«."""
    if text.isascii():
        return text.lower()
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold())
    for letter, plain in _NOT_DECOMPOSED:
        folded = folded.replace(letter, plain)
    return plain_digits(folded)


def plain_digits(text: str) -> str:
    """The text, as long as before, with the digits of every script as 0 to 9: »٠١٢« becomes »012«."""
    return text if text.isascii() else _DIGIT_OF_ANOTHER_SCRIPT.sub(lambda digit: str(int(digit[0])), text)


def words_of(*texts: str) -> frozenset[str]:
    """Every word of the texts, folded. A word is a run of letters: »Viby-Højbjerg« is two."""
    return frozenset(word for text in texts for word in _WORD.findall(fold(text)))


def spellings(name: str) -> frozenset[str]:
    """A name, folded, as it may stand somewhere: »Søren« also as »soeren«, »Aase« also as »ase«."""
    written_out = name.casefold().replace("ø", "oe").replace("å", "aa").replace("æ", "ae")
    plain = fold(name)
    return frozenset((plain, fold(written_out), plain.replace("aa", "a").replace("oe", "o")))
