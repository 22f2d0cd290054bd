"""The person behind a case, as far as the page of the case shows them. Never for a message, a log or the terminal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from models.cpr import MASK
from models.keys import Keyring
from onboarding.store import CANDIDATE, Loaded

_PERSON = select(*(CANDIDATE.c[name] for name in ("name", "phone", "email", "mother_tongue", "birth_date"))).where(
    CANDIDATE.c.id == bindparam("candidate_id")
)


def person(session: Session, loaded: Loaded) -> dict[str, Any]:
    """`name`, `phone`, `email`, `mother_tongue`, `birth_date`, and `cpr` masked."""
    row = session.connection().execute(_PERSON, {"candidate_id": loaded.row.candidate_id}).one()
    return {**row._mapping, "cpr": MASK}


def cpr_of(session: Session, keyring: Keyring, loaded: Loaded) -> str:
    """The number itself, as people write it. Whoever asks leaves a row in the audit log."""
    c = CANDIDATE.c
    row = session.connection().execute(select(c.id, c.cpr_sealed).where(c.id == loaded.row.candidate_id)).one()
    number = keyring.open(row.cpr_sealed, row.id)
    return f"{number[:6]}-{number[6:]}"
