"""What was told of, or is to be, and was undone since: a digest that comes after says so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session

from engine.history import Verb
from notifications.queue import MESSAGE
from onboarding.store import TRANSITION

#: What an undo takes back wherever it comes upon it; of anything else only what it names.
_MOVES = (Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)


def taken_back(session: Session, which: ColumnElement[bool]) -> frozenset[int]:
    """Those of these messages that tell of a transition which an undo took back."""
    return frozenset(session.connection().scalars(_TAKEN_BACK.where(which)))


def _taken_back() -> Select[Any]:
    m, t, undo = MESSAGE.c, TRANSITION.c, TRANSITION.alias("undo")
    since = (undo.c.enrolment_id == t.enrolment_id, undo.c.undoes <= t.seq, undo.c.seq > t.seq)
    return (
        select(m.id)
        .join(TRANSITION, (t.enrolment_id == m.enrolment_id) & (t.seq == m.seq))
        .join(undo, since[0] & since[1] & since[2])
        .where(m.cause.startswith("transition:"), t.action.in_(_MOVES) | (undo.c.undoes == t.seq))
    )


_TAKEN_BACK = _taken_back()  # made once: to make it takes longer than to ask it
