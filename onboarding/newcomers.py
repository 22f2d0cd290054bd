"""Messages follow whoever has the case: what was not told to somebody who is in its audience no more, or in an area
without a manager, goes to whoever is in it by then. That somebody left is no reason for an escalation to end there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select, true
from sqlmodel import Session

from engine import kinds
from engine.audience import MANAGER
from engine.case import Status
from engine.history import Verb
from engine.workdays import DENMARK
from models.message import TOLD, State
from models.staff import Staff
from models.types import table
from notifications.audiences import Directory
from notifications.queue import MESSAGE, is_copy, waiting
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.overtaken import again
from onboarding.store import ENROLMENT, REMINDER, chunks
from onboarding.taken_back import taken_back
from onboarding.telling_rows import is_of_now
from onboarding.unsent import UNREACHED

STAFF = table(Staff)

#: What tells a coordinator that a case is theirs: whoever has it after them got one of these of their own.
_YOURS = (kinds.OF_VERB[Verb.ENROL], kinds.ASSIGNED)
_ABOUT = ("id", "cause", "kind", "topic", "audience", "enrolment_id", "seq", "due_on", "meant_on", "on_day")
_TOLD = ("recipient_id", "state", "reason")
_WHO = (ENROLMENT.c.area_id, ENROLMENT.c.coordinator_id, ENROLMENT.c.officer_id)


def tell_what_waits(session: Session, email: str, at: datetime) -> None:
    """Whoever has this e-mail manages areas since now, if they are a manager: writes to them what no manager of these
    was told and is still so.
    """
    directory = Directory.load(session)
    newcomer: int = session.connection().execute(select(STAFF.c.id).where(STAFF.c.email == email)).scalar_one()
    areas = directory.areas_of(MANAGER, newcomer)
    if areas is not None and not areas:
        return
    here = true() if areas is None else ENROLMENT.c.area_id.in_(areas)
    written: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.connection().execute(_GONE_UP.where(here), {"today": at.astimezone(DENMARK).date()}):
        if not is_copy(row.cause):
            written[row.cause].append(row)
    # What waits for somebody who has left is passed on when its turn comes.
    untold = [about[0] for about in written.values() if all(_is_unreached(row) for row in about)]
    again(session, [_anew(row, newcomer, at) for row in untold])


def pass_on(session: Session, message_ids: Sequence[int], at: datetime) -> None:
    """Writes these messages, which their recipients do not get any more, to whoever has the case by now, except what
    was told by another way when the case was still theirs.
    """
    directory = Directory.load(session)
    rows = [row for ids in chunks(message_ids) for row in session.connection().execute(_UNTOLD, {"ids": ids})]
    undone = taken_back(session, MESSAGE.c.id.in_([row.id for row in rows]))
    goes_to = [
        (row, there)
        for row in rows
        if not is_copy(row.cause) and row.kind not in _YOURS and row.id not in undone
        for there in directory.people(row.audience, row)
        if there != row.recipient_id and there in directory.active
    ]
    again(session, [_anew(row, there, at) for row, there in goes_to])


def _is_unreached(row: Row[Any]) -> bool:
    return bool(row.state == State.SKIPPED and row.reason in UNREACHED)


def _anew(row: Row[Any], recipient: int, at: datetime) -> dict[str, Any]:
    # What happened, happened on its day.
    on_day = at.astimezone(DENMARK).date() if row.kind in kinds.REMINDERS else row.on_day
    anew = waiting(row.cause, row.kind, row.topic, row.audience, recipient, on_day, at, row.meant_on)
    return anew | {"enrolment_id": row.enrolment_id, "seq": row.seq, "due_on": row.due_on}


def _written() -> Select[Any]:
    wanted = select(*(MESSAGE.c[name] for name in (*_ABOUT, *_TOLD)), *_WHO)
    return wanted.join(ENROLMENT, ENROLMENT.c.id == MESSAGE.c.enrolment_id).order_by(MESSAGE.c.id)


def _still_so() -> ColumnElement[bool]:
    """The enrolment is in the visit of which it is, and late, or in the pause; and its rung was used: one that rests or
    was held back is written again when it is due.
    """
    m, e, r = MESSAGE.c, ENROLMENT.c, REMINDER.c
    late = (e.status == Status.PAUSED) | (e.due_on < bindparam("today"))
    rung = case(*((m.kind == kind, str(rung)) for rung, kind in kinds.OF_RUNG.items() if kind in kinds.GOES_UP))
    used = select(r.id).where(r.enrolment_id == e.id, r.occurrence == m.seq, r.rung == rung).exists()
    return used & late & is_of_now()


def _is_told_by_another_way() -> ColumnElement[bool]:
    m, other, digest = MESSAGE.c, MESSAGE.alias("other"), MESSAGE.alias("digest")
    same = [other.c[name] == m[name] for name in ("enrolment_id", "seq", "kind", "recipient_id")]
    went = {name: func.coalesce(digest.c[name], other.c[name]) for name in ("state", "reason", "finished_at")}
    came = went["state"].in_(TOLD) | (went["reason"] == MAY_BE_RECEIVED) & went["finished_at"].is_not(None)
    found = select(other.c.id).outerjoin(digest, digest.c.id == other.c.digest_id)
    return found.where(*same, other.c.id != m.id, came).exists()


_GONE_UP = _written().where(MESSAGE.c.audience == MANAGER, MESSAGE.c.kind.in_(kinds.GOES_UP), _still_so())
_UNTOLD = _written().where(MESSAGE.c.id.in_(bindparam("ids", expanding=True)), ~_is_told_by_another_way())
