"""Acting on what was seen: a page says which revision it showed, and nobody overwrites what came after it."""

from __future__ import annotations

from sqlmodel import Session

from onboarding.store import Loaded, find
from onboarding.writing import Conflict


def expect(session: Session, reference: str, revision: int) -> Loaded:
    """The enrolment, locked until the transaction ends. Raises `Conflict` when it is no longer as it was shown."""
    loaded = find(session, reference)
    if loaded.row.revision != revision:
        raise Conflict
    return loaded
