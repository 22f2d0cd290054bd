"""Prolong a pause: it goes on as it began, and is looked at on a later day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from engine import actions, kinds
from engine.case import Rung
from notifications.queue import MESSAGE
from onboarding.acting import Answer, act
from onboarding.mistakes import hold_back
from onboarding.signed import Signed
from onboarding.store import Loaded

#: Why a reminder of the earlier review is not sent any more.
REASON = "pause_prolonged"

_OF_A_PAUSE = (kinds.OF_RUNG[Rung.REVIEW], kinds.OF_RUNG[Rung.FORGOTTEN])


def prolong(session: Session, reference: str, signed: Signed, review_on: date, reason: str | None = None) -> Answer:
    """Gives the pause that lasts a later review, and another reason if one is named; reminders count anew from there.

    What is still to be sent about the earlier review is not.
    """

    def action(loaded: Loaded) -> actions.Prolong:
        about = (MESSAGE.c.enrolment_id == loaded.id) & MESSAGE.c.kind.in_(_OF_A_PAUSE)
        hold_back(session, about, REASON, signed)
        return actions.Prolong(reason, review_on)

    return act(session, reference, "prolong", action, signed, review_on=review_on, reason=reason)
