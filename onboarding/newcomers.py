"""Messages follow whoever has the case: what was not told to somebody who is in its audience no more goes to whoever is
in it by then, or comes to be later. That somebody left is no reason for anything to end there.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, literal, or_, select, update
from sqlmodel import Session

from engine import kinds
from engine.audience import COORDINATOR
from engine.case import Rung, Status
from engine.history import Verb
from engine.reminders import lighter_than
from engine.workdays import DENMARK
from models.list_import import ListImport
from models.message import State
from models.staff import Staff
from models.types import table
from notifications.audiences import Directory
from notifications.queue import MESSAGE, are_copies, of_all_ways, waiting
from onboarding.locking import hold
from onboarding.outcome import MAY_BE_RECEIVED, may_have_come
from onboarding.overtaken import again
from onboarding.store import ENROLMENT, REMINDER, TRANSITION, chunks, stands
from onboarding.taken_back import heard_of_it, taken_back
from onboarding.telling_rows import is_of_now
from onboarding.unsent import INACTIVE, NOTHING_NEW, UNREACHED
from onboarding.visibility import SEES_CASES, answers_as, answers_for

LIST_IMPORT, STAFF = table(ListImport), table(Staff)

#: As long as this what was told to nobody is looked at by each delivery: an act that it may have missed takes seconds.
LATELY = timedelta(days=1)
#: What tells a coordinator that a case is theirs: whoever has it after them got one of these of their own.
_YOURS = (kinds.OF_VERB[Verb.ENROL], kinds.ASSIGNED)
#: Written out in the statement: by parameters SQLite could not tell that the index of such messages will do.
_SKIPPED = literal(State.SKIPPED.value, literal_execute=True)
_UNREACHED = [literal(reason, literal_execute=True) for reason in UNREACHED]
_ABOUT = ("id", "cause", "kind", "topic", "audience", "enrolment_id", "seq", "due_on", "meant_on", "on_day")
_WHO = (ENROLMENT.c.area_id, ENROLMENT.c.coordinator_id, ENROLMENT.c.officer_id)


def tell_what_waits(session: Session, email: str, at: datetime) -> None:
    """Whoever has this e-mail is in a role or in areas since now, or back in them: writes to them what nobody who is
    told of it was told, and of reminders what is still so.
    """
    directory = Directory.load(session)
    newcomer = session.connection().execute(select(STAFF.c.id).where(STAFF.c.email == email)).scalar_one()
    untold, today = _TOLD_TO_NOBODY.where(answers_for(newcomer)), at.astimezone(DENMARK).date()
    found = session.connection().execute(untold, {"today": today}).all()
    # What waits for somebody who has left is passed on when its turn comes.
    _write(session, _weightiest(found), directory, at, {newcomer})
    _tell_of_lists(session, newcomer, at)


def _tell_of_lists(session: Session, coordinator: int, at: datetime) -> None:
    """Of those with a case that they still have. Whoever has the others since was told of each."""
    m, e, t = MESSAGE.c, ENROLMENT.c, TRANSITION.c
    theirs = (t.coordinator_id == coordinator, answers_as(coordinator)[COORDINATOR], stands())
    of_it = (
        select(e.id)
        .join(TRANSITION, t.enrolment_id == e.id)
        .join(LIST_IMPORT, LIST_IMPORT.c.command_id == t.command_id)
        .where(LIST_IMPORT.c.id == m.list_import_id, *theirs)
    )
    theirs_untold = (m.recipient_id == coordinator, m.state == State.SKIPPED, m.reason == INACTIVE)
    untold = and_(*theirs_untold, ~are_copies(m.cause), of_it.exists())
    hold(session, untold)
    anew = {"state": State.QUEUED, "reason": None, "finished_at": None, "send_after": at, "pace": None}
    session.connection().execute(update(MESSAGE).where(untold).values(anew))


def tell_who_has_them(session: Session, enrolment_ids: Sequence[int], at: datetime) -> None:
    """These cases have another coordinator or area since now: writes what happened in them and was told to nobody. What
    they are to be reminded of is decided anew.
    """
    directory = Directory.load(session)
    of_these = _TOLD_TO_NOBODY.where(ENROLMENT.c.id.in_(enrolment_ids), MESSAGE.c.kind.not_in(kinds.REMINDERS))
    found = session.connection().execute(of_these, {"today": at.astimezone(DENMARK).date()}).all()
    _write(session, found, directory, at, directory.active)


def tell_whom_it_missed(session: Session, at: datetime) -> None:
    """Writes what was lately told to nobody, and for which somebody is there by now: they came, or were given the case,
    in the very moment in which a delivery left somebody else out, and neither saw the other.
    """
    lately = _TOLD_TO_NOBODY.where(MESSAGE.c.finished_at > at - LATELY)
    found = session.connection().execute(lately, {"today": at.astimezone(DENMARK).date()}).all()
    if found:
        directory = Directory.load(session)
        _write(session, _weightiest(found), directory, at, directory.in_roles(SEES_CASES))


def pass_on(session: Session, message_ids: Sequence[int], at: datetime) -> None:
    """Writes these messages, which their recipients do not get any more, to whoever has the case by now, except what
    was told by another way when the case was still theirs.
    """
    directory = Directory.load(session)
    rows = [row for ids in chunks(message_ids) for row in session.connection().execute(_UNTOLD, {"ids": ids})]
    _write(session, rows, directory, at, directory.active, back=False)


def _write(
    session: Session, rows: Sequence[Row[Any]], directory: Directory, at: datetime, to: Set[int], *, back: bool = True
) -> None:
    """To those among `to` who are told of them by now; `back`: also to whom each was for before."""
    parts = chunks([row.id for row in rows])
    undone = frozenset(one for ids in parts for one in taken_back(session, MESSAGE.c.id.in_(ids)))
    anew = {
        (of_all_ways(row.cause), there): _anew(row, there, at)
        for row in rows
        if row.id not in undone
        for there in directory.people(row.audience, row)
        if there in to and there in directory.active and (back if there == row.recipient_id else row.kind not in _YOURS)
    }
    again(session, list(anew.values()))


def _weightiest(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of what a coordinator is to be reminded of in a visit or a pause, what speaks for the rest."""
    weight = {kinds.OF_RUNG[rung]: len(lighter_than(rung)) for rung in Rung}
    said: dict[tuple[object, ...], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: weight.get(row.kind, 0)):
        reminds = row.kind in kinds.REMINDERS and row.audience == COORDINATOR
        said[(row.enrolment_id, row.seq, reminds) if reminds else (row.id,)] = row
    return sorted(said.values(), key=lambda row: row.id)


def _anew(row: Row[Any], recipient: int, at: datetime) -> dict[str, Any]:
    # What happened, happened on its day.
    on_day = at.astimezone(DENMARK).date() if row.kind in kinds.REMINDERS else row.on_day
    anew = waiting(of_all_ways(row.cause), row.kind, row.topic, row.audience, recipient, on_day, at, row.meant_on)
    return anew | {"enrolment_id": row.enrolment_id, "seq": row.seq, "due_on": row.due_on}


def _written() -> Select[Any]:
    wanted = select(*(MESSAGE.c[name] for name in (*_ABOUT, "recipient_id")), *_WHO)
    return wanted.join(ENROLMENT, ENROLMENT.c.id == MESSAGE.c.enrolment_id).order_by(MESSAGE.c.id)


def _told_to_nobody() -> Select[Any]:
    """What reached nobody of its audience by any way; of undos those of what somebody was told. Of reminders those of a
    coordinator in the visit or the pause that their enrolment is in, and those of a manager while it is late, or in the
    pause; if the rung was used: one that rests or was held back is written again when it is due.
    """
    m, e, r, other = MESSAGE.c, ENROLMENT.c, REMINDER.c, MESSAGE.alias("other")
    unreached = (m.state == _SKIPPED) & m.reason.in_(_UNREACHED)
    same = [other.c[name] == m[name] for name in ("enrolment_id", "seq", "kind", "audience")]
    # A way that was given up, or had nothing new to tell, left it to another.
    by_itself = other.c.reason.not_in((*UNREACHED, NOTHING_NEW)) & ~are_copies(other.c.cause)
    by_others = (other.c.state != State.SKIPPED) | (other.c.reason == MAY_BE_RECEIVED) | by_itself
    rung = case(*((m.kind == kind, str(rung)) for rung, kind in kinds.OF_RUNG.items()))
    used = select(r.id).where(r.enrolment_id == e.id, r.occurrence == m.seq, r.rung == rung).exists()
    late = (e.status == Status.PAUSED) | (e.due_on < bindparam("today"))
    reminds = used & is_of_now() & ((m.audience == COORDINATOR) | late)
    # An undo is told to whoever heard of the move, too: that says nothing of whose case it is.
    is_theirs = or_(*(and_(m.audience == one, is_) for one, is_ in answers_as(other.c.recipient_id).items()))
    told = select(other.c.id).where(*same, by_others, m.kind.not_in(kinds.TAKING_BACK) | is_theirs).exists()
    undo = (TRANSITION.c.enrolment_id == m.enrolment_id, TRANSITION.c.seq == m.seq)
    nothing_was_told = ~select(TRANSITION.c.id).where(*undo, heard_of_it(TRANSITION.c, "audience")).exists()
    is_no_news = or_(
        told,
        m.kind.in_(kinds.REMINDERS) & ~reminds,
        m.kind.in_(kinds.TAKING_BACK) & nothing_was_told,
    )
    return _written().where(unreached, ~is_no_news)


def _is_told_by_another_way() -> ColumnElement[bool]:
    m, other, digest = MESSAGE.c, MESSAGE.alias("other"), MESSAGE.alias("digest")
    same = [other.c[name] == m[name] for name in ("enrolment_id", "seq", "kind", "recipient_id")]
    went = {name: func.coalesce(digest.c[name], other.c[name]) for name in ("state", "reason", "finished_at")}
    came = may_have_come(went["state"], went["reason"]) & went["finished_at"].is_not(None)
    found = select(other.c.id).outerjoin(digest, digest.c.id == other.c.digest_id)
    return found.where(*same, other.c.id != m.id, came).exists()


_TOLD_TO_NOBODY = _told_to_nobody()
_UNTOLD = _written().where(MESSAGE.c.id.in_(bindparam("ids", expanding=True)), ~_is_told_by_another_way())
