"""Days, periods, numbers and references as an address or a form says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path

from engine.refusal import Refused
from reports.period import Period

#: The number of a row, as a part of an address: one that the database can hold.
RowNumber = Annotated[int, Path(ge=1, lt=2**31)]


#: Between which a day lies that can have been meant.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


_REFERENCE = re.compile(r"[A-Z]+-[0-9]+")


def is_reference(text: str) -> bool:
    """Whether it can be one of a case, and may be said again: anything else somebody can have typed."""
    return _REFERENCE.fullmatch(text) is not None


def references(text: str) -> list[str]:
    """Those that are named in it."""
    return _REFERENCE.findall(text)


def number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def page_number(text: str) -> int:
    """Which page of a list; the first for what is no number of one."""
    return min(number(text) or 1, 100_000)


def day(text: str) -> date | None:
    """A day that can have been meant: from 1900 to 2199."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and FIRST_DAY <= found <= LAST_DAY else None


def day_or_none(text: str) -> date | None:
    """A day that may be left out. Raises `Refused` for what is none."""
    found = day(text.strip())
    if text.strip() and found is None:
        raise Refused("Datoen kan ikke læses. Skriv den som 2026-09-01.")
    return found


@dataclass(frozen=True, slots=True)
class TypedPeriod:
    """From a day to a day as somebody typed them, each of them perhaps nothing: kept, so that it can be put right."""

    since: str
    until: str

    @property
    def unread(self) -> list[str]:
        """The fields (`fra`, `til`) in which something else than a day was typed."""
        return [name for name, text in (("fra", self.since), ("til", self.until)) if text and day(text) is None]

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with it, by the field that is to be put right."""
        if self.unread:
            return {
                name: f"{name.capitalize()}-datoen kan ikke læses. Skriv den som 2026-09-01." for name in self.unread
            }
        try:
            self.understood()
        except Refused as refused:
            return {"til": " ".join(refused.reasons)}
        return {}

    def understood(self) -> Period:
        """Of a period without `problems`. Raises `Refused` when it ends before it begins."""
        return Period(day(self.since), day(self.until))


def _typed(fra: str = "", til: str = "") -> TypedPeriod:
    return TypedPeriod(fra.strip(), til.strip())


#: What a handler takes as a parameter: the period that its address names.
Typed = Annotated[TypedPeriod, Depends(_typed)]


def as_query(period: Period) -> str:
    """The part of an address that names this period; nothing for all of the time."""
    days = (("fra", period.since), ("til", period.until))
    return "&".join(f"{name}={one.isoformat()}" for name, one in days if one)
