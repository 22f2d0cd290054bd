"""What telling reads of messages: who is told by which way, and what of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, and_, bindparam, case, false, func, literal, null, or_, select
from sqlmodel import Session

from engine import kinds
from engine.case import Status
from models.area import HostArea
from models.message import State
from models.types import table
from notifications.queue import MESSAGE
from onboarding.outcome import ELSEWHERE, OVERTAKEN, SNOOZED
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, PAUSE, SNOOZE, TRANSITION
from onboarding.taken_back import heard_of_it, is_taken_back
from onboarding.visibility import answers_as

AREA = table(HostArea)


def read(session: Session, message_ids: Sequence[int], on: date) -> Sequence[Row[Any]]:
    """A row a message, in the order of their ids, and one for each that a digest among them gathers: who is told by
    which way, and from `enrolment_id` on what it tells of. `on`: as it stands on this day.
    """
    return session.connection().execute(_WANTED, {"ids": list(message_ids), "on": on}).all()


def has_left(row: Row[Any]) -> bool:
    """Whether its recipient is not to be told any more: it is somebody else's case, and they never heard of it."""
    return bool(row.is_beyond and not row.heard)


def _is_beyond() -> ColumnElement[bool]:
    """Whether it tells somebody of a case as one who does not answer for it any more."""
    m = MESSAGE.c
    no_more = (
        and_(m.audience == audience, ~func.coalesce(answers, false()))
        for audience, answers in answers_as(m.recipient_id).items()
    )
    return and_(m.enrolment_id.is_not(None), m.recipient_id.is_not(None), or_(*no_more))


def is_of_now() -> ColumnElement[bool]:
    """Whether a reminder is of the visit, or the pause, that its enrolment is in."""
    m, e, p = MESSAGE.c, ENROLMENT.c, PAUSE.c
    lasts = select(p.id).where(p.enrolment_id == e.id, p.seq == m.seq, p.until_on.is_(None)).exists()
    return or_(and_(e.status == Status.OPEN, e.visit == m.seq), and_(e.status == Status.PAUSED, lasts))


def _over() -> ColumnElement[str | None]:
    """Why a reminder is over. It was held back when that happened, unless a delivery had it in hand: that may have died
    since, or given it back.
    """
    m, s = MESSAGE.c, SNOOZE.c
    rests = select(s.id).where(s.enrolment_id == m.enrolment_id, s.occurrence == m.seq)
    why = (
        (m.kind.not_in(kinds.REMINDERS), null()),
        (~is_of_now(), literal(OVERTAKEN)),
        (rests.where(s.until.is_(None)).exists(), literal(ELSEWHERE)),
        (rests.where(s.until > bindparam("on")).exists(), literal(SNOOZED)),
    )
    return case(*why, else_=null()).label("over")


def _who() -> Sequence[ColumnElement[Any]]:
    m = MESSAGE.c
    told = (m.id, m.cause, m.kind, m.topic, m.audience, m.channel, m.recipient_id, m.created_at, m.digest_id)
    # That it was undone they are told all the same: they know what was.
    heard = m.kind.in_(kinds.TAKING_BACK) & heard_of_it(TRANSITION.c)
    undone = is_taken_back(TRANSITION.c).label("undone")
    return (*told, m.list_import_id, m.on_day, _is_beyond().label("is_beyond"), heard.label("heard"), undone, _over())


_WHO = _who()
#: Where in a row what it tells of begins.
BEFORE_THE_CASE = len(_WHO)


def _wanted() -> Any:
    m, e, t = MESSAGE.c, ENROLMENT.c, TRANSITION.c
    about = (m.enrolment_id, e.reference, e.pathway_key, e.pathway_version, AREA.c.name, CANDIDATE.c.name)
    # How a deadline stands is said as it is by now: it may have moved while a delivery that died had its reminder.
    due_on = case((m.kind.in_(kinds.REMINDERS), e.due_on), else_=m.due_on).label("due_on")
    moved = (due_on, t.step, t.from_stage, t.to_stage, t.reason, t.review_on)
    of_these: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(*_WHO, *about, *moved)
        .select_from(MESSAGE)
        .outerjoin(ENROLMENT, m.enrolment_id == e.id)
        .outerjoin(TRANSITION, (t.enrolment_id == m.enrolment_id) & (t.seq == m.seq))
        .outerjoin(CANDIDATE, e.candidate_id == CANDIDATE.c.id)
        .outerjoin(AREA, e.area_id == AREA.c.id)
        .where(m.id.in_(of_these) | (m.digest_id.in_(of_these) & (m.state == State.GATHERED)))
        .order_by(m.id)
    )


# Made once: to make them takes longer than to ask them.
_WANTED = _wanted()

_HELD = select(MILESTONE.c.enrolment_id, MILESTONE.c.key).where(
    MILESTONE.c.enrolment_id.in_(bindparam("ids", expanding=True)), MILESTONE.c.withdrawn_at.is_(None)
)


def held(session: Session, enrolment_ids: Set[int]) -> Mapping[int, Set[str]]:
    """By enrolment, the keys of the milestones that are reached."""
    found: dict[int, set[str]] = defaultdict(set)
    for enrolment_id, key in session.connection().execute(_HELD, {"ids": list(enrolment_ids)}):
        found[enrolment_id].add(key)
    return found
