"""Who a message reaches in the end: its recipient, or their stand-in while they are away, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Exists, Row, Select, and_, bindparam, func, null, select, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

from engine import kinds
from engine.workdays import DENMARK
from models.message import MAIL, State
from models.preference import Contact
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE, copied, of_all_ways
from onboarding.absences import ABSENCE, stand_ins
from onboarding.outbox import NOTHING_NEW, skip
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.store import chunks

STAFF, CONTACT, DIGEST = table(Staff), table(Contact), MESSAGE.alias("digest")
_MAIL = MESSAGE.alias("mail")


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
    everybody = {row.recipient_id for row in rows if row.recipient_id is not None}
    goes_to = {staff_id: away.get(staff_id, staff_id) for staff_id in everybody}
    people = _people(session, set(goes_to.values()))
    channels = {row.channel for row in rows}
    contacts = _contacts(session, set(goes_to.values())) if channels - {MAIL} else {}
    causes = {of_all_ways(row.cause) for row in rows if row.recipient_id in away}
    told = _told(session, causes) if causes else frozenset()
    shared = _shared(session, causes, away, on) if causes else {}

    def knows(row: Row[Any], to: Addressee) -> bool:
        about = (of_all_ways(row.cause), to.staff_id)
        return about in told or shared.get(about, row.recipient_id) != row.recipient_id

    reached = {
        (staff_id, channel): Addressee(
            staff_id=there,
            email=people[there].email,
            active=bool(people[there].active),
            instead=there != staff_id,
            contact=contacts.get((there, channel)),
        )
        for staff_id, there in goes_to.items()
        for channel in channels
    }
    return {
        row.id: replace(to, knows=True) if to.instead and knows(row, to) else to
        for row in rows
        if row.recipient_id is not None
        for to in (reached[row.recipient_id, row.channel],)
    }


def by_mail_instead(session: Session, now: datetime) -> None:
    """What is due by a channel in which whoever gets it now has no address goes by mail, unless mail has it anyway: it
    is a copy, or has one. What is not due yet may go to somebody else: a stand-in comes and goes.
    """
    found = session.connection().execute(_MEANT_ELSEWHERE, {"now": now}).all()
    away = stand_ins(session, now.astimezone(DENMARK).date()) if found else {}
    there = {staff_id: away.get(staff_id, staff_id) for staff_id, _ in found}
    contacts = _contacts(session, set(there.values())) if found else {}
    for staff_id, channel in found:
        if (there[staff_id], channel) not in contacts:
            gone = session.connection().scalars(_BY_MAIL, {"now": now, "staff_id": staff_id, "by": channel}).all()
            _take_out(session, gone, now)


def by_mail_after_all(session: Session, message_id: int, now: datetime) -> bool:
    """What another channel has given up goes by mail, unless mail has it anyway or it may have come; gives whether."""
    goes = {"message_id": message_id, "new_state": State.QUEUED, "now": now}
    goes_by_mail = session.connection().execute(_BY_MAIL_AFTER_ALL, goes).rowcount > 0
    if goes_by_mail:
        _take_out(session, [message_id], now)
    return goes_by_mail


def _take_out(session: Session, gone: Sequence[int], now: datetime) -> None:
    """Of digests among those that go by mail instead: what mail has anyway, and copies."""
    for some in chunks(gone):
        skip(session, session.connection().scalars(_HAVE_MAIL, {"digests": some}).all(), NOTHING_NEW, now)


def _meant_elsewhere() -> tuple[ColumnElement[bool], ...]:
    m = MESSAGE.c
    return m.state == State.QUEUED, m.pace.is_not(None), m.send_after <= bindparam("now"), *_has_no_mail()


def _has_no_mail() -> tuple[ColumnElement[bool], ...]:
    m, part = MESSAGE.c, MESSAGE.alias("part").c
    tells = select(part.id).where(part.digest_id == m.id, *_only_there(part)).exists()
    return m.channel != MAIL, m.recipient_id.is_not(None), *_only_there(m), (m.kind != kinds.DIGEST) | tells


def _only_there(m: ReadOnlyColumnCollection[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """It is no copy, and no mail is one of it."""
    return ~_is_copy(m), ~_by_mail_too(m)


def _is_copy(m: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    copy: ColumnElement[bool] = m.cause.contains("#", autoescape=True)
    return copy


def _by_mail_too(m: ReadOnlyColumnCollection[str, Any], *more: ColumnElement[bool]) -> Exists:
    same = (_MAIL.c.cause == m.cause + copied("", MAIL), _MAIL.c.recipient_id == m.recipient_id)
    return select(_MAIL.c.id).where(*same, *more).exists()


def _have_mail() -> Select[Any]:
    """A mail that was skipped, because it was not wanted when it was made, tells nobody."""
    m = MESSAGE.c
    comes = _by_mail_too(m, _MAIL.c.state != State.SKIPPED)
    return select(m.id).where(m.digest_id.in_(bindparam("digests", expanding=True)), _is_copy(m) | comes)


# Made once: to make them takes longer than to ask them.
_MEANT_ELSEWHERE = select(MESSAGE.c.recipient_id, MESSAGE.c.channel).where(*_meant_elsewhere()).distinct()
_BY_MAIL = (
    update(MESSAGE)
    .where(
        *_meant_elsewhere(),
        MESSAGE.c.recipient_id == bindparam("staff_id"),
        MESSAGE.c.channel == bindparam("by"),
    )
    .values(channel=MAIL)
    .returning(MESSAGE.c.id)
)
_BY_MAIL_AFTER_ALL = (
    update(MESSAGE)
    .where(
        MESSAGE.c.id == bindparam("message_id"),
        MESSAGE.c.state == State.DEAD,
        MESSAGE.c.reason.is_distinct_from(MAY_BE_RECEIVED),
        *_has_no_mail(),
    )
    .values(
        state=bindparam("new_state"),
        channel=MAIL,
        attempts=0,
        reason=null(),
        finished_at=null(),
        send_after=bindparam("now"),
    )
)
_HAVE_MAIL = _have_mail()
_OF_THESE: BindParameter[int] = bindparam("staff", expanding=True)
_PEOPLE = select(STAFF.c.id, STAFF.c.email, STAFF.c.active).where(STAFF.c.id.in_(_OF_THESE))
_CONTACTS = select(CONTACT.c.id, CONTACT.c.staff_id, CONTACT.c.channel, CONTACT.c.sealed).where(
    CONTACT.c.staff_id.in_(_OF_THESE)
)


def _people(session: Session, staff: set[int]) -> dict[int, Row[Any]]:
    rows = session.connection().execute(_PEOPLE, {"staff": list(staff)})
    return {row.id: row for row in rows}


def _contacts(session: Session, staff: set[int]) -> dict[tuple[int, str], tuple[UUID, bytes]]:
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
