"""Say that nobody need be reminded of where an enrolment is now: until a day, or while it is handled elsewhere; and
take that back.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from engine import actions
from engine.decide import decide
from engine.refusal import Refused
from engine.reminders import may_remind
from models.staff import Staff
from models.types import table
from notifications.audiences import Directory
from onboarding import overtaken
from onboarding.acting import Answer, answer, once
from onboarding.outcome import ELSEWHERE, SNOOZED
from onboarding.signed import Signed
from onboarding.store import Loaded, find
from onboarding.writing import Change, write_messages, write_state

STAFF = table(Staff)


def snooze(session: Session, reference: str, signed: Signed, until: date, reason: str) -> Answer:
    """Reminds nobody before `until`, the manager neither. Gives what every verb gives, `until`, `reason`, and whether
    any reminder of the stage or the pause may still come (`reminders_left`).

    What was written and not yet sent is held back, and told for the day on which it is due by then.
    """
    return _says(session, reference, "snooze", actions.Snooze(reason, until), SNOOZED, signed, until=until)


def elsewhere(session: Session, reference: str, signed: Signed, reason: str) -> Answer:
    """Reminds nobody of this visit or pause any more, for somebody else sees to it; likewise."""
    return _says(session, reference, "elsewhere", actions.Elsewhere(reason), ELSEWHERE, signed)


def remind(session: Session, reference: str, signed: Signed) -> Answer:
    """Takes either back: reminders come again, and what has become due meanwhile at the next sweep."""
    return _says(session, reference, "remind", actions.Remind(), None, signed)


def _says(
    session: Session,
    reference: str,
    verb: str,
    action: actions.Snooze | actions.Elsewhere | actions.Remind,
    held_back_as: str | None,
    signed: Signed,
    **asked: Any,
) -> Answer:
    loaded = find(session, reference)

    def do() -> Answer:
        now = loaded
        occurrence = loaded.case.occurrence
        if held_back_as is not None and occurrence is not None:
            overtaken.hold_back(session, {loaded.id: occurrence}, signed, held_back_as)
            now = find(session, reference)  # what was held back has not been used
        decision = decide(now.pathway, now.case, action, signed.on)
        if decision.refusal:
            raise Refused(*decision.refusal)
        changes = [Change(now, decision)]
        write_state(session, changes, signed)
        if not _is_theirs(session, now, signed.by):  # whoever did it knows
            write_messages(session, changes, Directory.load(session), signed)
        (said,) = decision.transitions
        until = said.review_on.isoformat() if said.review_on else None
        left = may_remind(now.pathway, decision.case)
        told = {"until": until, "reason": said.reason, "reminders_left": left}
        return answer(now.row.reference, decision) | told

    named = {"reason": action.reason} if not isinstance(action, actions.Remind) else {}
    return once(session, signed, {"verb": verb, "enrolment": loaded.id, **named, **asked}, do)


def _is_theirs(session: Session, loaded: Loaded, by: str) -> bool:
    """Whether this is the coordinator, who need not be told what they did."""
    theirs = select(STAFF.c.id).where(STAFF.c.id == loaded.row.coordinator_id, STAFF.c.email == by)
    return session.connection().execute(theirs).first() is not None
