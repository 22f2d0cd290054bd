"""Why messages are told as one, as their digest says: what stood still, who had them before, or what somebody chose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from engine.history import Verb
from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import Pace
from notifications.because import Occasion
from notifications.pace import Choices
from notifications.queue import MESSAGE
from onboarding.piles import LATE, Pile, due_at, late_among
from onboarding.sorting import choices_of
from onboarding.store import TRANSITION

#: However seldom deliveries come, one comes within as long: what waits longer in open hours waits because of a stop.
NOW_AND_THEN = timedelta(minutes=15)

#: A storm and old cases are told of alone.
SAYS_WHO_IS_LATE = frozenset({Occasion.DIGEST, Occasion.HOURS, Occasion.CATCH_UP})


def why_late(session: Session, pile: Pile, now: datetime, otherwise: Occasion) -> Occasion:
    """Why any of it is late: nothing was swept or sent, or it was to be told to somebody else, or not to be told until
    somebody said so. `otherwise` its cases were enrolled, or changed, later than the day on which somebody was to be
    reminded of them. Where all of it waited for their hours alone, nothing stood still.
    """
    m, t, first = MESSAGE.c, TRANSITION.c, MESSAGE.alias("first").c
    before = select(func.max(t.at)).where(t.enrolment_id == m.enrolment_id, t.at < m.created_at)
    changed, asked_for = before.scalar_subquery(), before.where(t.action == Verb.REMIND).scalar_subquery()
    # Not by its cause: by a further way it has another.
    same = (first.enrolment_id == m.enrolment_id, first.seq == m.seq, first.kind == m.kind)
    somebody_elses = first.recipient_id.is_distinct_from(m.recipient_id)
    passed_on = select(first.id).where(*same, somebody_elses, first.created_at < m.created_at).exists()
    changed_at = func.coalesce(changed, m.created_at, type_=t.at.type).label("changed")
    told = (m.created_at, m.meant_on, m.pace, m.planned_at, m.send_after)
    asked = (*told, changed_at, passed_on.label("passed_on"), asked_for.label("asked_for"))
    late = late_among(session, pile, now, select(*asked))
    chosen = choices_of(session, {pile.recipient_id})[pile.recipient_id]
    rows = [row for row in late if not _waited_for_hours(row, chosen, now)]
    if any(_was_known(row, now) for row in rows):
        return Occasion.CATCH_UP
    if any(row.passed_on for row in late):
        return Occasion.TAKEN_OVER
    if any(row.asked_for == row.changed for row in rows):
        return Occasion.REMINDED
    return Occasion.HOURS if late and not rows else otherwise


def _was_known(row: Row[Any], now: datetime) -> bool:
    """Whether it should have been told before: it was written days ago, or was known on the day it was meant for."""
    changed_on, today = (at.astimezone(DENMARK).date() for at in (row.changed, now))
    return bool(row.created_at < now - LATE or (changed_on <= row.meant_on < today and not row.passed_on))


def _waited_for_hours(row: Row[Any], chosen: Choices, now: datetime) -> bool:
    """Whether their hours were over before a delivery had to come, and have not begun again before today."""
    opens = chosen.may_be_told(row.planned_at + NOW_AND_THEN, leaves=True)
    today = now.astimezone(DENMARK).date()
    return bool(row.pace == Pace.AT_ONCE and row.send_after == opens and opens.astimezone(DENMARK).date() == today)


def was_put_off(session: Session, pile: Pile, now: datetime) -> bool:
    """Whether any of what is due in a digest is there because of a storm, and not by choice."""
    m = MESSAGE.c
    theirs = (*due_at(Pace.DIGEST, now), m.recipient_id == pile.recipient_id, m.channel == pile.channel)
    topics = session.connection().scalars(select(m.topic).where(*theirs).distinct()).all()
    chosen = choices_of(session, {pile.recipient_id})[pile.recipient_id]
    return any(chosen.pace(Topic(topic)) is Pace.AT_ONCE for topic in topics)
