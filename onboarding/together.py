"""The same done to several cases: each by itself, so that one that is refused holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from engine.refusal import Refused
from models.area import HostArea
from models.command import Command
from models.staff import Staff
from notifications.danish import danish_date
from onboarding.acting import Answer
from onboarding.assign import assign
from onboarding.expecting import expect
from onboarding.locking import hold
from onboarding.outbox import MESSAGE
from onboarding.record import record
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, Loaded, NoSuchCase, find, lock_all
from onboarding.unsent import unsent
from onboarding.writing import Conflict


@dataclass(frozen=True, slots=True)
class Task:
    """What is done to each case, and why one needs nothing done: `already` says so, and it is left alone."""

    verb: Callable[[Session, str, Signed], Answer]
    already: Callable[[Loaded], str | None]


def recording(milestone: str, achieved_on: date) -> Task:
    """Records a milestone for those who have not reached it; the others keep the day on which they did."""

    def already(loaded: Loaded) -> str | None:
        fact = loaded.case.milestones.get(milestone)
        return None if fact is None else f"har den allerede, siden {danish_date(fact.on)}"

    return Task(lambda session, ref, signed: record(session, ref, milestone, signed, achieved_on=achieved_on), already)


def handing_over(staff: Staff, area: HostArea | None = None) -> Task:
    """Gives each to this coordinator, and with it to this area if one is named."""

    def already(loaded: Loaded) -> str | None:
        row = loaded.row
        if row.coordinator_id != staff.id or (area is not None and row.area_id != area.id):
            return None
        return f"har allerede {staff.name} som koordinator" + (f" i {area.name}" if area else "")

    where = area.name if area else None
    return Task(lambda session, ref, signed: assign(session, ref, staff.email, where, signed), already)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: the verb's answer; or why it was left alone, or every reason why not.

    `changed_since`: it is no longer as it was shown; `gone`: there is none, or none within reach, and the two are not
    told apart. Nothing was done to it then.
    """

    reference: str
    answer: Answer | None = None
    unchanged: str = ""
    refused: tuple[str, ...] = ()
    changed_since: bool = False
    gone: bool = False


def together(
    session: Session, revisions: Mapping[str, int | None], task: Task, signed: Signed, within: ColumnElement[bool]
) -> list[Outcome]:
    """Does it to each case, in the caller's transaction; in a rehearsal it tells what would happen.

    `revisions` says as which revision each case was shown, by reference; None: as it is now. Each case has a command
    id of its own, made of the one in `signed`: sent twice, all of it acts once. One that is not `within` this condition
    is `gone`.
    """
    each = {reference: replace(signed, command_id=f"{signed.command_id}-{reference}") for reference in revisions}
    e = ENROLMENT.c
    ids = session.connection().scalars(select(e.id).where(e.reference.in_(each))).all()
    lock_all(session, ids)
    hold(session, MESSAGE.c.enrolment_id.in_(ids) & unsent(signed.at))  # once, or each case's would be out of order
    return [_one(session, ref, revisions[ref], task, by, within) for ref, by in each.items()]


def _one(
    session: Session, reference: str, revision: int | None, task: Task, signed: Signed, within: ColumnElement[bool]
) -> Outcome:
    try:
        with session.begin_nested():
            expect(session, reference, signed, within=within, revision=revision)
            if session.get(Command, signed.command_id) is None and (why := task.already(find(session, reference))):
                return Outcome(reference, unchanged=why)
            return Outcome(reference, task.verb(session, reference, signed))
    except NoSuchCase:
        return Outcome(reference, gone=True)
    except Conflict:
        return Outcome(reference, changed_since=True)
    except Refused as refused:
        return Outcome(reference, refused=refused.reasons)
