"""The people themselves: made once by their CPR number, and kept up to date by what is said of them later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, select, update
from sqlmodel import Session

from models import cpr
from models.bulk import insert
from models.keys import Keyring
from models.name_word import NameWord, words_of
from models.staff import Staff
from models.types import table
from onboarding.entry import DETAILS, Entry
from onboarding.signed import Signed
from onboarding.standing import Standing
from onboarding.store import CANDIDATE

NAME_WORD, STAFF = table(NameWord), table(Staff)


def write_people(
    session: Session, keyring: Keyring, batch: Sequence[tuple[Entry, Standing]], signed: Signed
) -> dict[str, tuple[UUID, tuple[str, ...]]]:
    """The id of each entry's person by CPR number, and what has changed of what we knew of them (its fields)."""
    people: dict[str, tuple[UUID, tuple[str, ...]]] = {}
    new = []
    for entry, standing in batch:
        if standing.candidate is None:
            person = _person(keyring, entry, signed)
            new.append(person)
            people[entry.cpr] = (person["id"], ())
        else:
            people[entry.cpr] = (standing.candidate.id, _update_person(session, standing, standing.candidate, entry))
    insert(session, CANDIDATE, new)
    insert(session, NAME_WORD, [row for person in new for row in _name_words(person["id"], person["name"])])
    return people


def _name_words(person_id: UUID, name: str) -> list[dict[str, Any]]:
    return [{"word": word, "candidate_id": person_id} for word in sorted(words_of(name))]


def _person(keyring: Keyring, entry: Entry, signed: Signed) -> dict[str, Any]:
    person_id = uuid4()
    return {
        "id": person_id,
        "cpr_sealed": keyring.seal(entry.cpr, person_id),
        "cpr_index": keyring.index(entry.cpr),
        "name": entry.name,
        "birth_date": cpr.birth_date(entry.cpr),
        "phone": entry.phone,
        "email": entry.email,
        "mother_tongue": entry.mother_tongue,
        "created_by": signed.by,
        "created_at": signed.at,
    }


def _update_person(session: Session, standing: Standing, row: Row[Any], entry: Entry) -> tuple[str, ...]:
    """Takes over what the entry says and we did not know; an empty cell takes nothing away."""
    said = {name: getattr(entry, name) for name in DETAILS if name in standing.changeable}
    changed = {name: value for name, value in said.items() if value and value != getattr(row, name)}
    if changed:
        session.connection().execute(update(CANDIDATE).where(CANDIDATE.c.id == row.id).values(changed))
    if "name" in changed:
        session.connection().execute(delete(NAME_WORD).where(NAME_WORD.c.candidate_id == row.id))
        insert(session, NAME_WORD, _name_words(row.id, changed["name"]))
    return tuple(changed)


def full_names(session: Session, words: Collection[str]) -> list[str]:
    """The names of candidates of which two or more of the words are among these, folded. Not those that a member of
    staff has too: whoever writes such a name means them.
    """
    c, w = CANDIDATE.c, NAME_WORD.c
    two = select(w.candidate_id).where(w.word.in_(words)).group_by(w.candidate_id).having(func.count() > 1)
    colleagues = select(STAFF.c.name).where(STAFF.c.active)
    wanted = select(c.name).where(c.id.in_(two), c.name.not_in(colleagues)).distinct().order_by(c.name)
    return list(session.connection().scalars(wanted))
