"""What is known of the candidates who are to begin, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, true
from sqlmodel import Session

from engine.case import Status
from engine.pathway import MISTAKEN
from models.keys import Keyring
from onboarding.entry import DETAILS
from onboarding.reach import Reach
from onboarding.store import CANDIDATE, ENROLMENT, chunks, lock_all, stands


@dataclass(slots=True)
class Standing:
    """What is known of an entry's person before anything is written: the row, and their enrolments, oldest first.

    Each enrolment has `within` beside its columns: whether whoever signs reaches it. `concerned` are the references of
    those that are open in any pathway, or of the last one: what is changed of the person is changed for them.
    `changeable` are the details that whoever signs may change, and `all_within` whether they reach all that there
    ever was: whoever does not is not told which details were known otherwise. `newest` is the reference of the last.
    """

    candidate: Row[Any] | None
    enrolments: list[Row[Any]]
    concerned: tuple[str, ...] = ()
    changeable: frozenset[str] = frozenset(DETAILS)
    all_within: bool = True
    newest: str = ""

    @property
    def all_changeable(self) -> bool:
        return self.changeable.issuperset(DETAILS)

    @property
    def open(self) -> Row[Any] | None:
        return next((row for row in self.enrolments if row.status != Status.ENDED), None)

    def already(self, starts_on: date) -> Row[Any] | None:
        """The enrolment that an entry with this start is about, if any: then it is not a new attempt."""
        return next((row for row in self.enrolments if row.starts_on == starts_on), None)


def standings(
    session: Session, keyring: Keyring, pathway_key: str, numbers: Sequence[str], reach: Reach | None = None
) -> list[Standing]:
    """For each CPR number what is known of the person in this pathway. Without a `reach` all of it is within.

    What is under way is locked until the transaction ends, since whoever asks is about to change it.
    """
    within = (true() if reach is None else reach.covers).label("within")
    people = _people(session, keyring, numbers)
    e = ENROLMENT.c
    known_ids = chunks([row.id for row in people.values()])
    open_here = (e.pathway_key == pathway_key, e.status != Status.ENDED)
    which = (select(e.id).where(e.candidate_id.in_(ids), *open_here) for ids in known_ids)
    lock_all(session, [number for wanted in which for number in session.connection().scalars(wanted)])
    earlier: dict[UUID, list[Row[Any]]] = defaultdict(list)
    anywhere: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for ids in known_ids:
        of_theirs = select(e.candidate_id, e.reference, e.stage, e.status, within).where(e.candidate_id.in_(ids))
        for row in session.connection().execute(of_theirs.order_by(e.id)):
            anywhere[row.candidate_id].append(row)
        theirs = select(ENROLMENT, within).where(e.candidate_id.in_(ids), e.pathway_key == pathway_key, stands())
        for row in session.connection().execute(theirs.order_by(e.id)):
            earlier[row.candidate_id].append(row)
    known = (people.get(number) for number in numbers)
    return [Standing(None, []) if row is None else _of(row, earlier[row.id], anywhere[row.id], reach) for row in known]


def _people(session: Session, keyring: Keyring, numbers: Sequence[str]) -> dict[str, Row[Any]]:
    """Who is known, by their number."""
    numbered = {index: number for number in numbers for index in keyring.indexes(number)}
    found: dict[str, Row[Any]] = {}
    for chunk in chunks(list(numbered)):
        rows = session.connection().execute(select(CANDIDATE).where(CANDIDATE.c.cpr_index.in_(chunk)))
        found.update({numbered[row.cpr_index]: row for row in rows})
    return found


def _of(person: Row[Any], earlier: list[Row[Any]], anywhere: list[Row[Any]], reach: Reach | None) -> Standing:
    under_way = [row for row in anywhere if row.status != Status.ENDED]
    theirs = [row for row in anywhere if row.stage != MISTAKEN.key]
    return Standing(
        person,
        earlier,
        concerned=tuple(row.reference for row in under_way or theirs[-1:]),
        changeable=frozenset(DETAILS) if reach is None or all(row.within for row in under_way) else reach.beyond,
        all_within=all(row.within for row in theirs),
        newest=anywhere[-1].reference if anywhere else "",
    )
