"""From the text of a cell to what it means, with the kindest reading that cannot be wrong.

Each reader takes the cell and its text and returns the value and what is worth a remark about it; it raises
Refused, with a Danish sentence that does not repeat the cell, when the cell cannot be understood.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from engine.refusal import Refused
from models import cpr
from onboarding.lists import limits
from onboarding.lists.cells import Cell

_T = TypeVar("_T")


class Read(NamedTuple, Generic[_T]):
    """A value, and a Danish sentence about how it was read where that is not obvious."""

    value: _T
    remark: str | None = None


_LOST_ZERO = re.compile(r"[0-9]{5}[-\s]?[0-9]{4}")
_EXCEL_ERROR = re.compile(r"#(?:[0-9]*[A-ZÆØÅ/_][A-ZÆØÅ0-9/_]*[!?]?|#+)")  # "#N/A", "#VÆRDI!", "####"
_TIME = r"(?:[T ][0-9]{1,2}[:.][0-9]{2}.*)?"
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}})([-./])(?P<month>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}")
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})([-./])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_TIME}")
_SERIAL_ZERO = date(1899, 12, 30)  # what Excel counts days from, since it believes in 29 February 1900
_SERIAL_2000, _SERIAL_2100 = 36_526, 73_051  # a number outside that century is something else
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3
_PHONE_SIGNS = re.compile(r"[\s().-]")
_DANISH_PHONE = re.compile(r"(?:(?:\+|00)?45)?([2-9][0-9]{7})")
_FOREIGN_PHONE = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")  # at most 15 digits (ITU-T E.164)
_PHONE_LENGTH = 40
_YES = frozenset({"ja", "j", "x", "1", "true", "sand", "sandt", "yes", "y", "✓", "✔"})
_NO = frozenset({"", "nej", "n", "0", "false", "falsk", "no"})


def folded(name: str) -> str:
    """What two spellings of an area or of an address have in common."""
    return " ".join(name.split()).casefold()


def check(text: str, field: str) -> None:
    """Refused when a field cannot hold this text: an error of Excel's, or a CPR number outside its column."""
    if _EXCEL_ERROR.fullmatch(text):
        raise Refused("Cellen viser en fejl fra Excel: ret formlen, eller skriv værdien i stedet.")
    if len(text) > limits.CELL_STORED:
        raise Refused(f"Cellen har over {limits.CELL_STORED} tegn: skriv den kortere.")
    if field != "cpr" and holds_cpr(text, field):
        raise Refused("Cellen indeholder noget, der ligner et CPR-nummer: det må kun stå i kolonnen til CPR-numre.")


def holds_cpr(text: str, field: str) -> bool:
    """Whether a text for a field holds what could be a CPR number; a phone number from abroad may look like one."""
    is_abroad = field == "phone" and text.startswith(("+", "00"))
    return cpr.looks_like_cpr(text) and not is_abroad


def cpr_number(cell: Cell, text: str) -> Read[str]:
    """Ten digits. Nine are a number whose leading zero a spreadsheet took, if that makes a date."""
    if not text:
        raise Refused("CPR-nummeret mangler: skriv det med ti cifre.")
    if not isinstance(cell, str | int | float):
        raise Refused("Cellen er en dato eller et klokkeslæt: formatér den som tekst, og skriv nummeret.")
    if _LOST_ZERO.fullmatch(text):
        return Read(_padded(text), "CPR-nummeret havde mistet sit første nul; det er sat på igen.")
    number = cpr.normalise(text)
    return Read(number, about_number(number))


def about_number(number: str) -> str | None:
    """What is worth a remark about a CPR number."""
    if not cpr.is_replacement(number):
        return None
    return (
        "Nummeret er et erstatningspersonnummer (dagen er lagt sammen med 60): "
        "ret det med »sosu renumber«, når kandidaten får et CPR-nummer."
    )


def _padded(text: str) -> str:
    try:
        return cpr.normalise("0" + text)
    except Refused:
        return cpr.normalise(text)  # raises, and counts the digits that are there


def name(_: Cell, text: str) -> Read[str]:
    """A name, or a part of one: anything with a letter in it."""
    if not is_name(text):
        raise Refused("Navnet mangler: udfyld cellen.")
    return Read(text)


def is_name(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def optional(_: Cell, text: str) -> Read[str | None]:
    """Any text, or nothing."""
    return Read(text or None)


def area(_: Cell, text: str) -> Read[str]:
    """The name of a host area; whether it exists is for others to say."""
    if not text:
        raise Refused("Værtsområdet mangler: skriv det område, der tager imod kandidaten.")
    return Read(text)


def coordinator(_: Cell, text: str) -> Read[str]:
    """The coordinator's e-mail address in lower case."""
    if not text:
        raise Refused("Koordinatoren mangler: skriv koordinatorens e-mailadresse.")
    if not _is_email(text):
        raise Refused("Koordinatoren skal stå med sin e-mailadresse, på formen navn@domæne.dk: ret cellen.")
    return Read(text.lower())


def email(_: Cell, text: str) -> Read[str | None]:
    """An e-mail address as written, or nothing."""
    if text and not _is_email(text):
        raise Refused("E-mailadressen har ikke formen navn@domæne.dk: ret den, eller udelad den.")
    return Read(text or None)


def _is_email(text: str) -> bool:
    local = text.partition("@")[0]
    dotted = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= _EMAIL_LENGTH and not dotted and _EMAIL.fullmatch(text) is not None


def phone(_: Cell, text: str) -> Read[str | None]:
    """A phone number as +45 and eight digits, or with its own country code; others are kept as written."""
    if not text:
        return Read(None)
    bare = _PHONE_SIGNS.sub("", text)
    if danish := _DANISH_PHONE.fullmatch(bare):
        return Read(f"+45{danish[1]}")
    if foreign := _FOREIGN_PHONE.fullmatch(bare):
        return Read(f"+{foreign[1]}")
    if len(text) > _PHONE_LENGTH:
        raise Refused(f"Telefonnummeret har over {_PHONE_LENGTH} tegn: skriv ét nummer.")
    return Read(text, "Telefonnummeret har ikke otte cifre eller landekode; det er gemt, som det står.")


def day(cell: Cell, text: str) -> Read[date]:
    """A date: typed, or written with the day or the year first, or the number that Excel keeps for it."""
    if isinstance(cell, datetime):
        return Read(cell.date())
    if isinstance(cell, date):
        return Read(cell)
    if isinstance(cell, int | float) and _SERIAL_2000 <= cell < _SERIAL_2100:
        return _from_serial(int(cell))
    if not text:
        raise Refused("Datoen mangler: skriv den på formen dd-mm-åååå.")
    written = _DAY_FIRST.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if written is None:
        raise Refused("Datoen kan ikke læses: skriv den på formen dd-mm-åååå.")
    try:
        return Read(date(int(written["year"]), int(written["month"]), int(written["day"])))
    except ValueError:
        raise Refused("Datoen findes ikke i kalenderen: ret den, på formen dd-mm-åååå.") from None


def start(cell: Cell, text: str) -> Read[date]:
    """A day on which somebody can begin."""
    read = day(cell, text)
    if not is_start(read.value):
        raise Refused("Datoens årstal kan ikke passe: ret det, på formen dd-mm-åååå.")
    return read


def is_start(on: date) -> bool:
    """Whether anybody could begin on this day; in any other century something was mistyped."""
    return _SERIAL_ZERO + timedelta(days=_SERIAL_2000) <= on < _SERIAL_ZERO + timedelta(days=_SERIAL_2100)


def _from_serial(days: int) -> Read[date]:
    read = _SERIAL_ZERO + timedelta(days=days)
    return Read(read, f"Cellen er et tal og er læst som datoen {read:%d-%m-%Y}: kontrollér den.")


def consent(_: Cell, text: str) -> Read[bool]:
    """Whether consent was given; an empty cell is a no."""
    word = text.casefold()
    if word in _YES:
        return Read(True)
    if word in _NO:
        return Read(False)
    raise Refused("Samtykke skal være »ja«, »nej« eller tom: ret cellen.")
