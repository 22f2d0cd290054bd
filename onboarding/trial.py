"""Trial mode: until an administrator says that everybody is to get messages, only those on a list do.

It is on by itself for whatever is sent; files in a folder reach nobody and are always written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col, delete
from sqlmodel import select as select_rows

from engine.refusal import Refused
from models.message import MAIL
from models.preference import Contact
from models.staff import Staff
from models.trial import Trial, TrialRecipient
from models.types import table
from notifications.channels.destination import Destination
from onboarding import audit
from onboarding.colleagues import working_here

#: Why a message was kept back.
KEPT_BACK = "trial_mode"

_TRIAL, _RECIPIENT, _STAFF, _CONTACT = table(Trial), table(TrialRecipient), table(Staff), table(Contact)
_CHOSEN = select(_TRIAL.c.is_on)
_REACHED = select(_CONTACT.c.channel).distinct()
_LISTED = select(_RECIPIENT.c.staff_id)


@dataclass(frozen=True, slots=True)
class TrialMode:
    """`chosen` is None as long as nobody has chosen; `listed` are the ids of the staff who get messages anyway."""

    chosen: bool | None = None
    listed: frozenset[int] = frozenset()

    def is_on(self, destination: Destination) -> bool:
        """Whether only some get what goes so far."""
        return destination is Destination.WORLD and self.chosen is not False

    def keeps_back(self, staff_id: int, destination: Destination) -> bool:
        return self.is_on(destination) and staff_id not in self.listed

    def keeps_from(self, other_id: int, staff_id: int) -> bool:
        """Whether what somebody on the list gets would be kept back if the other, who stands in for them, got it."""
        return self.chosen is not False and staff_id in self.listed and other_id not in self.listed


def standing(session: Session) -> TrialMode:
    connection = session.connection()
    return TrialMode(connection.execute(_CHOSEN).scalar(), frozenset(connection.execute(_LISTED).scalars()))


def farthest(session: Session, destinations: Mapping[str, Destination]) -> Destination:
    """How far messages go by now: by mail, and by every other way by which somebody can be reached."""
    if destinations[MAIL] is Destination.WORLD:
        return Destination.WORLD
    used = session.connection().execute(_REACHED).scalars()
    return Destination.WORLD if any(destinations.get(way) is Destination.WORLD for way in used) else Destination.FOLDER


def is_on(session: Session, destinations: Mapping[str, Destination]) -> bool:
    """Whether only some get messages by now; every page asks."""
    far = farthest(session, destinations)
    return far is Destination.WORLD and TrialMode(session.connection().execute(_CHOSEN).scalar()).is_on(far)


def refuse_kept_back(session: Session, email: str, destination: Destination) -> None:
    """Raises `Refused` when this person gets nothing that goes so far: trial mode is on, and they are not listed."""
    staff = working_here(session, email)
    if standing(session).keeps_back(staff.id or 0, destination):
        raise Refused(
            f"Prøvedrift er slået til, og {staff.email} står ikke på prøvelisten. "
            "Sæt vedkommende på den med »sosu trial add«, eller slå prøvedrift fra med »sosu trial off«."
        )


def turn(session: Session, *, on: bool, by: str, at: datetime) -> bool:
    """Says whether trial mode is on; gives whether that is news. What was kept back stays so: it would tell of what
    has long been done.
    """
    chosen = session.get(Trial, 1, with_for_update=True)
    if chosen is not None and chosen.is_on is on:
        return False
    session.merge(Trial(id=1, is_on=on))
    session.flush()
    audit.note(session, by, "trial_on" if on else "trial_off", at)
    return True


def add(session: Session, email: str, *, by: str, at: datetime) -> bool:
    """Puts somebody on the list; gives whether that is news. Raises `Refused` for nobody who works here."""
    staff = working_here(session, email)
    if session.get(TrialRecipient, staff.id) is not None:
        return False
    session.add(TrialRecipient(staff_id=staff.id or 0, added_by=by, added_at=at))
    session.flush()
    audit.note(session, by, "trial_person_added", at, staff.email)
    return True


def remove(session: Session, email: str, *, by: str, at: datetime) -> None:
    """Takes somebody off the list, also after they have left. Raises `Refused` when they are not on it."""
    listed = select_rows(TrialRecipient.staff_id).join(Staff).where(Staff.email == email.strip().lower())
    staff_id = session.exec(listed).first()
    if staff_id is None:
        raise Refused("Den e-mail står ikke på prøvelisten. Se, hvem der gør, med »sosu trial show«.")
    session.exec(delete(TrialRecipient).where(col(TrialRecipient.staff_id) == staff_id))
    audit.note(session, by, "trial_person_removed", at, email.strip().lower())


def recipients(session: Session) -> list[dict[str, Any]]:
    """Those on the list, as `staff` (their e-mail), `name` and `active`."""
    s = _STAFF.c
    listed = select(s.email, s.name, s.active).join_from(_RECIPIENT, _STAFF).order_by(s.name, s.email)
    rows = session.connection().execute(listed)
    return [{"staff": row.email, "name": row.name, "active": bool(row.active)} for row in rows]
