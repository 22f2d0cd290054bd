"""Looking at somebody's case: who looked, when, and what for."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlmodel import Session, col, select

from engine.refusal import Refused
from models.audit import AuditRow
from onboarding import audit

#: What somebody without a part in a case may be looking for. Kept by its key.
PURPOSES = {
    "stand_in": "Jeg afløser koordinatoren",
    "contact": "Kandidaten eller arbejdspladsen har henvendt sig",
    "supervision": "Tilsyn og kvalitet",
    "correction": "Fejl eller oplysninger, der skal rettes",
}
OWN_CASE = "own_case"


def purpose_of_today(session: Session, by: str, reference: str, day_began: datetime) -> str | None:
    """What this person has said since the day began that they look at this case for."""
    wanted = select(AuditRow.purpose).where(
        AuditRow.by == by, AuditRow.subject == reference, AuditRow.action == "look", AuditRow.at >= day_began
    )
    return session.exec(wanted.order_by(col(AuditRow.id).desc()).limit(1)).first()


def look(session: Session, by: str, reference: str, purpose: str, at: datetime) -> None:
    """One look, one row. Raises `Refused` for a purpose that is not on the list."""
    if purpose != OWN_CASE and purpose not in PURPOSES:
        raise Refused("Vælg, hvad du skal bruge sagen til.")
    audit.note(session, by, "look", at, subject=reference, purpose=purpose)


def found_today(session: Session, by: str, reference: str, day_began: datetime) -> bool:
    """Whether it is noted already that this person found the candidate by their CPR number since the day began."""
    wanted = select(AuditRow.id).where(
        AuditRow.by == by, AuditRow.subject == reference, AuditRow.action == "person_found", AuditRow.at >= day_began
    )
    return session.exec(wanted.limit(1)).first() is not None


def found(session: Session, by: str, reference: str, at: datetime) -> None:
    """A CPR number that was typed told who somebody is, or that they are known. `reference` is their newest."""
    audit.note(session, by, "person_found", at, subject=reference)


def show_cpr(session: Session, by: str, reference: str, at: datetime) -> None:
    audit.note(session, by, "cpr_shown", at, subject=reference)


def beginning_of(day: date, zone: object) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)  # type: ignore[arg-type]
