"""Stays in a stage, as the transitions tell of them. A move that was taken back counts for nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, func, select

from engine.history import Verb
from onboarding.store import ENROLMENT, TRANSITION

_ARRIVALS = (Verb.ENROL, Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)


def visits(*which: ColumnElement[bool]) -> Subquery:
    """Each arrival that stands: `enrolment_id`, `stage` (or ending), `entered_on`, and as `left_on` the day of the next
    one. `which` are conditions on rows of `ENROLMENT`.
    """
    e, t = ENROLMENT.c, TRANSITION.c
    undo = TRANSITION.alias()
    taken_back = select(undo.c.id).where(
        undo.c.enrolment_id == t.enrolment_id,
        undo.c.action == Verb.UNDO,
        undo.c.undoes <= t.seq,
        undo.c.seq > t.seq,
    )
    left_on: Any = func.lead(t.occurred_on, type_=Date).over(partition_by=t.enrolment_id, order_by=t.seq)
    return (
        select(t.enrolment_id, t.to_stage.label("stage"), t.occurred_on.label("entered_on"), left_on.label("left_on"))
        .join_from(TRANSITION, ENROLMENT, t.enrolment_id == e.id)
        .where(*which)
        .where(t.action.in_(_ARRIVALS), ~taken_back.exists())
        .subquery()
    )
