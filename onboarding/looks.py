"""Looking at somebody's case: who looked, when, and what for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from engine.refusal import Refused
from engine.workdays import DENMARK
from models.audit import AuditRow
from onboarding import audit
from onboarding.store import Loaded

#: What somebody without a part in a case may be looking for. Kept by its key.
PURPOSES = {
    "stand_in": "Jeg afløser koordinatoren",
    "contact": "Kandidaten eller arbejdspladsen har henvendt sig",
    "supervision": "Tilsyn og kvalitet",
    "correction": "Fejl eller oplysninger, der skal rettes",
}
OWN_CASE = "own_case"


def purpose_for(
    session: Session, loaded: Loaded, staff_id: int, by: str, on: date, said: str | None = None
) -> str | None:
    """What somebody looks at a case for: one's own needs no word, and others ask once a day. None: not said yet.

    `said` is what they name now, if they do.
    """
    if staff_id in (loaded.row.coordinator_id, loaded.row.officer_id):
        return OWN_CASE
    if said is not None:
        _refuse_unknown(said)
    return said or _purpose_of_today(session, by, loaded.row.reference, on)


def _purpose_of_today(session: Session, by: str, reference: str, on: date) -> str | None:
    """What this person has said on this day that they look at this case for."""
    began = beginning_of(on)
    wanted = select(AuditRow.purpose).where(
        AuditRow.by == by,
        AuditRow.subject == reference,
        AuditRow.at >= began,
        col(AuditRow.action).in_(("purpose_said", "look")),
    )
    # What somebody looked at as their own needed no word: when it is theirs no more, they have said none.
    wanted = wanted.where(col(AuditRow.purpose).in_(PURPOSES))
    return session.exec(wanted.order_by(col(AuditRow.id).desc()).limit(1)).first()


def say_why(session: Session, by: str, reference: str, purpose: str, at: datetime) -> None:
    """What somebody says that they will look at a case for; the look itself is a row of its own. Raises `Refused` for a
    purpose that is not on the list.
    """
    _refuse_unknown(purpose)
    audit.note(session, by, "purpose_said", at, subject=reference, purpose=purpose)


def look(session: Session, by: str, reference: str, purpose: str, at: datetime) -> None:
    """One look, one row. `purpose` is what `purpose_for` gave."""
    audit.note(session, by, "look", at, subject=reference, purpose=purpose)


def _refuse_unknown(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Refused("Vælg, hvad du skal bruge sagen til.")


def found_since(session: Session, by: str, began: datetime) -> frozenset[str]:
    """The references of those of whom it is noted that this person found them by their CPR number since then."""
    wanted = select(AuditRow.subject).where(AuditRow.by == by, AuditRow.action == "person_found", AuditRow.at >= began)
    return frozenset(session.exec(wanted).all())


def found(session: Session, by: str, reference: str, at: datetime) -> None:
    """A CPR number that was typed told who somebody is, or that they are known. `reference` is their newest."""
    found_all(session, by, [reference], at)


def found_all(session: Session, by: str, references: Sequence[str], at: datetime) -> None:
    """The same for several, as by a list."""
    audit.note_all(session, by, "person_found", at, [(reference, "") for reference in references])


def show_cpr(session: Session, by: str, reference: str, purpose: str, at: datetime) -> None:
    """The number was shown. `purpose` is what `purpose_for` gave."""
    audit.note(session, by, "cpr_shown", at, subject=reference, purpose=purpose)


def took_out(session: Session, by: str, how_many: int, at: datetime) -> None:
    """A file with the names of so many people was handed out."""
    audit.note(session, by, "names_exported", at, purpose=str(how_many))


def beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=DENMARK)
