"""Whoever comes to manage an area is told what its managers were to be told of and none of them was, as far as it still
is so: that an area was without a manager for a while, or changed hands, is no reason for an escalation to end there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, select, true
from sqlmodel import Session

from engine import kinds
from engine.audience import MANAGER
from engine.case import Status
from engine.workdays import DENMARK
from models.message import MAIL, State
from models.staff import Staff
from models.types import table
from notifications.audiences import Directory
from notifications.queue import GOES_UP, MESSAGE
from onboarding.outbox import UNREACHED
from onboarding.overtaken import again
from onboarding.store import ENROLMENT, PAUSE

STAFF = table(Staff)

_KINDS = [kinds.OF_RUNG[rung] for rung in GOES_UP]
_TOLD = ("cause", "kind", "topic", "audience", "enrolment_id", "seq", "due_on")


def tell_what_waits(session: Session, email: str, at: datetime) -> int:
    """Gives how many messages were written to whoever has this e-mail: none, unless they are a manager."""
    directory = Directory.load(session)
    newcomer: int = session.connection().execute(select(STAFF.c.id).where(STAFF.c.email == email)).scalar_one()
    areas = directory.areas_of(MANAGER, newcomer)
    if areas is not None and not areas:
        return 0
    here = true() if areas is None else ENROLMENT.c.area_id.in_(areas)
    written: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.connection().execute(_WRITTEN.where(here), {"today": _day(at)}):
        written[row.cause].append(row)
    untold = [about[0] for about in written.values() if not any(_is_told(row, directory) for row in about)]
    return again(session, [_anew(row, newcomer, at) for row in untold])


def _is_told(row: Row[Any], directory: Directory) -> bool:
    """Whether it was sent to somebody who was a manager then, or is on its way to one who still is."""
    if row.state == State.SKIPPED:
        return row.reason not in UNREACHED
    waits = row.state in (State.QUEUED, State.DEAD)
    return not waits or row.recipient_id in directory.of_area(MANAGER, row.area_id)


def _anew(row: Row[Any], recipient: int, at: datetime) -> dict[str, Any]:
    new = {"recipient_id": recipient, "channel": MAIL, "state": State.QUEUED, "attempts": 0}
    when = {"on_day": _day(at), "meant_on": _day(at), "send_after": at, "created_at": at}
    return {name: row._mapping[name] for name in _TOLD} | new | when | {"pace": None, "planned_at": None}


def _day(at: datetime) -> date:
    return at.astimezone(DENMARK).date()


def _still_so() -> ColumnElement[bool]:
    """The enrolment is in the visit of which it is, and late, or in the pause."""
    m, e, p = MESSAGE.c, ENROLMENT.c, PAUSE.c
    lasts = select(p.id).where(p.enrolment_id == e.id, p.seq == m.seq, p.until_on.is_(None)).exists()
    late = and_(e.status == Status.OPEN, e.due_on < bindparam("today"), e.visit == m.seq)
    return late | and_(e.status == Status.PAUSED, lasts)


_WRITTEN = (
    select(*(MESSAGE.c[name] for name in (*_TOLD, "recipient_id", "state", "reason")), ENROLMENT.c.area_id)
    .join(ENROLMENT, ENROLMENT.c.id == MESSAGE.c.enrolment_id)
    .where(MESSAGE.c.audience == MANAGER, MESSAGE.c.kind.in_(_KINDS), _still_so())
    .where(~MESSAGE.c.cause.contains("#", autoescape=True))
    .order_by(MESSAGE.c.id)
)
