"""A candidate who is to begin, as somebody or a list says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

#: What is said of a person, whatever they begin in: the fields of `Particulars` that are kept with the person.
DETAILS = ("name", "phone", "email", "mother_tongue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is said of a candidate, wherever it is said. Its repr shows nothing of the person."""

    cpr: str = field(repr=False)
    name: str = field(repr=False)
    starts_on: date
    consent: bool = False
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    mother_tongue: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Particulars):
    """One candidate who is to begin, with the ids of the host area and the coordinator who take them in."""

    area_id: int
    coordinator_id: int
