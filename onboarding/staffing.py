"""Host areas and the staff who work for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from engine.audience import Audience
from engine.case import Status
from engine.refusal import Refused
from models.area import HostArea
from models.cpr import looks_like_cpr
from models.enrolment import Enrolment
from models.preference import Absence, Contact, Preference, TopicChoice
from models.sign_in import SignIn
from models.staff import Staff, StaffArea
from models.trial import TrialRecipient
from onboarding import calendar_feeds, tokens
from onboarding.turn import ARRIVING, take_turn

_LONGEST_NAME, _LONGEST_EMAIL = 120, 254
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")


def add_area(session: Session, name: str) -> dict[str, Any]:
    """Adds a host area; the same name again changes nothing. Gives `area` and whether it was `created`."""
    name = " ".join(name.split())
    folded = name.casefold()
    if not name:
        raise Refused("Et værtsområde skal have et navn.")
    if len(folded) > _LONGEST_NAME or looks_like_cpr(name):
        raise Refused(f"Et værtsområdes navn er højst {_LONGEST_NAME} tegn og indeholder ikke et CPR-nummer.")
    take_turn(session, ARRIVING)
    known = session.exec(select(HostArea).where(HostArea.folded_name == folded)).first()
    if known is None:
        session.add(HostArea(name=name, folded_name=folded))
        session.flush()
    return {"area": known.name if known else name, "created": known is None}


def find_area(session: Session, name: str) -> HostArea:
    area = session.exec(select(HostArea).where(HostArea.folded_name == " ".join(name.split()).casefold())).first()
    if area is None:
        known = ", ".join(sorted(session.exec(select(HostArea.name)))) or "ingen endnu"
        raise Refused(f"Værtsområdet findes ikke. Kendte: {known}. Ret navnet, eller opret det med »sosu area add«.")
    return area


def add_staff(session: Session, email: str, name: str, role: str, areas: Iterable[str] = ()) -> dict[str, Any]:
    """Adds a member of staff, or gives a known one this name, role and these areas. No area: all areas.

    The role is one that is told things; `onboarding.users` knows the others. Gives `staff` (the e-mail), `role`,
    `areas` and whether it was `created`.
    """
    refuse_untold(role)
    return put_staff(session, email, name, role, areas)


def refuse_untold(role: str) -> None:
    """Raises `Refused` for a role that is not told things."""
    if role not in {str(audience) for audience in Audience}:
        raise Refused(f"Rollen findes ikke. Vælg en af: {', '.join(Audience)}.")


def put_staff(session: Session, email: str, name: str, role: str, areas: Iterable[str]) -> dict[str, Any]:
    """What `add_staff` does, in any role."""
    email, name = email.strip().lower(), " ".join(name.split())
    if not _EMAIL.fullmatch(email) or len(email) > _LONGEST_EMAIL or looks_like_cpr(email):
        raise Refused("E-mailadressen er ikke gyldig. Skriv den som navn@kommune.dk.")
    if not name:
        raise Refused("En medarbejder skal have et navn.")
    if len(name) > _LONGEST_NAME or looks_like_cpr(name):
        raise Refused(f"En medarbejders navn er højst {_LONGEST_NAME} tegn og indeholder ikke et CPR-nummer.")
    found = [find_area(session, area) for area in areas]
    take_turn(session, ARRIVING)
    staff = session.exec(select(Staff).where(Staff.email == email).with_for_update(key_share=True)).first()
    created = staff is None
    staff = staff or Staff(email=email, name=name, role=role)
    if not staff.active:  # back, perhaps with another work account: the next one with this e-mail is theirs
        staff.openid_issuer = staff.openid_subject = None
    staff.name, staff.role, staff.active = name, role, True
    session.add(staff)
    session.flush()
    for old in session.exec(select(StaffArea).where(StaffArea.staff_id == staff.id)).all():
        session.delete(old)
    session.flush()
    session.add_all(StaffArea(staff_id=staff.id or 0, area_id=area_id) for area_id in {area.id or 0 for area in found})
    if role != Audience.COORDINATOR:  # and it does not come back should they be one again
        calendar_feeds.end_all(session, staff.id or 0)
    return {"staff": email, "role": role, "areas": sorted({a.name for a in found}), "created": created}


def find_coordinator(session: Session, email: str) -> Staff:
    """The active coordinator with this e-mail. Raises `Refused` when nobody is one."""
    wanted = select(Staff).where(Staff.email == email.strip().lower(), Staff.role == Audience.COORDINATOR, Staff.active)
    found = session.exec(wanted).first()
    if found is None:
        raise Refused("Koordinatoren findes ikke. Ret e-mailadressen, eller opret koordinatoren med »sosu staff add«.")
    return found


#: A coordinator and a host area, by the numbers of their rows.
Placing = tuple[int, int]


def misplaced(session: Session, placings: Iterable[Placing]) -> Mapping[Placing, str]:
    """Those of these in which the coordinator does not work for the area.

    Each with a sentence that says what to do about it.
    """
    works_in: dict[int, set[int]] = defaultdict(set)
    for link in session.exec(select(StaffArea)):
        works_in[link.staff_id].add(link.area_id)
    wrong = {(who, where) for who, where in placings if who in works_in and where not in works_in[who]}
    if not wrong:
        return {}
    staff = {
        one.id: one.name for one in session.exec(select(Staff).where(col(Staff.id).in_({who for who, _ in wrong})))
    }
    names = {area.id: area.name for area in session.exec(select(HostArea))}
    remedy = "Vælg en koordinator, der gør, eller et andet værtsområde."
    return {(who, where): f"{staff[who]} arbejder ikke for {names[where]}. {remedy}" for who, where in wrong}


def refuse_misplaced(session: Session, placing: Placing) -> None:
    """Raises `Refused` when the coordinator does not work for the area."""
    if problems := misplaced(session, [placing]):
        raise Refused(*problems.values())


def beyond(session: Session, staff: Staff) -> set[int]:
    """The open enrolments (by the number of their row) of which somebody is the coordinator on paper alone: they are no
    active coordinator, or do not work for the area.
    """
    theirs = select(Enrolment.id).where(Enrolment.coordinator_id == staff.id, Enrolment.status != Status.ENDED)
    works_in = set(session.exec(select(StaffArea.area_id).where(StaffArea.staff_id == staff.id)))
    if staff.active and staff.role == Audience.COORDINATOR:
        if not works_in:
            return set()
        theirs = theirs.where(col(Enrolment.area_id).not_in(works_in))
    return {number or 0 for number in session.exec(theirs)}


def remove_staff(session: Session, email: str) -> dict[str, Any]:
    """Takes somebody out: no more messages, no new candidates, signed out everywhere, without a password, a token, a
    calendar address, a place on the trial list and all that was chosen of messages, and nobody's stand-in any more, so
    that nothing of it comes back should they be added again.

    Gives `staff`, how many `open` enrolments are left without a coordinator, and their references, `enrolments`.
    """
    found = session.exec(
        select(Staff).where(Staff.email == email.strip().lower()).with_for_update(key_share=True)
    ).first()
    if found is None:
        raise Refused("Der er ingen medarbejder med den e-mail. Se »sosu staff list«.")
    found.active, found.password_hash = False, None
    session.add(found)
    session.exec(delete(SignIn).where(col(SignIn.staff_id) == found.id))
    tokens.end_all(session, found.id or 0)
    calendar_feeds.end_all(session, found.id or 0)
    for chosen in (Contact, Preference, TopicChoice, Absence, TrialRecipient):
        session.exec(delete(chosen).where(col(chosen.staff_id) == found.id))
    # Another one's absence stays: whoever it is goes on seeing that nobody stands in for them.
    session.exec(update(Absence).where(col(Absence.stand_in_id) == found.id).values(stand_in_left=True))
    theirs = select(Enrolment.reference).where(Enrolment.coordinator_id == found.id, Enrolment.status != Status.ENDED)
    references = list(session.exec(theirs.order_by(col(Enrolment.id))))
    return {"staff": found.email, "open": len(references), "enrolments": references}


def open_cases(session: Session) -> dict[int, int]:
    """Of how many enrolments that have not ended each is the coordinator who is any's, by the number of their row."""
    counted = select(Enrolment.coordinator_id, func.count()).where(Enrolment.status != Status.ENDED)
    return dict(session.exec(counted.group_by(col(Enrolment.coordinator_id))).all())


def areas_of(session: Session, staff: Staff) -> list[str]:
    """The names of somebody's areas; none: all areas."""
    wanted = select(HostArea.name).join(StaffArea, col(StaffArea.area_id) == HostArea.id)
    return sorted(session.exec(wanted.where(StaffArea.staff_id == staff.id)))


def areas(session: Session) -> list[str]:
    """The names of the active host areas."""
    return sorted(session.exec(select(HostArea.name).where(HostArea.active)))


_COORDINATES = (col(Staff.role) == Audience.COORDINATOR) & col(Staff.active)
_COLLEAGUES = select(Staff.email, Staff.name, _COORDINATES).order_by(Staff.name, Staff.email)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody by name; `coordinates` whoever candidates can be given to."""

    email: str
    name: str
    coordinates: bool


def colleagues(session: Session) -> list[Colleague]:
    """Everybody by name, those who were taken out too."""
    return [Colleague(*row) for row in session.connection().execute(_COLLEAGUES)]


def staff(session: Session) -> list[dict[str, Any]]:
    """Everybody: `staff` (the e-mail), `name`, `role`, `areas` (none: all) and whether they are `active`."""
    names = {area.id: area.name for area in session.exec(select(HostArea))}
    theirs: dict[int, list[str]] = defaultdict(list)
    for link in session.exec(select(StaffArea)):
        theirs[link.staff_id].append(names[link.area_id])
    return [
        {"staff": p.email, "name": p.name, "role": p.role, "areas": sorted(theirs[p.id or 0]), "active": p.active}
        for p in session.exec(select(Staff).order_by(Staff.email))
    ]
