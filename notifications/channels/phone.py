"""Phone numbers as text messages need them."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[\s.()/-]")
_DANISH = re.compile(r"[2-9][0-9]{7}")
_E164 = re.compile(r"\+(?:45[2-9][0-9]{7}|(?!45)[1-9][0-9]{7,14})")


class BadNumber(ValueError):
    """This is not one phone number. It is not repeated here: it belongs to a person."""


def as_e164(said: str) -> str:
    """The number with its country code (`+4520123456`): eight digits are Danish, `00` stands for `+`.

    Raises `BadNumber`.
    """
    number = _BETWEEN.sub("", said)
    if _DANISH.fullmatch(number):
        number = f"+45{number}"
    elif number.startswith("00"):
        number = f"+{number[2:]}"
    if not (number.isascii() and _E164.fullmatch(number)):
        raise BadNumber
    return number
