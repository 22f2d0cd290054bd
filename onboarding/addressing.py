"""Who a message reaches in the end: its recipient, or their stand-in while they are away, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

from engine.workdays import DENMARK
from models.message import MAIL, State
from models.preference import Contact
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE, of_all_ways
from onboarding.absences import ABSENCE, stand_ins
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.readers import readers
from onboarding.unsent import NOTHING_NEW, skip

STAFF, CONTACT, DIGEST = table(Staff), table(Contact), MESSAGE.alias("digest")


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
    """By message; one without a recipient has none. `rows` have `id`, `cause`, `channel`, `recipient_id`,
    `enrolment_id` and `digest_id`.
    """
    away = stand_ins(session, on)
    goes_to = readers(session, rows, away)
    people = _people(session, set(goes_to.values()))
    contacts = contacts_of(session, set(goes_to.values())) if {row.channel for row in rows} - {MAIL} else {}
    causes = {of_all_ways(row.cause) for row in rows if row.recipient_id in away}
    told = _told(session, causes) if causes else frozenset()
    shared = _shared(session, causes, away, on) if causes else {}

    def knows(row: Row[Any], to: Addressee) -> bool:
        about = (of_all_ways(row.cause), to.staff_id)
        return about in told or shared.get(about, row.recipient_id) != row.recipient_id

    reached, found = dict[tuple[int, int, str], Addressee](), dict[int, Addressee]()
    for row in rows:
        if (there := goes_to.get(row.id)) is None:
            continue
        way = (row.recipient_id, there, row.channel)
        if (to := reached.get(way)) is None:
            to = reached[way] = Addressee(
                staff_id=there,
                email=people[there].email,
                active=bool(people[there].active),
                instead=there != row.recipient_id,
                contact=contacts.get((there, row.channel)),
            )
        found[row.id] = replace(to, knows=True) if to.instead and knows(row, to) else to
    return found


# Made once: to make them takes longer than to ask them.
_OF_THESE: BindParameter[int] = bindparam("staff", expanding=True)
_PEOPLE = select(STAFF.c.id, STAFF.c.email, STAFF.c.active).where(STAFF.c.id.in_(_OF_THESE))
_CONTACTS = select(CONTACT.c.id, CONTACT.c.staff_id, CONTACT.c.channel, CONTACT.c.sealed).where(
    CONTACT.c.staff_id.in_(_OF_THESE)
)


def _people(session: Session, staff: set[int]) -> dict[int, Row[Any]]:
    rows = session.connection().execute(_PEOPLE, {"staff": list(staff)})
    return {row.id: row for row in rows}


def contacts_of(session: Session, staff: set[int]) -> dict[tuple[int, str], tuple[UUID, bytes]]:
    """Where these people are reached, by person and channel: the id and the sealed address."""
    rows = session.connection().execute(_CONTACTS, {"staff": list(staff)})
    return {(row.staff_id, row.channel): (row.id, row.sealed) for row in rows}


def _shared(session: Session, causes: set[str], away: dict[int, int], on: date) -> dict[tuple[str, int], int]:
    """Whose message a stand-in gets of a cause, where several whom they stand in for are told of it: the first one's
    that was not sent before that one was away. By cause and stand-in.
    """
    m, a = MESSAGE.c, ABSENCE.c
    several = {staff_id for staff_id, there in away.items() if list(away.values()).count(there) > 1}
    wanted = (
        select(m.cause, m.recipient_id, m.finished_at, a.from_on)
        .outerjoin(DIGEST, DIGEST.c.id == m.digest_id)
        .join(ABSENCE, (a.staff_id == m.recipient_id) & (a.from_on <= on) & (a.until_on >= on))
        .where(m.cause.in_(causes), m.recipient_id.in_(several), ~_in_vain(m))
        .order_by(m.recipient_id)
    )
    found: dict[tuple[str, int], int] = {}
    for row in session.connection().execute(wanted) if several else ():
        if row.finished_at is None or row.finished_at.astimezone(DENMARK).date() >= row.from_on:
            found.setdefault((row.cause, away[row.recipient_id]), row.recipient_id)
    return found


def _told(session: Session, causes: set[str]) -> frozenset[tuple[str, int]]:
    """(cause, staff) of those who have a message of their own about the same, by any way: they were sent it, are to be,
    or may have had it.
    """
    m, way = MESSAGE.c, MESSAGE.alias("way")
    wanted = (
        select(m.cause, m.recipient_id)
        .join(way, and_(way.c.recipient_id == m.recipient_id, *_same(way.c, m)))
        .outerjoin(DIGEST, DIGEST.c.id == way.c.digest_id)
        .where(m.cause.in_(causes), ~_in_vain(way.c))
    )
    return frozenset((row.cause, row.recipient_id) for row in session.connection().execute(wanted))


def _in_vain(m: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """It was skipped or given up, by itself or with its `DIGEST`, and cannot have come."""
    state = func.coalesce(DIGEST.c.state, m.state)
    reason = func.coalesce(m.reason, DIGEST.c.reason, "")
    return state.in_((State.SKIPPED, State.DEAD)) & (reason != MAY_BE_RECEIVED)


def _same(m: ReadOnlyColumnCollection[str, Any], other: ReadOnlyColumnCollection[str, Any]) -> tuple[Any, ...]:
    """They tell of the same, by whichever way."""
    of_a_case = (m.enrolment_id == other.enrolment_id) & (m.seq == other.seq)
    return m.kind == other.kind, of_a_case | (m.list_import_id == other.list_import_id)


def _heard() -> Select[Any]:
    m, said = MESSAGE.c, MESSAGE.alias("said")
    sent = (said.c.id == bindparam("message_id")) | (said.c.digest_id == bindparam("message_id"))
    given_up = (func.coalesce(DIGEST.c.state, m.state) == State.DEAD, _in_vain(m))
    return (
        select(m.id)
        .join(said, and_(m.channel == said.c.channel, *_same(m, said.c)))
        .outerjoin(DIGEST, DIGEST.c.id == m.digest_id)
        .where(sent, m.recipient_id == bindparam("reader"), *given_up)
    )


_HEARD = _heard()  # made once: to make it takes longer than to ask it


def heard_instead(session: Session, message_id: int, reader: int, now: datetime) -> None:
    """A stand-in was sent what is for somebody else, or may have been: their own dead letters of the same, by the same
    channel, are not to be sent again.
    """
    known = session.connection().scalars(_HEARD, {"message_id": message_id, "reader": reader}).all()
    skip(session, known, NOTHING_NEW, now)
