"""Who a message reaches in the end: its recipient, or their stand-in while they are away, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from models.message import MAIL, State
from models.preference import Contact
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE
from onboarding.absences import stand_ins

STAFF, CONTACT = table(Staff), table(Contact)


@dataclass(frozen=True, slots=True)
class Addressee:
    """`instead`: they stand in for the recipient. `knows`: they are told of the same by a message of their own.

    `contact` is where the message's channel reaches them: the id and the sealed address. Mail needs none.
    """

    staff_id: int
    email: str = field(repr=False)
    active: bool
    instead: bool = False
    knows: bool = False
    contact: tuple[UUID, bytes] | None = field(default=None, repr=False)


def addressees(session: Session, rows: Sequence[Row[Any]], on: date) -> dict[int, Addressee]:
    """By message; one without a recipient has none. `rows` have `id`, `cause`, `channel` and `recipient_id`."""
    away = stand_ins(session, on)
    goes_to = {row.id: away.get(row.recipient_id, row.recipient_id) for row in rows if row.recipient_id is not None}
    people = _people(session, set(goes_to.values()))
    contacts = _contacts(session, set(goes_to.values())) if any(row.channel != MAIL for row in rows) else {}
    instead = {row.id for row in rows if row.id in goes_to and goes_to[row.id] != row.recipient_id}
    told = _told(session, {row.cause for row in rows if row.id in instead}) if instead else frozenset()
    return {
        row.id: Addressee(
            staff_id=goes_to[row.id],
            email=people[goes_to[row.id]].email,
            active=bool(people[goes_to[row.id]].active),
            instead=row.id in instead,
            knows=row.id in instead and (row.cause, goes_to[row.id]) in told,
            contact=contacts.get((goes_to[row.id], row.channel)),
        )
        for row in rows
        if row.id in goes_to
    }


def _people(session: Session, staff: set[int]) -> dict[int, Row[Any]]:
    s = STAFF.c
    rows = session.connection().execute(select(s.id, s.email, s.active).where(s.id.in_(staff)))
    return {row.id: row for row in rows}


def _contacts(session: Session, staff: set[int]) -> dict[tuple[int, str], tuple[UUID, bytes]]:
    c = CONTACT.c
    rows = session.connection().execute(select(c.id, c.staff_id, c.channel, c.sealed).where(c.staff_id.in_(staff)))
    return {(row.staff_id, row.channel): (row.id, row.sealed) for row in rows}


def _told(session: Session, causes: set[str]) -> frozenset[tuple[str, int]]:
    """(cause, staff) of those who have a message of their own about the same."""
    m = MESSAGE.c
    wanted = select(m.cause, m.recipient_id).where(m.cause.in_(causes), m.state != State.SKIPPED)
    return frozenset((row.cause, row.recipient_id) for row in session.connection().execute(wanted))
