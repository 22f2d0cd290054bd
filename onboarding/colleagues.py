"""Finding the member of staff whom somebody names."""

from __future__ import annotations

from sqlmodel import Session, select

from engine.refusal import Refused
from models.staff import Staff


def working_here(session: Session, email: str, *, hold: bool = False) -> Staff:
    """Raises `Refused` for anybody who is not, or not any more. `hold`: whoever asks so too waits until this
    transaction is over.
    """
    wanted = select(Staff).where(Staff.email == email.strip().lower(), Staff.active)
    found = session.exec(wanted.with_for_update(key_share=True) if hold else wanted).first()
    if found is None:
        raise Refused("Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.")
    return found
