"""Whom a channel refused, in earlier deliveries too: one person's wrong address, or everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select, update
from sqlmodel import Session

from engine.workdays import DENMARK
from models.message import State
from onboarding.absences import stand_ins
from onboarding.outbox import ATTEMPT, MESSAGE
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.store import chunks

#: How many attempts are looked back at for who was out of reach before.
REMEMBERED = 1000

_M, _A = MESSAGE.c, ATTEMPT.c
_OF_CHANNEL = _A.channel == bindparam("channel")
_LAST_THROUGH = select(_A.id).where(_OF_CHANNEL, _A.ok).order_by(_A.id.desc()).limit(1).scalar_subquery()


def _refused_in_vain() -> Select[Any]:
    since = (_A.id > func.coalesce(_LAST_THROUGH, 0), _OF_CHANNEL)
    # Silence counts against no message, and what a way has given up goes by mail.
    refused = (_M.attempts > 0) & _M.reason.is_distinct_from(MAY_BE_RECEIVED) | (_M.channel != bindparam("way"))
    whose = (_M.id, _M.recipient_id, _M.channel)
    wanted = select(*whose, func.max(_A.at, type_=_A.at.type).label("at")).join_from(ATTEMPT, MESSAGE)
    return wanted.where(*since, _M.recipient_id.is_not(None), refused).group_by(*whose)


def _out_of_reach() -> Select[Any]:
    ok, failed = (func.max(case((said, _A.id), else_=0)) for said in (_A.ok, ~_A.ok))
    until = (_A.id <= _LAST_THROUGH, _A.id > _LAST_THROUGH - REMEMBERED, _OF_CHANNEL)
    wanted = select(_M.recipient_id).join_from(ATTEMPT, MESSAGE).where(*until, _M.recipient_id.is_not(None))
    return wanted.group_by(_M.recipient_id).having(failed > ok)


_REFUSED_IN_VAIN, _OUT_OF_REACH = _refused_in_vain(), _out_of_reach()


def refused_in_vain(session: Session, way: str, channel: str) -> dict[int, list[int]]:
    """What a way's channel refused since something went through, by whom it went to: whoever stood in on that day. One
    wrong address is one person, also where it takes what is for others. What goes by another way by now is not named.
    """
    refused, away = defaultdict[int, list[int]](list), dict[date, dict[int, int]]()
    for message in session.connection().execute(_REFUSED_IN_VAIN, {"way": way, "channel": channel}):
        on = message.at.astimezone(DENMARK).date()
        if on not in away:
            away[on] = stand_ins(session, on)
        theirs = refused[away[on].get(message.recipient_id, message.recipient_id)]
        theirs += [message.id] if message.channel == way else []
    return dict(refused)


def out_of_reach(session: Session, channel: str) -> frozenset[int]:
    """Who could not be sent the last thing that was for them when something went through to others by this channel."""
    return frozenset(session.connection().scalars(_OUT_OF_REACH, {"channel": channel}))


def forgive(session: Session, message_ids: Sequence[int]) -> None:
    """Those that wait were not at fault: they have a full set of attempts, and wait as long as they would have."""
    for ids in chunks(message_ids):
        waiting = update(MESSAGE).where(MESSAGE.c.id.in_(ids), MESSAGE.c.state == State.QUEUED)
        session.connection().execute(waiting.values(attempts=0))
