"""Withdraw a milestone that was recorded by mistake. It stays in the table, with who withdrew it and when."""

from __future__ import annotations

from sqlmodel import Session

from engine import actions
from onboarding.acting import Answer, act
from onboarding.signed import Signed


def withdraw(session: Session, reference: str, milestone: str, signed: Signed) -> Answer:
    """Withdraws a milestone; the candidate stays where they are. What it moved is taken back by `undo`."""
    return act(session, reference, "withdraw", lambda _: actions.Withdraw(milestone), signed, milestone=milestone)
