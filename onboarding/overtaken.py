"""Reminders that were overtaken: what is still to be sent about a stage or a pause that is over is not sent, nor what a
weightier reminder says by now.

A reminder that reached nobody was not used: where the candidate comes back to the same visit (a pause ends, a move is
undone), or gets another coordinator, it is written again for the day on which it is due by then. A row that was held
back, or left out because of a stand-in, is then sent after all, so that nobody ever has two about the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, bindparam, delete, func, literal_column, null, select
from sqlmodel import Session

from engine import kinds
from engine.case import Rung
from engine.reminders import lighter_than
from models.bulk import execute_many
from models.message import TOLD, State
from models.types import UtcDateTime
from models.upsert import upsert
from notifications.queue import MESSAGE
from onboarding.outcome import MAY_BE_RECEIVED, OVER, OVERTAKEN
from onboarding.signed import Signed
from onboarding.store import REMINDER, Loaded, cases
from onboarding.unsent import NOTHING_NEW, UNREACHED, skip, unsent

_RUNG_OF = {kind: rung for rung, kind in kinds.OF_RUNG.items()}


def _untold() -> Select[Any]:
    m, digest = MESSAGE.c, MESSAGE.alias("digest")
    reason = func.coalesce(m.reason, digest.c.reason).label("reason")
    # Whoever had it in hand is gone, and may have sent it.
    in_hand = (m.lease.is_not(None) | digest.c.lease.is_not(None)).label("in_hand")
    told = (m.id, m.enrolment_id, m.seq, m.kind, m.recipient_id, reason, in_hand)
    wanted = select(*told).outerjoin(digest, digest.c.id == m.digest_id)
    of_these = m.enrolment_id.in_(bindparam("of_these", expanding=True))
    in_vain = (m.state == State.SKIPPED) & m.reason.in_(UNREACHED)
    untold = wanted.where(of_these, m.kind.in_(_RUNG_OF), unsent(bindparam("now", type_=UtcDateTime)) | in_vain)
    return untold.order_by(m.id).with_for_update(of=MESSAGE, key_share=True)  # as `hold`: some are skipped after others


def _may_have_come() -> ColumnElement[bool]:
    """Of those of which what was not sent yet is skipped already: a delivery may have the others in hand."""
    return (MESSAGE.c.state != State.SKIPPED) | (MESSAGE.c.reason == MAY_BE_RECEIVED)


_UNTOLD = _untold()  # made once, as the one below: to make it takes longer than to ask it
_TOLD = tuple(MESSAGE.c[name] for name in ("enrolment_id", "seq", "kind", "recipient_id"))
_HAD_IT = select(*_TOLD, MESSAGE.c.id).where(
    MESSAGE.c.enrolment_id.in_(bindparam("of_these", expanding=True)), MESSAGE.c.kind.in_(_RUNG_OF), _may_have_come()
)
_SKIPPED = select(*_TOLD).where(MESSAGE.c.state == State.SKIPPED, MESSAGE.c.reason.in_(OVER))


def hold_back(session: Session, left: Mapping[int, int], signed: Signed, reason: str = OVERTAKEN) -> None:
    """`left`: by enrolment, the occurrence that is over, or that rests. What a delivery has in hand may be on its way,
    and goes, unless it is put into words later.
    """
    _not_used(session, _skip(session, _every_rung(left), signed, reason))


def handed_over(session: Session, found: Sequence[Loaded], signed: Signed) -> list[Loaded]:
    """Enrolments that get another coordinator or area: whoever is to be told by then is told what nobody has been, and
    what a dead delivery had in hand: that they did not have. Gives them as they are now, with those reminders not used.
    """
    here = {loaded.id: loaded.case.occurrence for loaded in found}
    left = {number: seq for number, seq in here.items() if seq is not None}
    _not_used(session, _skip(session, _every_rung(left), signed, OVERTAKEN, in_hand_is_used=False))
    return cases(session, [loaded.row for loaded in found]) if found else []


def speak_for(session: Session, spoken: Mapping[tuple[int, int], Rung], signed: Signed) -> None:
    """`spoken`: by enrolment and occurrence, the reminder that is written now. A lighter one that still waits would say
    less than it, and later than it should have: it is not sent beside it.
    """
    lighter = {about: lighter_than(rung) for about, rung in spoken.items()}
    for enrolment_id, seq, rung in _skip(session, lighter, signed, OVERTAKEN):
        m = MESSAGE.c
        told = select(m.id).where(m.enrolment_id == enrolment_id, m.seq == seq, m.kind == kinds.OF_RUNG[rung])
        nobody = ~told.where(_may_have_come()).exists()
        session.connection().execute(delete(REMINDER).where(*_of(enrolment_id, seq, rung), nobody))


def not_used(session: Session, message_ids: Sequence[int]) -> None:
    """These were over when they were to be put into words: a reminder among them that nobody can have had, as it would
    be if it had been held back in time, was not used.
    """
    asked = _SKIPPED.where(MESSAGE.c.id.in_(message_ids))
    found = {(row.enrolment_id, row.seq, row.kind, row.recipient_id) for row in session.connection().execute(asked)}
    of_these = {"of_these": list({enrolment_id for enrolment_id, *_ in found})}
    had = {tuple(about) for *about, _ in session.connection().execute(_HAD_IT, of_these)} if found else set()
    _not_used(session, {(enrolment_id, seq, _RUNG_OF[kind]) for enrolment_id, seq, kind, _ in found - had})


def _every_rung(left: Mapping[int, int]) -> Mapping[tuple[int, int], Collection[Rung]]:
    return {about: frozenset(Rung) for about in left.items()}


def _not_used(session: Session, about: Iterable[tuple[int, int, Rung]]) -> None:
    for enrolment_id, seq, rung in about:
        session.connection().execute(delete(REMINDER).where(*_of(enrolment_id, seq, rung)))


def _of(enrolment_id: int, seq: int, rung: Rung) -> tuple[ColumnElement[bool], ...]:
    r = REMINDER.c
    return r.enrolment_id == enrolment_id, r.occurrence == seq, r.rung == rung


def _skip(
    session: Session,
    wanted: Mapping[tuple[int, int], Collection[Rung]],
    signed: Signed,
    reason: str,
    *,
    in_hand_is_used: bool = True,
) -> set[tuple[int, int, Rung]]:
    """Skips what was not sent yet of these rungs, by enrolment and occurrence; gives those that did not reach everybody
    whom they were for. Whoever had one by another way was reached.
    """
    if not wanted:
        return set()
    asked = {"of_these": list({enrolment_id for enrolment_id, _ in wanted}), "now": signed.at}
    rows = session.connection().execute(_UNTOLD, asked).all()
    theirs = [row for row in rows if _RUNG_OF[row.kind] in wanted.get((row.enrolment_id, row.seq), ())]
    # What may have come is told to nobody again under another Message-ID.
    may_have_come = [row for row in theirs if row.in_hand or row.reason == MAY_BE_RECEIVED]
    untold = [row for row in theirs if row not in may_have_come]
    skip(session, [row.id for row in may_have_come], MAY_BE_RECEIVED, signed.at)
    skip(session, [row.id for row in untold if row.reason not in UNREACHED], reason, signed.at)
    if not in_hand_is_used:
        untold += [row for row in may_have_come if row.reason != MAY_BE_RECEIVED]
    of_these = {"of_these": list({row.enrolment_id for row in untold})}
    found = session.connection().execute(_HAD_IT, of_these).all() if untold else ()
    had = {tuple(about) for *about, number in found if number not in {row.id for row in untold}}
    missed = (row for row in untold if (row.enrolment_id, row.seq, row.kind, row.recipient_id) not in had)
    return {(row.enrolment_id, row.seq, _RUNG_OF[row.kind]) for row in missed}


def again(session: Session, messages: Sequence[Mapping[str, Any]]) -> int:
    """Writes messages that may have been written before; gives how many are to be sent. Whoever has had one by any way,
    or has it waiting, gets no other.
    """
    return execute_many(session, _again(session.connection().dialect.name), messages) if messages else 0


@cache
def _again(dialect: str) -> Insert:
    new = upsert(dialect, MESSAGE)
    told = ("audience", "on_day", "due_on", "meant_on", "created_at")
    goes = ("state", "attempts", "send_after", "channel", "pace", "planned_at")
    held_back = _listed((*OVER, NOTHING_NEW, *UNREACHED))
    never_sent = f"message.state = '{State.SKIPPED}' AND message.reason IN ({held_back})"
    return new.on_conflict_do_update(
        index_elements=["cause", "recipient_id"],
        set_={name: new.excluded[name] for name in (*told, *goes)} | {"reason": null(), "finished_at": null()},
        where=literal_column(f"{never_sent} AND NOT EXISTS ({_HAD_OTHERWISE})"),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# Written out: SQLAlchemy would not see that the row that is there already is the one that is meant.
_SAME = " AND ".join(f"other.{name} = message.{name}" for name in ("enrolment_id", "seq", "kind", "recipient_id"))
_HAD = f"(other.state IN ({_listed((*TOLD, State.GATHERED))}) OR other.reason = '{MAY_BE_RECEIVED}')"
_HAD_OTHERWISE = f"SELECT 1 FROM message AS other WHERE {_SAME} AND other.id <> message.id AND {_HAD}"  # noqa: S608  names of ours
