"""A coordinator's calendar address: whoever has it reads their deadlines, until another is made or it is revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from engine.refusal import Refused
from models.calendar_feed import CalendarFeed
from models.staff import Role, Staff
from onboarding import audit

#: Where a calendar program asks, below the page's own address.
PATH = "/kalender/{secret}.ics"
_USED_EVERY = timedelta(minutes=1)  # writing it at every request would make every look a write
_COORDINATES = (col(Staff.role) == Role.COORDINATOR) & col(Staff.active)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new address. `secret` is for its owner's eyes, once, and nowhere else."""

    staff: str
    made_at: datetime
    secret: str = field(repr=False)

    def address(self, public_url: str) -> str:
        return public_url + PATH.format(secret=self.secret)


def issue(session: Session, email: str, *, by: str, at: datetime) -> Issued:
    """Gives a coordinator an address; the one they had ends. Raises `Refused` when nobody active has that e-mail and
    that role.
    """
    staff = _owner(session, email)
    if end_all(session, staff.id or 0):
        audit.note(session, by, "calendar_revoked", at, staff.email)
    secret = secrets.token_urlsafe(32)
    session.add(CalendarFeed(staff_id=staff.id or 0, secret_hash=_digest(secret), made_at=at))
    session.flush()
    audit.note(session, by, "calendar_made", at, staff.email)
    return Issued(staff.email, at, secret)


def revoke(session: Session, email: str, *, by: str, at: datetime) -> str:
    """Ends a coordinator's address at once; gives their e-mail. Raises `Refused` as `issue` does, and when there is
    none.
    """
    staff = _owner(session, email)
    if not end_all(session, staff.id or 0):
        raise Refused("Der er ingen kalenderadresse at tilbagekalde. Intet er ændret.")
    audit.note(session, by, "calendar_revoked", at, staff.email)
    return staff.email


def end_all(session: Session, staff_id: int) -> int:
    """Ends it without a row of its own: for whoever says what happened in another way. Gives how many there were."""
    return session.exec(delete(CalendarFeed).where(col(CalendarFeed.staff_id) == staff_id)).rowcount


def of(session: Session, staff_id: int) -> CalendarFeed | None:
    """What somebody has, if they have any."""
    return session.get(CalendarFeed, staff_id)


def whose(session: Session, secret: str) -> tuple[Staff, CalendarFeed] | None:
    """Whose secret it is, and the address; None when it is nobody's, or not any more. What is compared are hashes, so
    how long that takes tells nothing about the secret.
    """
    wanted = select(CalendarFeed, Staff).join(Staff, col(CalendarFeed.staff_id) == Staff.id)
    found = session.exec(wanted.where(CalendarFeed.secret_hash == _digest(secret), _COORDINATES)).first()
    return None if found is None else (found[1], found[0])


def to_be_noted(feed: CalendarFeed, at: datetime) -> bool:
    """Whether it is time to write that it was used."""
    return feed.used_at is None or at - feed.used_at >= _USED_EVERY


def used(session: Session, secret: str, at: datetime) -> None:
    """By the secret: another may have taken its place at this moment, and that one was not used."""
    session.exec(update(CalendarFeed).where(col(CalendarFeed.secret_hash) == _digest(secret)).values(used_at=at))


def _owner(session: Session, email: str) -> Staff:
    """The active coordinator with this e-mail, nobody else's until the end."""
    wanted = select(Staff).where(Staff.email == email.strip().lower(), _COORDINATES)
    found = session.exec(wanted.with_for_update(key_share=True)).first()
    if found is None:
        raise Refused("Der er ingen aktiv koordinator med den e-mail. Se »sosu staff list«.")
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
