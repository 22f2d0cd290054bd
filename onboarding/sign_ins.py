"""Signing in with a password, staying signed in, and being signed out."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, func, select, update

from engine.refusal import Refused
from models.sign_in import SignIn, Tries
from models.staff import Staff
from models.types import table
from onboarding import audit

IDLE, AT_MOST = timedelta(hours=1), timedelta(hours=10)  # a working day, and a lunch break
SHORTEST_PASSWORD = 12  # NIST SP 800-63B-4, 3.1.1.2, asks for 15 where it stands alone and 8 beside something else

_TRIES, _TRIES_OF_ORIGIN, _WINDOW = 10, 100, timedelta(minutes=15)
_SEEN_EVERY = timedelta(minutes=1)  # writing it at every request would make every look a write

_HASH = PasswordHash((Argon2Hasher(),))
_WRONG = "E-mail eller adgangskode er forkert. Prøv igen, eller bed en administrator om en ny adgangskode."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in. `secret` is for the cookie and nowhere else."""

    staff: Staff
    secret: str = field(repr=False)


def set_password(session: Session, email: str, password: str) -> Staff:
    """Gives an active member of staff a password, and signs them out everywhere."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"Adgangskoden skal have mindst {SHORTEST_PASSWORD} tegn. Vælg en længere.")
    staff = _active(session, email.strip().lower())
    if staff is None:
        raise Refused("Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.")
    staff.password_hash = _HASH.hash(password)
    session.add(staff)
    end_all(session, staff.id or 0)
    return staff


def sign_in(session: Session, email: str, password: str, origin: str, at: datetime) -> SignedIn | str:
    """Signs somebody in; gives a sentence when that is not to be. Both are to be committed: tries are counted.

    `origin` is where the request came from. In a quarter of an hour, from the first of them, ten tries that fail are
    enough for one e-mail, and a hundred for one origin: a whole town hall may share that. Who gets in has the ten anew.
    """
    email = email.strip().lower()
    mail = f"mail:{_digest(email)}"
    limits = {mail: _TRIES, f"from:{_digest(origin)}": _TRIES_OF_ORIGIN}
    session.exec(delete(Tries).where(col(Tries.ends_at) <= at))
    if any(_tries(session, key, at).count >= limit for key, limit in limits.items()):
        return "Der er prøvet for mange gange. Vent et kvarter, og prøv igen."
    staff = _active(session, email)
    # Who does not exist takes as long to refuse as who does: the time must not tell which.
    known = staff.password_hash if staff is not None and staff.password_hash else _NOBODYS
    right = _HASH.verify(password, known)
    if staff is None or not staff.password_hash or not right:
        for key in limits:
            _count(session, key, at)
        audit.note(session, email if staff is not None else "unknown", "sign_in_refused", at)
        return _WRONG
    _tries(session, mail, at).count = 0  # not the origin's: one right password there says nothing of the others
    return begin(session, staff, at)


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


def _count(session: Session, key: str, at: datetime) -> None:
    """The window begins with the first try that fails, and later ones do not move its end."""
    row = _tries(session, key, at)
    row.count, row.ends_at = row.count + 1, row.ends_at if row.count else at + _WINDOW
    session.add(row)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


#: The hash of a password that nobody has.
_NOBODYS = _HASH.hash(secrets.token_urlsafe(16))
