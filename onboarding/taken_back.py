"""What was told of, or is to be, and was undone since: a digest that comes after says so, by itself it is news no more,
and whoever had heard of it hears of the undo too, also when they would be told of neither by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

from engine.history import Transition, Verb
from models.message import State
from notifications.queue import MESSAGE
from onboarding.outcome import may_have_come
from onboarding.store import TRANSITION

#: What an undo takes back wherever it comes upon it; of anything else only what it names.
_MOVES = (Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)
_Columns = ReadOnlyColumnCollection[str, Any]


def taken_back(session: Session, which: ColumnElement[bool]) -> frozenset[int]:
    """Those of these messages that tell of a transition which an undo took back."""
    return frozenset(session.connection().scalars(_TAKEN_BACK.where(which)))


def _taken_back() -> Select[Any]:
    m, undo = MESSAGE.c, TRANSITION.alias("undo")
    return select(m.id).join(TRANSITION, _tells(m, TRANSITION.c)).join(undo, _takes_back(undo.c, TRANSITION.c))


def _tells(m: _Columns, t: _Columns) -> ColumnElement[bool]:
    return and_(t.enrolment_id == m.enrolment_id, t.seq == m.seq, m.cause.startswith("transition:"))


def _takes_back(undo: _Columns, t: _Columns) -> ColumnElement[bool]:
    since = (undo.enrolment_id == t.enrolment_id, undo.undoes <= t.seq, undo.seq > t.seq)
    return and_(*since, t.action.in_(_MOVES) | (undo.undoes == t.seq))


_TAKEN_BACK = _taken_back()  # made once: to make it takes longer than to ask it


def is_taken_back(t: _Columns) -> ColumnElement[bool]:
    """Whether a row of `MESSAGE` tells of this transition, and an undo took it back."""
    undo = TRANSITION.alias("undo")
    since = select(undo.c.id).where(_takes_back(undo.c, t)).correlate(MESSAGE, TRANSITION).exists()
    return _tells(MESSAGE.c, t) & since


def who_heard(session: Session, enrolment_id: int, undone: Sequence[Transition]) -> list[tuple[str, int]]:
    """Who was sent a message of one of these, alone or in a digest, may have been, or is being sent it: as which
    audience, and the number of their row.
    """
    if not undone:
        return []
    had = _HAD.c
    of_these = (had.enrolment_id == enrolment_id, had.seq.in_([transition.seq for transition in undone]))
    wanted = _WERE_OR_ARE.with_only_columns(had.audience, had.recipient_id)
    rows = session.connection().execute(wanted.where(*of_these).order_by(had.id))
    return [(audience, recipient) for audience, recipient in rows]


def heard_of_it(undo: _Columns, who: str = "recipient_id") -> Exists:
    """Whether the recipient of a row of `MESSAGE`, or anybody in its `audience`, was sent a message of what this undo
    takes back, and no other did before it, or may have been.
    """
    had, t, earlier = _HAD.c, TRANSITION.alias("undone"), TRANSITION.alias("earlier")
    before = select(earlier.c.id).where(_takes_back(earlier.c, t.c), earlier.c.seq < undo.seq).correlate(t, TRANSITION)
    told = _WERE_SENT.join(t, _tells(had, t.c)).where(_takes_back(undo, t.c), ~before.exists())
    return told.where(had[who] == MESSAGE.c[who]).correlate(MESSAGE, TRANSITION).exists()


def _were_sent(*, being_sent: bool) -> Select[Any]:
    had, digest = _HAD.c, MESSAGE.alias("digest")
    state, reason, lease = (func.coalesce(digest.c[name], had[name]) for name in ("state", "reason", "lease"))
    sent = may_have_come(state, reason)
    if being_sent:
        sent |= (state == State.QUEUED) & lease.is_not(None)
    return (
        select(had.id)
        .outerjoin(digest, digest.c.id == had.digest_id)
        .where(sent, had.cause.startswith("transition:"), had.recipient_id.is_not(None))
    )


_HAD = MESSAGE.alias("had")
_WERE_SENT, _WERE_OR_ARE = _were_sent(being_sent=False), _were_sent(being_sent=True)
