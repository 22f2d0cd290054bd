"""Reminders that were overtaken: what is still to be sent about a stage or a pause that is over is not sent.

A reminder that reached nobody was not used: where the candidate comes back to the same visit (a pause ends, a move is
undone), it is written again for the day on which it is due by then. A row that was held back, or left out because of a
stand-in, is then sent after all, so that nobody ever has two about the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, bindparam, delete, func, literal_column, null, select
from sqlmodel import Session

from engine import kinds
from models.bulk import execute_many
from models.message import State
from models.types import UtcDateTime
from notifications.queue import MESSAGE
from onboarding.outbox import MAY_BE_RECEIVED, NOTHING_NEW, skip, unsent
from onboarding.signed import Signed
from onboarding.store import REMINDER

#: Why it is not sent: it is over, or somebody has said that nobody need be reminded for now.
REASON = "overtaken"
SNOOZED = "snoozed"
ELSEWHERE = "handled_elsewhere"

_RUNG_OF = {kind: rung for rung, kind in kinds.OF_RUNG.items()}


def _unsent_reminders() -> Select[Any]:
    m, digest = MESSAGE.c, MESSAGE.alias("digest")
    reason = func.coalesce(m.reason, digest.c.reason).label("reason")
    wanted = select(m.id, m.enrolment_id, m.seq, m.kind, reason).outerjoin(digest, digest.c.id == m.digest_id)
    of_these = m.enrolment_id.in_(bindparam("left", expanding=True))
    return wanted.where(of_these, m.kind.in_(_RUNG_OF), unsent(bindparam("now", type_=UtcDateTime)))


_UNSENT_REMINDERS = _unsent_reminders()  # made once: to make it takes longer than to ask it


def hold_back(session: Session, left: Mapping[int, int], signed: Signed, reason: str = REASON) -> None:
    """`left`: by enrolment, the occurrence that is over, or that rests. What a delivery has in hand may be on its way,
    and goes.
    """
    if not left:
        return
    rows = session.connection().execute(_UNSENT_REMINDERS, {"left": [*left], "now": signed.at}).all()
    # What may have come was used: the same is not told again, under another Message-ID.
    used = [row.id for row in rows if left[row.enrolment_id] == row.seq and row.reason == MAY_BE_RECEIVED]
    over = [row for row in rows if left[row.enrolment_id] == row.seq and row.reason != MAY_BE_RECEIVED]
    skip(session, used, MAY_BE_RECEIVED, signed.at)
    skip(session, [row.id for row in over], reason, signed.at)
    for enrolment_id, seq, rung in {(row.enrolment_id, row.seq, _RUNG_OF[row.kind]) for row in over}:
        # With it go those that it spoke for, which told nobody.
        r = REMINDER.c
        of_this = (r.enrolment_id == enrolment_id, r.occurrence == seq)
        used_at = select(r.at).where(*of_this, r.rung == rung).scalar_subquery()
        session.connection().execute(delete(REMINDER).where(*of_this, r.superseded | (r.rung == rung), r.at >= used_at))


def again(session: Session, messages: Sequence[Mapping[str, Any]]) -> int:
    """Writes messages that may have been written before; gives how many are to be sent. Whoever has had one, or has it
    waiting, gets no other.
    """
    return execute_many(session, _again(session.connection().dialect.name), messages) if messages else 0


@cache
def _again(dialect: str) -> Insert:
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:  # a command that reminds nobody of anything goes without the other one
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    new = insert(MESSAGE)
    told = ("audience", "on_day", "due_on", "meant_on", "created_at")
    goes = ("state", "attempts", "send_after", "channel", "pace", "planned_at")
    held_back = ", ".join(f"'{reason}'" for reason in (REASON, SNOOZED, ELSEWHERE, NOTHING_NEW))
    never_sent = f"message.state = '{State.SKIPPED}' AND message.reason IN ({held_back})"
    return new.on_conflict_do_update(
        index_elements=["cause", "recipient_id"],
        set_={name: new.excluded[name] for name in (*told, *goes)} | {"reason": null(), "finished_at": null()},
        where=literal_column(never_sent),
    )
