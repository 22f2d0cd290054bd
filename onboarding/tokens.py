"""Personal access tokens: a program acts by one in its owner's name, within what the owner chose of what they may."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from engine.refusal import Refused
from models.access_token import AccessToken
from models.cpr import looks_like_cpr
from models.staff import Staff
from onboarding import audit

USUAL_DAYS, MOST_DAYS = 90, 365
#: Begins every secret, so that whoever finds one in a file or a log knows what it is and where it belongs.
PREFIX = "sosu_"
MOST_TOKENS = 20  # of one person
LONGEST_NAME = 80
_USED_EVERY = timedelta(minutes=1)  # writing it at every request would make every look a write


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is for its owner's eyes, once, and nowhere else."""

    token: AccessToken
    secret: str = field(repr=False)


def owner(session: Session, email: str) -> Staff:
    """The active member of staff who is to have a token, or has some. Raises `Refused` when there is none."""
    wanted = select(Staff).where(Staff.email == email.strip().lower(), Staff.active)
    found = session.exec(
        wanted.with_for_update(key_share=True)
    ).first()  # who is being taken out at this moment gets none
    if found is None:
        raise Refused("Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.")
    return found


def issue(
    session: Session, staff: Staff, name: str, scopes: Sequence[str], days: int, *, by: str, at: datetime
) -> Issued:
    """Gives `staff` a token called `name` for so many days. `scopes` are what their role may be given (at least one).

    Raises `Refused` for a name that is theirs already, a number of days that is too large, and one token too many.
    """
    name = " ".join(name.split())
    _refuse_what_cannot_be(name, scopes, days)
    mine = select(AccessToken).where(AccessToken.staff_id == staff.id)
    held = session.exec(mine).all()
    if any(token.name == name for token in held):
        raise Refused("Der er allerede en adgangsnøgle med det navn. Vælg et andet, eller tilbagekald den gamle først.")
    if len(held) >= MOST_TOKENS:
        raise Refused(f"Der er allerede {MOST_TOKENS} adgangsnøgler. Tilbagekald dem, der ikke bruges.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        secret_hash=_digest(secret),
        staff_id=staff.id or 0,
        name=name,
        scopes=" ".join(scopes),
        made_by=by,
        made_at=at,
        ends_at=at + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit.note(session, by, "token_made", at, staff.email, f"{token.id}: {token.scopes}")
    return Issued(token, secret)


def _refuse_what_cannot_be(name: str, scopes: Collection[str], days: int) -> None:
    problems = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        problems.append(f"Giv adgangsnøglen et navn på højst {LONGEST_NAME} tegn, fx programmet, der skal bruge den.")
    elif looks_like_cpr(name):
        problems.append("Navnet må ikke ligne et CPR-nummer. Vælg et andet.")
    if not scopes:
        problems.append("Vælg mindst én ting, som adgangsnøglen må bruges til.")
    if not 1 <= days <= MOST_DAYS:
        problems.append(f"En adgangsnøgle gælder mellem 1 og {MOST_DAYS} dage. Ret antallet.")
    if problems:
        raise Refused(*problems)


def who(session: Session, secret: str, at: datetime) -> tuple[Staff, AccessToken] | None:
    """Whose secret it is, and the token; None when it is nobody's, or not any more."""
    wanted = select(AccessToken, Staff).join(Staff, col(AccessToken.staff_id) == Staff.id)
    found = session.exec(wanted.where(AccessToken.secret_hash == _digest(secret), Staff.active)).first()
    if found is None or at >= found[0].ends_at:
        return None
    token, staff = found
    return staff, token


def to_be_noted(token: AccessToken, at: datetime) -> bool:
    """Whether it is time to write that it was used."""
    return token.used_at is None or at - token.used_at >= _USED_EVERY


def used(session: Session, token_id: int, at: datetime) -> None:
    """A statement of its own: the token may be revoked at this moment, and then there is nothing to write."""
    session.exec(update(AccessToken).where(col(AccessToken.id) == token_id).values(used_at=at))


def revoke(session: Session, token_id: int, *, by: str, at: datetime, of: int | None = None) -> str:
    """Ends a token at once; with `of`, only that person's. Gives its name. Raises `Refused` when there is none."""
    wanted = select(AccessToken, Staff).join(Staff, col(AccessToken.staff_id) == Staff.id)
    found = session.exec(wanted.where(AccessToken.id == token_id)).first()
    if found is None or of not in (None, found[0].staff_id):
        raise Refused("Adgangsnøglen findes ikke længere. Intet er ændret.")
    token, staff = found
    session.delete(token)
    audit.note(session, by, "token_revoked", at, staff.email, str(token.id))
    return token.name


def revoke_all(session: Session, email: str, *, by: str, at: datetime) -> int:
    """Ends every token of somebody; gives how many there were."""
    staff = owner(session, email)
    count = end_all(session, staff.id or 0)
    audit.note(session, by, "token_revoked", at, staff.email)
    return count


def end_all(session: Session, staff_id: int) -> int:
    """Ends them without a row of its own: for whoever says what happened in another way. Gives how many there were."""
    return session.exec(delete(AccessToken).where(col(AccessToken.staff_id) == staff_id)).rowcount


def counts(session: Session) -> dict[str, int]:
    """How many tokens each has who has any, by e-mail."""
    counted = select(Staff.email, func.count()).join(AccessToken, col(AccessToken.staff_id) == Staff.id)
    return dict(session.exec(counted.group_by(Staff.email)).all())


def listed(session: Session, email: str | None = None) -> list[dict[str, Any]]:
    """Every token, or one person's, the oldest first: `token` (its id), `staff`, `name`, `scopes`, `made_at`,
    `ends_at`, `used_at` (None: never).
    """
    wanted = select(AccessToken, Staff.email).join(Staff, col(AccessToken.staff_id) == Staff.id)
    if email is not None:
        wanted = wanted.where(Staff.email == email.strip().lower())
    return [said(token, whose) for token, whose in session.exec(wanted.order_by(col(AccessToken.id)))]


def said(token: AccessToken, email: str) -> dict[str, Any]:
    """What may be told of a token: never its secret."""
    return {
        "token": token.id,
        "staff": email,
        "name": token.name,
        "scopes": token.scopes.split(),
        "made_at": token.made_at,
        "ends_at": token.ends_at,
        "used_at": token.used_at,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
