"""What is locked with the keys: that each CPR number and each address opens, and is the one that is found by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from engine.refusal import Refused
from models import cpr
from models.keys import Keyring
from models.preference import Contact
from models.session import Database
from models.staff import Staff
from models.types import table
from onboarding.store import CANDIDATE, ENROLMENT
from reports.deep.pages import Broken, Progress, in_pages

CONTACT, STAFF = table(Contact), table(Staff)
CHECK = "sealed"


def count(session: Session) -> int:
    people = select(func.count()).select_from(CANDIDATE)
    addresses = select(func.count()).select_from(CONTACT)
    return sum(session.connection().execute(counted).scalar_one() for counted in (people, addresses))


#: Gives the keys as they are now. Whoever changes keys while we look puts the new one into the file before it is used.
Keys = Callable[[], Keyring]


def broken_seals(database: Database, keys: Keys, progress: Progress) -> Iterator[Broken]:
    c = CANDIDATE.c
    last = select(func.max(ENROLMENT.c.id)).where(ENROLMENT.c.candidate_id == c.id).correlate(CANDIDATE)
    called = select(ENROLMENT.c.reference).where(ENROLMENT.c.id == last.scalar_subquery()).scalar_subquery()
    people = select(c.id, c.cpr_sealed, c.cpr_index, c.birth_date, called.label("reference"))
    yield from in_pages(database, people, c.id, partial(_people, keys), progress)
    k = CONTACT.c
    addresses = select(k.id, k.sealed, k.channel, STAFF.c.email).join(STAFF, STAFF.c.id == k.staff_id)
    yield from in_pages(database, addresses, k.id, partial(_addresses, keys), progress)


def _people(keys: Keys, _session: Session, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    keyring = keys()
    for row in rows:
        said = _of_a_person(keyring, row)
        if said:
            yield Broken(CHECK, row.reference or "en kandidat uden forløb", said)


def _of_a_person(keyring: Keyring, row: Row[Any]) -> str | None:
    try:
        number = keyring.open(row.cpr_sealed, row.id)
        found_by, born = keyring.index(number), cpr.birth_date(number)
    except Refused:
        return "CPR-nummeret kan ikke åbnes med nøglefilen"
    except ValueError:
        return "det, der er låst som CPR-nummer, er ikke et"
    if found_by != row.cpr_index:
        return "personen kan ikke findes ved sit CPR-nummer"
    return None if born == row.birth_date else "fødselsdagen er en anden end den i CPR-nummeret"


def _addresses(keys: Keys, _session: Session, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    keyring = keys()
    for row in rows:
        try:
            keyring.open(row.sealed, row.id)
        except Refused:
            yield Broken(CHECK, row.email, f"adressen til {row.channel} kan ikke åbnes med nøglefilen")
