"""Pause an enrolment, and resume it. A pause moves the forecast; nothing moves or reminds meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from engine import actions
from onboarding.acting import Answer, act
from onboarding.signed import Signed

#: When a pause is looked at again, if nobody says otherwise.
_USUAL_REVIEW = timedelta(weeks=4)


def pause(
    session: Session, reference: str, signed: Signed, reason: str = "other", review_on: date | None = None
) -> Answer:
    """Pauses until somebody resumes; the coordinator is reminded on `review_on`."""
    asked = actions.Pause(reason, review_on or usual_review(signed.on))
    return act(session, reference, "pause", lambda _: asked, signed, reason=reason, review_on=review_on)


def resume(session: Session, reference: str, signed: Signed) -> Answer:
    """Goes on after a pause; the stage's end has moved by its days."""
    return act(session, reference, "resume", lambda _: actions.Resume(), signed)


def usual_review(on: date, lasting: date | None = None) -> date:
    """The day on which to look at a pause that begins, or at one that lasts until `lasting` and is prolonged."""
    return max(on, lasting or on) + _USUAL_REVIEW
