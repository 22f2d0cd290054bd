"""Who comes in with an account of their workplace (arbejdskonto): what its provider's word makes of them here.

The provider says who somebody is and which values a claim holds; the settings say what each value means: a role, and
host areas. Both count anew at each sign-in. Somebody is known by what the provider calls them and never by an e-mail,
which can be changed and given to another; by that they are found once, before they have ever come in this way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from engine.refusal import Refused
from models.area import HostArea
from models.staff import Role, Staff
from onboarding import audit, newcomers, sign_ins, staffing
from onboarding.turn import ARRIVING, take_turn

BY = "openid"  # who changed somebody, in the audit log

_NO_ROLE = (
    "Din arbejdskonto giver ikke adgang til SOSU-forløb. Bed din leder eller IT om at give kontoen en af de roller, "
    "der er aftalt."
)
_TWO_ROLES = (
    "Din arbejdskonto har roller, der ikke kan forenes i SOSU-forløb. Bed din leder eller IT om at lade kontoen "
    "beholde én af dem."
)
_TAKEN_OUT = "Din adgang til SOSU-forløb er lukket. Bed en administrator om at åbne den igen."
_NO_EMAIL = "Din arbejdskonto har ingen bekræftet e-mail. Bed IT om at sende den med, når du logger ind."
_ANOTHERS = (
    "E-mailen på din arbejdskonto hører til en anden konto i SOSU-forløb. Er den dig, så bed en administrator om at "
    "tage den ud og oprette den igen."
)
_FORM = '{"værdi": {"role": "coordinator", "areas": ["Syd"]}}'


@dataclass(frozen=True, slots=True)
class Grant:
    """What a value of the claim gives. No area: all areas."""

    role: Role
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whom the provider let in. `issuer` and `subject` together are one person, for good; `values` are the claim's."""

    issuer: str
    subject: str
    email: str | None
    name: str | None
    values: tuple[str, ...]


def read_grants(text: str) -> dict[str, Grant]:
    """The mapping of the settings, from JSON. Raises `Refused` with what is wrong with it."""
    try:
        content = json.loads(text, object_pairs_hook=_without_twins)
    except ValueError:
        raise Refused(f"SOSU_OIDC_ROLES er ikke gyldig JSON, eller nævner noget to gange. Skriv {_FORM}.") from None
    if not isinstance(content, dict) or not content:
        raise Refused(f"SOSU_OIDC_ROLES giver ingen adgang. Skriv {_FORM}.")
    return {value: _grant(value, given) for value, given in content.items()}


def arrive(session: Session, grants: Mapping[str, Grant], arrival: Arrival, at: datetime) -> sign_ins.SignedIn | str:
    """Signs somebody in, made or brought up to date; gives a sentence when that is not to be. Both are to be committed:
    whoever may not come in any more is signed out everywhere.

    Raises `Refused` where the provider's e-mail or name cannot be anybody's.
    """
    take_turn(session, ARRIVING)
    known, problem = _known(session, arrival)
    granted = _granted(session, grants, arrival.values)
    if known is None and not arrival.email:
        problem = _NO_EMAIL
    if problem is not None or isinstance(granted, str):
        return _turned_away(session, arrival, known, problem or str(granted), at)
    staff = _brought_up_to_date(session, known, arrival, granted, at)
    if staff.openid_subject is None:
        staff.openid_issuer, staff.openid_subject = arrival.issuer, arrival.subject
        session.add(staff)
        audit.note(session, BY, "account_bound", at, staff.email)
    return sign_ins.begin(session, staff, at)


def missing_areas(session: Session, grants: Iterable[Grant]) -> list[str]:
    """The areas that the settings name and that there are not."""
    known = set(session.exec(select(HostArea.folded_name)))
    named = {area for grant in grants for area in grant.areas}
    return sorted(area for area in named if " ".join(area.split()).casefold() not in known)


def area_missing(areas: Sequence[str]) -> str:
    names = ", ".join(f"»{area}«" for area in areas)
    return (
        f"SOSU_OIDC_ROLES nævner et værtsområde, der ikke findes: {names}. Sig det til IT: ret indstillingen, eller "
        "opret området med »sosu area add«."
    )


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a name stand twice, and the last one win: here that would be a role that nobody meant."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _grant(value: str, given: Any) -> Grant:
    if not isinstance(given, dict) or not {"role"} <= given.keys() <= {"role", "areas"}:
        raise Refused(f"SOSU_OIDC_ROLES: »{value}« skal have »role« og kan have »areas«. Skriv {_FORM}.")
    areas = given.get("areas", [])
    if given["role"] not in list(Role):
        raise Refused(f"SOSU_OIDC_ROLES: rollen for »{value}« findes ikke. Vælg en af: {', '.join(Role)}.")
    if not isinstance(areas, list) or not all(isinstance(area, str) and area.strip() for area in areas):
        raise Refused(f"SOSU_OIDC_ROLES: »areas« for »{value}« skal være en liste af navne, eller udelades (alle).")
    return Grant(Role(given["role"]), tuple(areas))


def _granted(session: Session, grants: Mapping[str, Grant], values: Iterable[str]) -> Grant | str:
    """What all of these values give together; a sentence when that is nothing, or no one thing."""
    found = [grants[value] for value in dict.fromkeys(values) if value in grants]
    if not found:
        return _NO_ROLE
    if len({grant.role for grant in found}) > 1:
        return _TWO_ROLES
    missing = missing_areas(session, found)
    if missing:
        return area_missing(missing)
    everywhere = any(not grant.areas for grant in found)
    return Grant(found[0].role, () if everywhere else tuple(area for grant in found for area in grant.areas))


def _known(session: Session, arrival: Arrival) -> tuple[Staff | None, str | None]:
    """Whose row it is: by the provider's name for them, otherwise by an e-mail; None for somebody new.

    And a sentence, when they are to stay out: they were taken out, or the e-mail is bound to another account.
    """
    # Locked, so that nobody who is being taken out at this moment comes back by it.
    theirs = select(Staff).with_for_update(key_share=True)
    bound = theirs.where(Staff.openid_issuer == arrival.issuer, Staff.openid_subject == arrival.subject)
    found = session.exec(bound).first()
    if found is None and arrival.email:
        found = session.exec(theirs.where(Staff.email == arrival.email.strip().lower())).first()
        if found is not None and found.openid_subject is not None:
            return found, _ANOTHERS
    return found, _TAKEN_OUT if found is not None and not found.active else None


def _turned_away(session: Session, arrival: Arrival, known: Staff | None, problem: str, at: datetime) -> str:
    """The sentence; and every browser of whoever is bound to this account is signed out."""
    if known is not None and (known.openid_issuer, known.openid_subject) == (arrival.issuer, arrival.subject):
        sign_ins.end_all(session, known.id or 0)
    is_theirs = problem != _ANOTHERS  # another account with their e-mail is not they
    by, about = (known.email, "") if known is not None and is_theirs else ("unknown", known.email if known else "")
    audit.note(session, by, "sign_in_refused", at, about)
    return problem


def _brought_up_to_date(session: Session, known: Staff | None, arrival: Arrival, granted: Grant, at: datetime) -> Staff:
    """The row in the role and the areas that the provider gives; the e-mail and the name of a known one stay."""
    email = known.email if known else (arrival.email or "").strip().lower()
    name = known.name if known else arrival.name or email.partition("@")[0]
    before = (known.role, staffing.areas_of(session, known)) if known else None
    made = staffing.put_staff(session, email, name, granted.role, granted.areas)
    if before != (granted.role, made["areas"]):
        newcomers.tell_what_waits(session, email, at)
        action, rights = "user_changed" if known else "user_added", audit.rights(granted.role, made["areas"])
        audit.note(session, BY, action, at, email, rights)
    return known or session.exec(select(Staff).where(Staff.email == email)).one()
