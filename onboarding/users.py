"""People who sign in. They are staff, in one of five roles, with a password of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from engine.refusal import Refused
from models.sign_in import SignIn
from models.staff import Role, Staff
from onboarding import audit, sign_ins, staffing, tokens


def add_user(
    session: Session,
    email: str,
    role: str,
    password: str,
    *,
    by: str,
    at: datetime,
    name: str | None = None,
    areas: Iterable[str] = (),
) -> dict[str, Any]:
    """Adds somebody who signs in, or gives a known one this role and password and signs them out everywhere.

    Without a name or an area a known one keeps theirs; a new one is called by the e-mail, and has all areas. Gives
    `user` (the e-mail), `role`, `areas` and whether it was `created`. Raises `Refused` as `staffing.add_staff` does,
    and for a password that is too short.
    """
    if role not in {str(known) for known in Role}:
        raise Refused(f"Rollen findes ikke. Vælg en af: {', '.join(Role)}.")
    email = email.strip().lower()
    known = session.exec(select(Staff).where(Staff.email == email)).first()
    name = name or (known.name if known else email.partition("@")[0])
    chosen = list(areas) or (staffing.areas_of(session, known) if known else [])
    made = staffing.put_staff(session, email, name, role, chosen)
    sign_ins.set_password(session, email, password)
    audit.note(session, by, "user_added" if made["created"] else "user_changed", at, email, role)
    return {"user": email, "role": role, "areas": made["areas"], "created": made["created"]}


def change(
    session: Session, email: str, name: str, role: str, areas: Iterable[str], *, by: str, at: datetime
) -> dict[str, Any]:
    """Gives somebody this name, role and these areas (none: all), or makes them; their password stays as it is.

    Raises `Refused` as `add_user` does.
    """
    if role not in {str(known) for known in Role}:
        raise Refused(f"Rollen findes ikke. Vælg en af: {', '.join(Role)}.")
    made = staffing.put_staff(session, email, name, role, areas)
    audit.note(session, by, "user_added" if made["created"] else "user_changed", at, made["staff"], role)
    return made


def remove(session: Session, email: str, *, by: str, at: datetime) -> dict[str, Any]:
    """Takes somebody out, as `staffing.remove_staff` does, and keeps who did it."""
    gone = staffing.remove_staff(session, email)
    audit.note(session, by, "user_removed", at, gone["staff"])
    return gone


def sign_out(session: Session, email: str, *, by: str, at: datetime) -> None:
    """Ends everything that somebody is signed in to."""
    staff = session.exec(select(Staff).where(Staff.email == email.strip().lower())).first()
    if staff is None:
        raise Refused("Der er ingen medarbejder med den e-mail. Vælg en fra listen.")
    sign_ins.end_all(session, staff.id or 0)
    audit.note(session, by, "signed_out", at, staff.email)


def people(session: Session) -> list[dict[str, Any]]:
    """Everybody, those who were taken out last: as `staffing.staff`, with `password` (whether there is one),
    `work_account` (whether they have come in with it), `browsers` (how many are signed in), `seen_at` (when the
    latest of them was) and `tokens` (how many they have).
    """
    bound = set(session.exec(select(Staff.email).where(col(Staff.openid_subject).is_not(None))))
    able = set(session.exec(select(Staff.email).where(col(Staff.password_hash).is_not(None))))
    seen = select(Staff.email, func.count(), func.max(SignIn.seen_at)).join(SignIn, col(SignIn.staff_id) == Staff.id)
    signed_in = {email: (count, at) for email, count, at in session.exec(seen.group_by(Staff.email))}
    held = tokens.counts(session)
    found = [
        person
        | {"password": person["staff"] in able, "work_account": person["staff"] in bound}
        | {"tokens": held.get(person["staff"], 0)}
        | dict(zip(("browsers", "seen_at"), signed_in.get(person["staff"], (0, None)), strict=True))
        for person in staffing.staff(session)
    ]
    return sorted(found, key=lambda person: not person["active"])


def users(session: Session) -> list[dict[str, Any]]:
    """Everybody who has a password: `user` (the e-mail), `name`, `role`, `areas` (none: all). Who was taken out has
    none.
    """
    able = set(session.exec(select(Staff.email).where(col(Staff.password_hash).is_not(None), Staff.active)))
    return [
        {"user": person["staff"], **{key: person[key] for key in ("name", "role", "areas")}}
        for person in staffing.staff(session)
        if person["staff"] in able
    ]
