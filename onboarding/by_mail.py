"""What goes by mail because another channel cannot have it: nobody hears nothing because of an address of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Exists, Select, and_, bindparam, null, select, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

from engine import kinds
from models.message import MAIL, State
from notifications.queue import MESSAGE, are_copies, copied
from onboarding.addressing import contacts_of
from onboarding.locking import unlocked
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.readers import by_reader
from onboarding.store import chunks
from onboarding.unsent import NO_ADDRESS, NOTHING_NEW, skip

_MAIL = MESSAGE.alias("mail")


def by_mail_instead(session: Session, away: Mapping[int, int], now: datetime) -> None:
    """What is due by a channel in which whoever gets it now has no address goes by mail, unless mail has it anyway: it
    is a copy, or has one. What is not due yet may go to somebody else: a stand-in comes and goes. `away`: who stands in
    for whom.
    """
    found = session.connection().execute(_MEANT_ELSEWHERE, {"now": now}).all()
    theirs = {staff_id for staff_id, _ in found}
    contacts = contacts_of(session, theirs | {away[one] for one in theirs & away.keys()}) if found else {}
    for staff_id, channel in found:
        of_these = and_(*_meant_elsewhere(now), MESSAGE.c.channel == channel)
        for reader, which in by_reader(session, staff_id, of_these, away):
            if (reader, channel) not in contacts:
                by_mail = update(MESSAGE).where(unlocked(of_these & which)).values(channel=MAIL)
                _take_out(session, session.connection().scalars(by_mail.returning(MESSAGE.c.id)).all(), now)


def by_mail_after_all(session: Session, message_id: int, now: datetime) -> bool:
    """What another channel has given up, or has no address for, goes by mail, unless mail has it anyway or it may have
    come; gives whether.
    """
    goes = {"message_id": message_id, "new_state": State.QUEUED, "now": now}
    goes_by_mail = session.connection().execute(_BY_MAIL_AFTER_ALL, goes).rowcount > 0
    if goes_by_mail:
        _take_out(session, [message_id], now)
    return goes_by_mail


def _take_out(session: Session, gone: Sequence[int], now: datetime) -> None:
    """Of digests among those that go by mail instead: what mail has anyway, and copies."""
    for some in chunks(gone):
        skip(session, session.connection().scalars(_HAVE_MAIL, {"digests": some}).all(), NOTHING_NEW, now)


def _meant_elsewhere(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    m = MESSAGE.c
    return m.state == State.QUEUED, m.pace.is_not(None), m.send_after <= now, *_has_no_mail()


def _has_no_mail() -> tuple[ColumnElement[bool], ...]:
    m, part = MESSAGE.c, MESSAGE.alias("part").c
    tells = select(part.id).where(part.digest_id == m.id, *_only_there(part)).exists()
    return m.channel != MAIL, m.recipient_id.is_not(None), *_only_there(m), (m.kind != kinds.DIGEST) | tells


def _only_there(m: ReadOnlyColumnCollection[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """It is no copy, and no mail is one of it."""
    return ~are_copies(m.cause), ~_by_mail_too(m)


def _by_mail_too(m: ReadOnlyColumnCollection[str, Any]) -> Exists:
    """A mail that was skipped, because it was not wanted when it was to go, tells nobody."""
    same = (_MAIL.c.cause == m.cause + copied("", MAIL), _MAIL.c.recipient_id == m.recipient_id)
    return select(_MAIL.c.id).where(*same, _MAIL.c.state != State.SKIPPED).exists()


def _have_mail() -> Select[Any]:
    m = MESSAGE.c
    known = are_copies(m.cause) | _by_mail_too(m)
    wanted = select(m.id).where(m.digest_id.in_(bindparam("digests", expanding=True)), known)
    return wanted.with_for_update(key_share=True, skip_locked=True)


# Made once: to make them takes longer than to ask them.
_MEANT_ELSEWHERE = (
    select(MESSAGE.c.recipient_id, MESSAGE.c.channel).where(*_meant_elsewhere(bindparam("now"))).distinct()
)
_BY_MAIL_AFTER_ALL = (
    update(MESSAGE)
    .where(
        MESSAGE.c.id == bindparam("message_id"),
        (MESSAGE.c.state == State.DEAD) | ((MESSAGE.c.state == State.SKIPPED) & (MESSAGE.c.reason == NO_ADDRESS)),
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
