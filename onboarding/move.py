"""Take a step by hand."""

from __future__ import annotations

from sqlmodel import Session

from engine import actions
from onboarding.acting import Answer, act
from onboarding.signed import Signed


def move(session: Session, reference: str, step: str, signed: Signed) -> Answer:
    """Moves the candidate along `step`: its key, or that of the stage it leads to."""
    return act(session, reference, "move", lambda _: actions.Move(step), signed, step=step)
