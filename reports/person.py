"""The person behind a case, as far as the page of the case shows them. Never for a message, a log or the terminal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from models.cpr import MASK
from models.keys import Keyring
from onboarding.store import CANDIDATE, Loaded


def person(session: Session, loaded: Loaded) -> dict[str, Any]:
    """`name`, `phone`, `email`, `mother_tongue`, `birth_date`, and `cpr` masked."""
    row = session.connection().execute(select(CANDIDATE).where(CANDIDATE.c.id == loaded.row.candidate_id)).one()
    told = {name: getattr(row, name) for name in ("name", "phone", "email", "mother_tongue", "birth_date")}
    return told | {"cpr": MASK}


def cpr_of(session: Session, keyring: Keyring, loaded: Loaded) -> str:
    """The number itself, as people write it. Whoever asks leaves a row in the audit log."""
    c = CANDIDATE.c
    row = session.connection().execute(select(c.id, c.cpr_sealed).where(c.id == loaded.row.candidate_id)).one()
    number = keyring.open(row.cpr_sealed, row.id)
    return f"{number[:6]}-{number[6:]}"
