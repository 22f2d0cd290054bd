"""Drop out, with a dated reason from the pathway's list."""

from __future__ import annotations

from sqlmodel import Session

from engine import actions
from onboarding.acting import Answer, act
from onboarding.signed import Signed


def drop(session: Session, reference: str, reason: str, signed: Signed) -> Answer:
    return act(session, reference, "drop", lambda _: actions.Drop(reason), signed, reason=reason)
