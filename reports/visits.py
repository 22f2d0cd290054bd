"""Stays in a stage, as the transitions tell of them. A move that was taken back counts for nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, func, literal, or_, select

from engine.history import Verb
from onboarding.store import ENROLMENT, TRANSITION

#: Written out in the statement: by a parameter a planner could not tell that the index of undone moves will do.
_UNDO = literal(Verb.UNDO, literal_execute=True)
_LATER = TRANSITION.alias()
_ARRIVALS = (Verb.ENROL, Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)


def arrivals(*columns: Any) -> Select[Any]:
    """These columns of each move that stands, and of each beginning; joined to its enrolment."""
    t, undo = TRANSITION.c, _LATER
    ever_undone = select(undo.c.enrolment_id).where(undo.c.action == _UNDO)
    taken_back = ever_undone.where(
        undo.c.enrolment_id == t.enrolment_id, undo.c.undoes <= t.seq, undo.c.seq > t.seq
    ).correlate(TRANSITION)
    # Most enrolments have no undo, and are asked about once for all.
    stands = or_(t.enrolment_id.not_in(ever_undone), ~taken_back.exists())
    of_each = select(*columns).join_from(TRANSITION, ENROLMENT, t.enrolment_id == ENROLMENT.c.id)
    return of_each.where(t.action.in_(_ARRIVALS), stands)


def visits(*whose: ColumnElement[bool], until: date | None = None) -> Subquery:
    """Each stay: `enrolment_id`, `stage` (or ending), `entered_on`, and as `left_on` the day of the next move, if there
    is one; as it was known at the close of the day `until`. `whose` are conditions on rows of `ENROLMENT`.
    """
    t = TRANSITION.c
    left_on: Any = func.lead(t.occurred_on, type_=Date).over(partition_by=t.enrolment_id, order_by=t.seq)
    named = (t.to_stage.label("stage"), t.occurred_on.label("entered_on"), left_on.label("left_on"))
    known = arrivals(t.enrolment_id, *named).where(*whose)
    return (known if until is None else known.where(t.occurred_on <= until)).subquery()
