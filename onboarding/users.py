"""People who sign in. They are staff, in one of five roles, with a password of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from engine.refusal import Refused
from engine.workdays import DENMARK
from models.staff import BY_AREA, Role, Staff
from onboarding import absences, audit, calendar_feeds, newcomers, sign_ins, staffing, tokens, trial
from onboarding.passwords import Hashed
from onboarding.turn import ARRIVING, take_turn


def add_user(
    session: Session,
    email: str,
    role: str,
    password: Hashed,
    *,
    by: str,
    at: datetime,
    name: str | None = None,
    areas: Iterable[str] = (),
) -> dict[str, Any]:
    """Adds somebody who signs in, or gives a known one this role and password, as `set_password` does.

    Without a name or an area a known one keeps theirs; a new one is called by the e-mail, and has all areas. Gives
    `user` (the e-mail), `role`, `areas` and whether it was `created`. Raises `Refused` as `_give` does, for a role that
    there is not.
    """
    _refuse_unknown(role)
    made = _put(session, email, name, role, areas, by=by, at=at)
    set_password(session, email, password, by=by, at=at)
    return {"user": made["staff"]} | {key: made[key] for key in ("role", "areas", "created")}


def put_staff(
    session: Session, email: str, name: str, role: str, areas: Iterable[str] = (), *, by: str, at: datetime
) -> dict[str, Any]:
    """Adds a member of staff, or corrects a known one, who keeps their areas where none is named; the password stays as
    it is. Gives and raises what `staffing.add_staff` does, and raises what `_give` does.
    """
    staffing.refuse_untold(role)
    return _put(session, email, name, role, areas, by=by, at=at)


def add(
    session: Session, email: str, name: str, role: str, areas: Sequence[str] | None, *, by: str, at: datetime
) -> None:
    """Adds somebody nobody knows yet, without a password. `areas` None: all of them.

    Raises `Refused` as `add_user` does, for an e-mail that is known (whoever has it is corrected on purpose), and for
    no area where the role sees by areas: nobody gets to see everybody because something was forgotten.
    """
    _refuse_unknown(role)
    _refuse_forgotten(role, areas)
    take_turn(session, ARRIVING)
    known = _found(session, email)
    if known is not None:
        how = "Brug »Ret«" if known.active else "Medarbejderen er taget ud. Brug »Tag ind igen«"
        raise Refused(f"Der er allerede en medarbejder med den e-mail. {how} ud for navnet.")
    _give(session, None, email, name, role, areas or (), by=by, at=at)


def change(
    session: Session,
    email: str,
    name: str,
    role: str,
    areas: Sequence[str] | None,
    *,
    by: str,
    at: datetime,
    was_out: bool = False,
    shown: str = "",
) -> None:
    """Gives somebody who is known this name, role and these areas (None: all); their password stays as it is.

    `was_out`: they are one who was taken out, and come back by it. `shown` is the mark of what was corrected, as
    `people` gives it (none: whatever they are now). Raises `Refused` as `add` and `_give` do, when nobody has that
    e-mail, when they were taken out, came back or were corrected since, and when somebody would change their own role.
    """
    _refuse_unknown(role)
    _refuse_forgotten(role, areas)
    take_turn(session, ARRIVING)
    known = _known(session, email)
    if known.active is was_out:
        since = "ikke taget ud længere" if known.active else "taget ud, siden du åbnede siden"
        raise Refused(f"Medarbejderen er {since}. Intet er gemt. Se listen igen.")
    if shown and shown != _mark(known.name, known.role, staffing.areas_of(session, known)):
        raise Refused(
            "Medarbejderen er rettet, siden du åbnede siden. Intet er gemt. "
            "Se, hvad der gælder nu, ret det, du skrev, og gem igen."
        )
    if known.email == by and known.role != role:
        raise Refused("Du kan ikke ændre din egen rolle. Bed en anden administrator.")
    _give(session, known, known.email, name, role, areas or (), by=by, at=at)


def _put(
    session: Session, email: str, name: str | None, role: str, areas: Iterable[str], *, by: str, at: datetime
) -> dict[str, Any]:
    """Adds somebody, or gives a known one this role. What is not said stays as it is."""
    take_turn(session, ARRIVING)
    known = _found(session, email)
    name = (known.name if known else email.strip().lower().partition("@")[0]) if name is None else name
    chosen = list(areas) or (staffing.areas_of(session, known) if known else [])
    return _give(session, known, email, name, role, chosen, by=by, at=at)


def _give(
    session: Session,
    known: Staff | None,
    email: str,
    name: str,
    role: str,
    areas: Iterable[str],
    *,
    by: str,
    at: datetime,
) -> dict[str, Any]:
    """Gives somebody, new or `known`, a name, a role and areas (none: all), and keeps who did it. Every way to change
    what people may comes through here, but for a provider's word (`onboarding.arriving`).

    Gives what `staffing.put_staff` does, and raises it; and `stood_in_for`, the e-mails of those who lose a stand-in by
    it. Raises `Refused` too when the last administrator would be none, and when a coordinator would lose areas or a
    role in which they have open cases.
    """
    if known is not None and role != Role.ADMINISTRATOR:
        _refuse_the_last(session, known)
    lost = staffing.beyond(session, known) if known else set()
    is_in, name_before = known is not None and known.active, known.name if known else None
    today = at.astimezone(DENMARK).date()
    alone = _without_a_stand_in(session, today)
    made = staffing.put_staff(session, email, name, role, areas)
    made["stood_in_for"] = sorted(_without_a_stand_in(session, today) - alone)
    newcomers.tell_what_waits(session, made["staff"], at)
    if known is not None:
        _refuse_stranded(known, staffing.beyond(session, known) - lost)
    renamed = known is not None and known.name != name_before
    action, rights = "user_changed" if is_in else "user_added", audit.rights(role, made["areas"], renamed=renamed)
    audit.note(session, by, action, at, made["staff"], rights)
    return made


def remove(session: Session, email: str, *, by: str, at: datetime) -> dict[str, Any]:
    """Takes somebody out, as `take_out` does. Raises `Refused` when they are out already, for oneself, and for the last
    administrator.
    """
    if email.strip().lower() == by:
        raise Refused("Du kan ikke tage dig selv ud. Bed en anden administrator.")
    take_turn(session, ARRIVING)
    known = _known(session, email)
    if not known.active:
        raise Refused("Medarbejderen er allerede taget ud. Intet er ændret.")
    _refuse_the_last(session, known)
    return take_out(session, email, by=by, at=at)


def take_out(session: Session, email: str, *, by: str, at: datetime) -> dict[str, Any]:
    """Takes somebody out, as `staffing.remove_staff` does, and keeps who did it. Gives that, and `stood_in_for`, the
    e-mails of those who lose a stand-in by it.
    """
    today = at.astimezone(DENMARK).date()
    alone, listed = _without_a_stand_in(session, today), {one["staff"] for one in trial.recipients(session)}
    gone = staffing.remove_staff(session, email)
    gone["stood_in_for"] = sorted(_without_a_stand_in(session, today) - alone)
    if gone["staff"] in listed:
        audit.note(session, by, "trial_person_removed", at, gone["staff"])
    audit.note(session, by, "user_removed", at, gone["staff"])
    return gone


def _without_a_stand_in(session: Session, today: date) -> set[str]:
    """The e-mails of those who named one who cannot stand in."""
    return {one["staff"] for one in absences.uncovered(session, today)}


def set_password(session: Session, email: str, password: Hashed, *, by: str, at: datetime) -> None:
    """Gives somebody a password, as `sign_ins.set_password` does, and ends their tokens and calendar address: whoever
    knew the old one may have made them. Keeps who did it: whoever knows the new one can sign in as them.
    """
    staff = sign_ins.set_password(session, email, password)
    audit.note(session, by, "password_set", at, staff.email)
    if tokens.end_all(session, staff.id or 0):
        audit.note(session, by, "token_revoked", at, staff.email)
    if calendar_feeds.end_all(session, staff.id or 0):
        audit.note(session, by, "calendar_revoked", at, staff.email)


def put_area(session: Session, name: str, *, by: str, at: datetime) -> dict[str, Any]:
    """Adds a host area, as `staffing.add_area` does, and keeps who did it. Nothing happens when there is one."""
    made = staffing.add_area(session, name)
    if made["created"]:
        audit.note(session, by, "area_added", at, made["area"])
    return made


def add_area(session: Session, name: str, *, by: str, at: datetime) -> None:
    """Likewise. Raises `Refused` when there is one: another was meant."""
    made = put_area(session, name, by=by, at=at)
    if not made["created"]:
        raise Refused(f"Der er allerede et værtsområde, der hedder »{made['area']}«. Giv det nye et andet navn.")


def sign_out(session: Session, email: str, *, by: str, at: datetime) -> None:
    """Ends everything that somebody is signed in to."""
    staff = _known(session, email)
    sign_ins.end_all(session, staff.id or 0)
    audit.note(session, by, "signed_out", at, staff.email)


def people(session: Session, at: datetime) -> list[dict[str, Any]]:
    """Everybody, those who were taken out last: as `staffing.staff`, with `number` (of the row), `mark` (of their name,
    role and areas, for `change`), `password` (whether there is one), `work_account` (whether they have come in with
    it), `browsers` (in how many they are signed in), `seen_at` (when they last did something there), `tokens` (how many
    they have) and `open` (of how many open enrolments they are the coordinator).
    """
    rows = {row.email: row for row in session.exec(select(Staff))}
    signed_in, held, cases = sign_ins.in_use(session, at), tokens.counts(session), staffing.open_cases(session)
    found = [
        person
        | {"number": row.id, "mark": _mark(person["name"], person["role"], person["areas"])}
        | {"open": cases.get(row.id or 0, 0)}
        | {"password": row.password_hash is not None, "work_account": row.openid_subject is not None}
        | {"browsers": browsers, "seen_at": seen_at, "tokens": held.get(row.email, 0)}
        for person in staffing.staff(session)
        for row in (rows[person["staff"]],)
        for browsers, seen_at in (signed_in.get(row.id or 0, (0, None)),)
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


def _refuse_unknown(role: str) -> None:
    if role not in {str(known) for known in Role}:
        raise Refused(f"Rollen findes ikke. Vælg en af: {', '.join(Role)}.")


def _refuse_forgotten(role: str, areas: Sequence[str] | None) -> None:
    if role in BY_AREA and areas is not None and not areas:
        raise Refused("Vælg de værtsområder, som medarbejderen arbejder for, eller sæt kryds ved »Alle områder«.")


def _refuse_the_last(session: Session, leaving: Staff) -> None:
    """Somebody has to be able to let people in again."""
    others = select(Staff.id).where(Staff.role == Role.ADMINISTRATOR, Staff.active, Staff.id != leaving.id)
    if leaving.active and leaving.role == Role.ADMINISTRATOR and session.exec(others).first() is None:
        raise Refused("Der skal være mindst én administrator. Giv en anden rollen først.")


def _refuse_stranded(staff: Staff, cases: Collection[int]) -> None:
    """Nobody is the coordinator of a case in an area that they do not work for, as `staffing.refuse_misplaced` says."""
    if cases:
        theirs, them = ("1 åben sag", "den") if len(cases) == 1 else (f"{len(cases)} åbne sager", "dem")
        raise Refused(
            f"Medarbejderen er koordinator for {theirs}, som den nye rolle eller de nye områder ikke rækker til. Intet "
            f"er gemt. Overdrag {them} først: en koordinator i området finder {them} på siden "
            f"/forloeb/alle?koordinator={staff.id} (»Forløb«)."
        )


def _mark(name: str, role: str, areas: Sequence[str]) -> str:
    """What somebody was when a form was shown, told from what they are now."""
    return hashlib.sha256(json.dumps([name, role, list(areas)]).encode()).hexdigest()[:16]


def _known(session: Session, email: str) -> Staff:
    """Whoever has this e-mail, nobody else's until the end."""
    staff = _found(session, email)
    if staff is None:
        raise Refused("Der er ingen medarbejder med den e-mail. Vælg en fra listen.")
    return staff


def _found(session: Session, email: str) -> Staff | None:
    """The same; None when nobody has it. Take the turn first."""
    return session.exec(
        select(Staff).where(Staff.email == email.strip().lower()).with_for_update(key_share=True)
    ).first()
