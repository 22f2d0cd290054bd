"""Signing in with a password, staying signed in, and being signed out."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, func, select, update

from engine.refusal import Refused
from models.session import Database
from models.sign_in import SignIn, Tries
from models.staff import Staff
from models.types import table
from onboarding import audit
from onboarding.passwords import Hashed, is_right

IDLE, AT_MOST = timedelta(hours=1), timedelta(hours=10)  # a working day, and a lunch break

_TRIES, _TRIES_OF_ORIGIN, _WINDOW = 10, 100, timedelta(minutes=15)
_SEEN_EVERY = timedelta(minutes=1)  # writing it at every request would make every look a write

_WRONG = "E-mail eller adgangskode er forkert. Prøv igen, eller bed en administrator om en ny adgangskode."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in. `secret` is for the cookie and nowhere else."""

    staff: Staff
    secret: str = field(repr=False)


class TooManyTries(Refused):
    """What was tried was not looked at. `seconds` is how long that goes on."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Der er prøvet for mange gange. Vent et kvarter, og prøv igen.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Try:
    """A try that is counted, as one that fails until it is settled. `known` is the password that is kept, if any."""

    email: str
    origin: str
    known: str | None = field(repr=False)


def set_password(session: Session, email: str, password: Hashed) -> Staff:
    """Gives an active member of staff a password, and signs them out everywhere."""
    staff = _active(session, email.strip().lower())
    if staff is None:
        raise Refused("Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.")
    staff.password_hash = password.text
    session.add(staff)
    end_all(session, staff.id or 0)
    return staff


def sign_in(database: Database, email: str, password: str, origin: str, at: datetime) -> SignedIn | str:
    """Signs somebody in; gives a sentence when that is not to be. Raises `TooManyTries`.

    `origin` is where the request came from. In a quarter of an hour, from the first of them, ten tries that fail are
    enough for one e-mail, and a hundred for one origin: a whole town hall may share that. Who gets in has the ten anew.

    A try is counted before the password is looked at, so that no more are made at the same moment either; looking takes
    long, and nobody waits for it with the database in hand.
    """
    with database.write() as session:
        tried = begin_try(session, email, origin, at)
    right = is_right(password, tried.known)
    with database.write() as session:
        return settle(session, tried, at, right=right)


def begin_try(session: Session, email: str, origin: str, at: datetime) -> Try:
    """Counts a try, or raises `TooManyTries`."""
    email = email.strip().lower()
    session.exec(delete(Tries).where(col(Tries.ends_at) <= at))
    counted = [(_tries(session, key, at), limit) for key, limit in _limits(email, origin)]
    spent = [row.ends_at for row, limit in counted if row.count >= limit]
    if spent:
        raise TooManyTries(ceil((max(spent) - at).total_seconds()))
    for row, _ in counted:
        # The window begins with the first try that fails, and later ones do not move its end.
        row.count, row.ends_at = row.count + 1, row.ends_at if row.count else at + _WINDOW
        session.add(row)
    known = session.exec(select(Staff.password_hash).where(Staff.email == email, Staff.active)).first()
    return Try(email, origin, known)


def settle(session: Session, tried: Try, at: datetime, *, right: bool) -> SignedIn | str:
    """What `sign_in` gives, when it was seen whether the password is right: if it is still that one."""
    (mail, _), (place, _) = _limits(tried.email, tried.origin)
    staff = _active(session, tried.email)
    if staff is None or not right or staff.password_hash != tried.known:
        audit.note(session, tried.email if staff is not None else "unknown", "sign_in_refused", at)
        return _WRONG
    _tries(session, mail, at).count = 0
    there = _tries(session, place, at)  # this one did not fail; it says nothing of the others from there
    there.count = max(there.count - 1, 0)
    return begin(session, staff, at)


def _limits(email: str, origin: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """The keys under which tries are counted, always in this order, and how many are enough."""
    return (f"mail:{_digest(email)}", _TRIES), (f"from:{_digest(origin)}", _TRIES_OF_ORIGIN)


def _active(session: Session, email: str) -> Staff | None:
    """The member of staff, nobody else's until the end: who is being taken out at this moment is not let in by it.

    Whoever only refers to the row, as an enrolment does to its coordinator, neither waits for this nor holds it up.
    """
    return session.exec(select(Staff).where(Staff.email == email, Staff.active).with_for_update(key_share=True)).first()


def begin(session: Session, staff: Staff, at: datetime) -> SignedIn:
    """A new browser for somebody whose identity is known, and whose row the caller has locked. Their old ones go."""
    session.exec(delete(SignIn).where(col(SignIn.staff_id) == staff.id, col(SignIn.ends_at) <= at))
    secret = secrets.token_urlsafe(32)
    row = SignIn(secret_hash=_digest(secret), staff_id=staff.id or 0, began_at=at, seen_at=at, ends_at=at + AT_MOST)
    session.add(row)
    audit.note(session, staff.email, "sign_in", at)
    return SignedIn(staff, secret)


def who(session: Session, secret: str, at: datetime) -> tuple[Staff, bool] | None:
    """Whose cookie it is, and whether `seen` is to be told; None when nobody's any more."""
    wanted = select(SignIn, Staff).join(Staff, col(SignIn.staff_id) == Staff.id)
    found = session.exec(wanted.where(SignIn.secret_hash == _digest(secret), Staff.active)).first()
    if found is None:
        return None
    row, staff = found
    if at >= row.ends_at or at - row.seen_at >= IDLE:
        return None
    return staff, at - row.seen_at >= _SEEN_EVERY


def seen(session: Session, secret: str, at: datetime) -> None:
    """A statement of its own: the browser may be signed out at this moment, and then there is nothing to write."""
    session.exec(update(SignIn).where(col(SignIn.secret_hash) == _digest(secret)).values(seen_at=at))


def end(session: Session, secret: str) -> None:
    session.exec(delete(SignIn).where(col(SignIn.secret_hash) == _digest(secret)))


def end_all(session: Session, staff_id: int) -> None:
    """Signs somebody out everywhere."""
    session.exec(delete(SignIn).where(col(SignIn.staff_id) == staff_id))


def end_one(session: Session, staff_id: int, mark: str, *, by: str, at: datetime) -> None:
    """Signs somebody (`by`) out of the browser of theirs with this mark. Raises `Refused` when they are not in it."""
    theirs = session.exec(select(SignIn.secret_hash).where(SignIn.staff_id == staff_id)).all()
    found = [secret_hash for secret_hash in theirs if _mark(secret_hash) == mark]
    if not found:
        raise Refused("Browseren er logget af i forvejen. Intet er ændret.")
    session.exec(delete(SignIn).where(col(SignIn.secret_hash).in_(found)))
    audit.note(session, by, "browsers_ended", at)


def end_others(session: Session, staff_id: int, secret: str, *, by: str, at: datetime) -> None:
    """Signs somebody (`by`) out everywhere but here (by `secret`)."""
    elsewhere = col(SignIn.secret_hash) != _digest(secret)
    session.exec(delete(SignIn).where(col(SignIn.staff_id) == staff_id, elsewhere))
    audit.note(session, by, "browsers_ended", at)


def browsers(session: Session, staff_id: int, secret: str, at: datetime) -> list[dict[str, Any]]:
    """Where somebody is signed in, this browser first and then the one used last: `mark` (what it is ended by),
    `began_at`, `seen_at`, `ends_at` (when it ends if nothing is done in it), and whether it is `here` (by `secret`).
    """
    theirs = select(SignIn).where(SignIn.staff_id == staff_id, *_in_use(at)).order_by(col(SignIn.seen_at).desc())
    found = [
        {"mark": _mark(row.secret_hash), "began_at": row.began_at, "seen_at": row.seen_at}
        | {"ends_at": min(row.ends_at, row.seen_at + IDLE), "here": row.secret_hash == _digest(secret)}
        for row in session.exec(theirs)
    ]
    return sorted(found, key=lambda browser: not browser["here"])


def in_use(session: Session, at: datetime) -> dict[int, tuple[int, datetime]]:
    """In how many browsers each is signed in who is in any, and when they last did something, by the number of their
    row.
    """
    counted = select(SignIn.staff_id, func.count(), func.max(col(SignIn.seen_at))).where(*_in_use(at))
    return {staff_id: (count, seen) for staff_id, count, seen in session.exec(counted.group_by(col(SignIn.staff_id)))}


def browsers_in_use(session: Session, at: datetime) -> int:
    """In how many browsers somebody is signed in, all together."""
    return session.exec(select(func.count()).select_from(SignIn).where(*_in_use(at))).one()


def _in_use(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(SignIn.ends_at) > at, col(SignIn.seen_at) > at - IDLE


def csrf_token(secret: str) -> str:
    """What a form of this browser has to bring along; it tells nothing of the secret."""
    return _digest(f"csrf:{secret}")


def _mark(secret_hash: str) -> str:
    """What a browser is called in the pages of its owner: it tells nothing of the secret, nor of its hash."""
    return _digest(f"browser:{secret_hash}")[:16]


def _tries(session: Session, key: str, at: datetime) -> Tries:
    """The row, made where there is none, and nobody else's until the end: two processes do not count at once."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert(table(Tries)).values(key=key, count=0, ends_at=at + _WINDOW)
    session.connection().execute(new.on_conflict_do_nothing())
    return session.get_one(Tries, key, with_for_update=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
