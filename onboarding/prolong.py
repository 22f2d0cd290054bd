"""Prolong a pause: it goes on as it began, and is looked at on a later day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, update
from sqlmodel import Session

from engine import actions, kinds
from engine.case import Rung
from models.message import State
from notifications.queue import MESSAGE
from onboarding.acting import Answer, act
from onboarding.locking import hold
from onboarding.mistakes import hold_back
from onboarding.past import Past
from onboarding.signed import Signed
from onboarding.store import Loaded
from onboarding.unsent import unsent

#: Why a reminder of the earlier review is not sent any more.
REASON = "pause_prolonged"

#: Why a reminder of the later review is not, once that was taken back.
UNDONE = "prolonging_undone"

_REMINDERS = (kinds.OF_RUNG[Rung.REVIEW], kinds.OF_RUNG[Rung.FORGOTTEN])


def prolong(session: Session, reference: str, signed: Signed, review_on: date, reason: str | None = None) -> Answer:
    """Gives the pause that lasts a later review, and another reason if one is named; reminders count anew from there.

    What is still to be sent about the earlier review is not.
    """

    def action(loaded: Loaded) -> actions.Prolong:
        hold_back(session, _about_the_pause(loaded), REASON, signed)
        return actions.Prolong(reason, review_on)

    return act(session, reference, "prolong", action, signed, review_on=review_on, reason=reason)


def let_go(session: Session, loaded: Loaded, past: Past, signed: Signed) -> None:
    """The last prolonging is taken back: what it held back is to be sent after all, for nobody writes it again; and
    what is still to be sent of the later review is not.
    """
    seq = past.history.last_command()[0].move.seq
    at = next(row.at for row in past.transitions if row.seq == seq)
    m, about = MESSAGE.c, _about_the_pause(loaded)
    held_back = about & (m.state == State.SKIPPED) & (m.reason == REASON) & (m.finished_at == at)
    hold(session, held_back | (about & unsent(signed.at)))
    hold_back(session, about, UNDONE, signed)
    again = {"state": State.QUEUED, "reason": None, "finished_at": None, "send_after": signed.at, "pace": None}
    session.connection().execute(update(MESSAGE).where(held_back).values(again))


def _about_the_pause(loaded: Loaded) -> ColumnElement[bool]:
    return (MESSAGE.c.enrolment_id == loaded.id) & MESSAGE.c.kind.in_(_REMINDERS)
