"""Who is away, and who gets their messages meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from engine.refusal import Refused
from models.preference import Absence
from models.staff import BY_AREA, Staff, StaffArea
from models.types import table
from onboarding import audit
from onboarding.colleagues import working_here
from onboarding.signed import Signed
from onboarding.trial import standing

ABSENCE, STAFF, STAFF_AREA = table(Absence), table(Staff), table(StaffArea)


# Made once, as the one below: to make them takes longer than to ask them.
_AWAY = select(ABSENCE.c.staff_id, ABSENCE.c.stand_in_id, ABSENCE.c.stand_in_left).where(
    ABSENCE.c.from_on <= bindparam("on"), ABSENCE.c.until_on >= bindparam("on")
)


def stand_ins(session: Session, on: date) -> dict[int, int]:
    """Staff who are away on this day, and who gets what is for them: somebody who is there, and could be chosen today.

    Where everybody in a row of stand-ins is away, or one of them could not be chosen any more (they have left, or work
    elsewhere or in another role by now), their messages wait for nobody: they go to whoever they are for. So it is
    where trial mode would keep from a stand-in what it lets through to whom it is for.
    """
    rows = session.connection().execute(_AWAY, {"on": on}).all()
    if not rows:
        return {}
    works = _works(session, {staff_id for row in rows for staff_id in (row.staff_id, row.stand_in_id)})
    instead = {row.staff_id: row.stand_in_id if _still_can(works, row) else None for row in rows}
    found = {staff_id: _who_is_there(staff_id, instead) for staff_id in instead}
    trial = standing(session)
    return {
        staff_id: there
        for staff_id, there in found.items()
        if there is not None and not trial.keeps_from(there, staff_id)
    }


def _who_is_there(staff_id: int, instead: Mapping[int, int | None]) -> int | None:
    seen, there = set[int](), staff_id
    while there in instead:
        following = instead[there]
        if following is None or there in seen:
            return None
        seen.add(there)
        there = following
    return there


class _Work(NamedTuple):
    """What somebody works as, and for which areas; none named is all of them."""

    role: str
    areas: frozenset[int]


def _still_can(works: Mapping[int, _Work], absence: Row[Any] | Absence) -> bool:
    """Whether the stand-in could be chosen today, and has not been taken out since: whoever is added again is chosen
    anew, or not.
    """
    return not absence.stand_in_left and _can_replace(works, absence.stand_in_id, absence.staff_id)


def _can_replace(works: Mapping[int, _Work], other_id: int, staff_id: int) -> bool:
    """Whether the other sees every case that this one's messages are about: otherwise their links lead nowhere."""
    work, other = works.get(staff_id), works.get(other_id)
    if work is None or other is None or work.role != other.role:
        return False
    return work.role in BY_AREA and (not other.areas or (bool(work.areas) and work.areas <= other.areas))


_OF_THESE: BindParameter[int] = bindparam("staff", expanding=True)
_WORKS = (
    select(STAFF.c.id, STAFF.c.role, STAFF_AREA.c.area_id)
    .outerjoin(STAFF_AREA, STAFF_AREA.c.staff_id == STAFF.c.id)
    .where(STAFF.c.id.in_(_OF_THESE), STAFF.c.active)
)


def _works(session: Session, staff: Set[int]) -> dict[int, _Work]:
    """What each of these people who has not left works as."""
    found: dict[int, _Work] = {}
    for staff_id, role, area_id in session.connection().execute(_WORKS, {"staff": list(staff)}):
        known = found.get(staff_id, _Work(role, frozenset()))
        found[staff_id] = known._replace(areas=known.areas | ({area_id} - {None}))
    return found


class CannotStandIn(Refused):
    """Somebody else has to."""


def be_away(session: Session, email: str, from_on: date, until_on: date, stand_in: str, signed: Signed) -> None:
    """Somebody is away, both days included. Raises `Refused` for days that are over or taken, and `CannotStandIn` for
    somebody who could not see the cases that the messages are about, or is away then.
    """
    person, other = working_here(session, email, hold=True), _standing_in(session, stand_in)
    if until_on < from_on:
        raise Refused("Fraværet slutter, før det begynder. Ret datoerne.")
    if until_on < signed.on:
        raise Refused("Fraværet er allerede slut. Vælg en sidste dag, der ikke er gået.")
    if person.id == other.id:
        raise CannotStandIn("Man kan ikke afløse sig selv. Vælg en kollega.")
    if person.role not in BY_AREA:
        raise Refused(
            "Kun koordinatorer og ledere har stedfortrædere: andre ser ikke de forløb, som beskederne handler om."
        )
    if not _can_replace(_works(session, {person.id or 0, other.id or 0}), other.id or 0, person.id or 0):
        raise CannotStandIn(
            "Stedfortræderen kan ikke se de forløb, som beskederne handler om. "
            "Vælg en kollega med samme rolle, der arbejder for de samme områder."
        )
    if _away(session, person.id or 0, from_on, until_on):
        raise Refused(
            "Der er allerede et fravær i den periode. Slet det med »sosu prefs back«, eller vælg andre datoer."
        )
    if _away(session, other.id or 0, from_on, until_on):
        raise CannotStandIn("Stedfortræderen er selv væk i den periode. Vælg en anden kollega.")
    absence = Absence(staff_id=person.id or 0, from_on=from_on, until_on=until_on, stand_in_id=other.id or 0)
    session.add(absence)
    session.flush()
    audit.note(session, signed.by, "absence_put", signed.at, person.email, _said(absence, other))


def _standing_in(session: Session, email: str) -> Staff:
    try:
        return working_here(session, email)
    except Refused:
        raise CannotStandIn("Stedfortræderen er ingen aktiv medarbejder. Se »sosu staff list«.") from None


def be_back(session: Session, email: str, absence_id: int, signed: Signed) -> None:
    """Takes an absence away. Raises `Refused` when it is not there, or somebody else's."""
    person = working_here(session, email, hold=True)
    absence = session.get(Absence, absence_id)
    if absence is None or absence.staff_id != person.id:
        raise Refused("Det fravær findes ikke. Se dem med »sosu prefs show«.")
    said = _said(absence, session.get(Staff, absence.stand_in_id))
    session.delete(absence)
    session.flush()
    audit.note(session, signed.by, "absence_removed", signed.at, person.email, said)


def _said(absence: Absence, stand_in: Staff | None) -> str:
    """How the audit log says it: both days, and the stand-in."""
    return f"{absence.from_on} {absence.until_on} {stand_in.email if stand_in else ''}"


def could_stand_in(session: Session, email: str) -> list[dict[str, Any]]:
    """Whoever could stand in for somebody, by name: `staff` (their e-mail) and `name`."""
    person = working_here(session, email)
    same = select_rows(Staff).where(Staff.active, Staff.role == person.role, Staff.id != person.id)
    colleagues = session.exec(same.order_by(Staff.name, Staff.email)).all() if person.role in BY_AREA else ()
    works = _works(session, {one.id or 0 for one in (person, *colleagues)})
    could = (one for one in colleagues if _can_replace(works, one.id or 0, person.id or 0))
    return [{"staff": one.email, "name": one.name} for one in could]


def absences(session: Session, email: str, today: date) -> list[dict[str, Any]]:
    """Somebody's absences that are not over: `absence`, `from_on`, `until_on`, `stand_in` and `name` (both of the
    stand-in), and whether that one `can` still stand in.
    """
    own = working_here(session, email).id
    return [_shown(one, one.other) for one in _to_come(session, today) if one.absence.staff_id == own]


def standing_in(session: Session, email: str, today: date) -> list[dict[str, Any]]:
    """For whom somebody can stand in, now and later: as `absences`, with the `name` of whoever is away."""
    own = working_here(session, email).id
    return [_shown(one, one.away) for one in _to_come(session, today) if one.can and one.absence.stand_in_id == own]


def uncovered(session: Session, today: date) -> list[dict[str, Any]]:
    """Absences that are not over and in which the stand-in cannot stand in any more: as `absences`, with `staff` and
    `away`, the e-mail and the name of whoever gets their messages themselves.
    """
    without = (one for one in _to_come(session, today) if not one.can)
    return [_shown(one, one.other) | {"staff": one.away.email, "away": one.away.name} for one in without]


class _ToCome(NamedTuple):
    absence: Absence
    away: Staff
    other: Staff
    can: bool


def _to_come(session: Session, today: date) -> list[_ToCome]:
    """The absences, now and later, of those who have not left, the next one first."""
    away, other = aliased(Staff), aliased(Staff)
    wanted = (
        select_rows(Absence, away, other)
        .join(away, col(away.id) == Absence.staff_id)
        .join(other, col(other.id) == Absence.stand_in_id)
        .where(Absence.until_on >= today, away.active)
        .order_by(col(Absence.from_on), col(away.name))
    )
    found = session.exec(wanted).all()
    works = _works(session, {staff_id for a, _, _ in found for staff_id in (a.staff_id, a.stand_in_id)})
    return [_ToCome(a, one, two, _still_can(works, a)) for a, one, two in found]


def _shown(one: _ToCome, called: Staff) -> dict[str, Any]:
    days = {"absence": one.absence.id, "from_on": one.absence.from_on, "until_on": one.absence.until_on}
    return days | {"stand_in": one.other.email, "name": called.name, "can": one.can}


def _away(session: Session, staff_id: int, from_on: date, until_on: date) -> bool:
    overlaps = (Absence.staff_id == staff_id, Absence.from_on <= until_on, Absence.until_on >= from_on)
    return session.exec(select_rows(Absence).where(*overlaps)).first() is not None
