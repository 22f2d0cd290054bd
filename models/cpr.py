"""What a CPR number is: its form, the birth date in it, and how to keep it out of texts.

The number is `ddmmyy` and four digits of which the first gives the century (cpr.dk, "Opbygning af
CPR-nummeret"). Modulus 11 is never asked for: numbers without it have been assigned since 2007 and are
fully valid (cpr.dk, "Personnumre uden kontrolciffer"). A replacement number (erstatningspersonnummer) is
for someone who has no number yet: its first digit is raised by 6, so the day reads 61 to 91, and the rest
is built the same way (cpr.dk, "Erstatningspersonnummer i eksterne systemer").

No sentence made here repeats a number.
"""

from __future__ import annotations

import re
from datetime import date

from engine.refusal import Refused
from models.spelling import plain_digits

# One mask for every number, without even the birth date: within one municipality's lists that date nearly
# names the person. A page that needs the birth date asks for `birth_date`.
MASK = "******-****"

_LENGTH = 10
_REPLACEMENT = 60
_DASHES = "-\u2010-\u2015\u2212"  # the hyphens and dashes that word processors put in place of "-"
_FORM = re.compile(rf"([0-9]{{6}})\s*[{_DASHES}]?\s*([0-9]{{4}})")
_SEPARATORS = re.compile(rf"[{_DASHES}\s]")

_DAY = r"(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
# What stands between the parts of a number: also as a URL spells it, and what is pasted along without being seen.
_SEEN_BREAK = rf"[{_DASHES}./_\u00b7\u2022\u2027\u2219\u22c5]|%(?:2[0DEF]|5F|C2%B7)"
_BREAK = rf"(?:[^\S\r\n]|[\u00ad\u200b-\u200f\u2060\ufeff]|{_SEEN_BREAK})"
# Behind six digits without a break also what a sentence has behind a date: »01.10.26, 1200« is a time or a place.
_PAUSE = rf"(?:{_BREAK}|[,;:()\[\]]|%(?:2[89C]|3[AB]|5[BD]))"
_DATE = rf"{_DAY}(?:{_MONTH}[0-9]{{2}}{_PAUSE}{{0,3}}|{_BREAK}{{1,3}}{_MONTH}{_BREAK}{{1,3}}[0-9]{{2}}{_BREAK}{{1,3}})"
_BLANK = r"(?:[^\S\r\n\t]|%20)"  # and no tab: what stands in the next column is another number
_PAIRS = rf"{_DAY}{_BLANK}{_MONTH}(?:{_BLANK}[0-9]{{2}}){{3}}"
# The first alternatives eat what only looks like a number: ids and digests are hexadecimal, and one in a
# thousand of them holds ten digits that could start with a date; so do an ISO date and a phone number in pairs, with
# what follows them.
_IN_TEXT = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b[0-9a-f]{32,}\b"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?:[-_][0-9]{2}){2}(?![0-9])"
    rf"|(?<![0-9])(?P<cpr>{_PAIRS}|{_DATE}[0-9]{{4}})(?![0-9])"
    r"|(?<![0-9])[0-9]{2}(?:[^\S\r\n][0-9]{2}){3}(?![0-9])",
    re.IGNORECASE,
)


def normalise(text: str) -> str:
    """The ten digits of a number written with or without a dash or blanks.

    Raises Refused when the form is wrong or the number does not start with a date that exists.
    """
    number = _digits(text.strip())
    try:
        birth_date(number)
    except ValueError:
        raise Refused(
            "CPR-nummeret begynder ikke med en dato, der findes: ret de første seks cifre (dag, måned og år)."
        ) from None
    return number


def is_replacement(cpr: str) -> bool:
    """Whether ten digits are a replacement number, which is given up when the person gets a real one."""
    return int(cpr[:2]) > _REPLACEMENT


def birth_date(cpr: str) -> date:
    """The birth date in ten digits, of a replacement number too.

    Raises ValueError, which quotes nothing, when there is no such date.
    """
    # Here, because every command loads this module for its redactor, and few ever read a number.
    from stdnum.dk.cpr import get_birth_date
    from stdnum.exceptions import InvalidComponent

    if is_replacement(cpr):
        cpr = f"{int(cpr[:2]) - _REPLACEMENT:02d}{cpr[2:]}"
    try:
        return get_birth_date(cpr)
    except InvalidComponent:
        raise ValueError("no such date") from None


def looks_like_cpr(text: str) -> bool:
    """Whether a text holds something that could be a CPR number, replacement numbers included.

    It errs to the side of yes: a possible day and month, two more digits, and four behind them, even when
    there is no such date, also as a date is written (»01.01.90-1234«), in five pairs, and in the digits of any script.
    What goes over a line break is no. So are a longer run of digits, a phone number in four pairs, a date with four
    digits for its year, and a UUID.
    """
    return any(found["cpr"] for found in _IN_TEXT.finditer(plain_digits(text)))


def redact(text: str) -> str:
    """The text with the mask in place of everything that `looks_like_cpr` would find."""
    kept: list[str] = []
    begin = 0
    for found in _IN_TEXT.finditer(plain_digits(text)):
        if found["cpr"]:
            kept += text[begin : found.start()], MASK
            begin = found.end()
    return "".join((*kept, text[begin:]))


def _digits(text: str) -> str:
    form = _FORM.fullmatch(text)
    if form is not None:
        return form[1] + form[2]
    bare = _SEPARATORS.sub("", text)
    if not (bare.isascii() and bare.isdigit()):
        raise Refused("CPR-nummeret skal være ti cifre, med eller uden bindestreg: ret det.")
    if len(bare) != _LENGTH:
        digits = "ét ciffer" if len(bare) == 1 else f"{len(bare)} cifre"
        raise Refused(f"CPR-nummeret har {digits} og skal have ti: ret det.")
    raise Refused("CPR-nummeret har bindestreg eller mellemrum et forkert sted: skriv det som ddmmåå-nnnn.")
