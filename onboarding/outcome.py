"""How a message went, and what becomes of it: done, given up, or tried again and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Row

from models.message import TOLD, State
from notifications.channels.envelope import Answer

MOST_ATTEMPTS = 10
#: The reason of a message that one attempt may have delivered: with the second such attempt it is given up, where
#: others get through.
MAY_BE_RECEIVED = "may_be_received"
#: Why nobody is reminded: it is over or a weightier one says it, or somebody has said that nobody need be for now.
OVERTAKEN = "overtaken"
SNOOZED = "snoozed"
ELSEWHERE = "handled_elsewhere"
OVER = (OVERTAKEN, SNOOZED, ELSEWHERE)
#: Why what happened is told no more: it was undone since, of which is told.
UNDONE = "undone"
_FIRST_WAIT, _WAIT_FACTOR, _LONGEST_WAIT = timedelta(seconds=5), 4, timedelta(hours=12)
_LONGEST_WAIT_FOR_A_SERVER = timedelta(minutes=15)
#: Time for a server to come round: each try may be one more copy.
_WAIT_WHEN_UNCERTAIN, _WAIT_WHEN_UNCERTAIN_AGAIN = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a message went. Without an `answer` nothing was sent: `state` and `reason` say why. `apart` are parts of a
    digest that do not go with it, each with its reason; it goes without them.
    """

    state: State
    reason: str | None = None
    answer: Answer | None = None
    apart: tuple[tuple[int, str], ...] = ()


def next_of(
    outcome: Outcome, message: Row[Any], attempts: int, tries: int, random: Random, now: datetime
) -> dict[str, Any]:
    """Whether a message is done, given up or tried again, and when. Of its `tries`, the `attempts` concerned it."""
    answer, uncertain_before = outcome.answer, message.reason == MAY_BE_RECEIVED
    if outcome.state is not State.QUEUED or answer is None:
        # What is refused for good by now may have come before, and is never gathered into anything else; and what is
        # over, or somebody else's, by now may have, and is not told the same person anew.
        kept = uncertain_before and outcome.state is not State.SENT
        return {"state": outcome.state, "reason": MAY_BE_RECEIVED if kept else outcome.reason, "finished_at": now}
    reason = MAY_BE_RECEIVED if answer.uncertain or uncertain_before else None
    if attempts >= MOST_ATTEMPTS or (answer.uncertain and uncertain_before and not answer.unreachable):
        return {"state": State.DEAD, "reason": reason or "too_many_attempts", "finished_at": now}
    if answer.uncertain:
        wait = _spread(_WAIT_WHEN_UNCERTAIN_AGAIN if uncertain_before else _WAIT_WHEN_UNCERTAIN, random)
    elif answer.unreachable:
        wait = wait_after(tries, random, _LONGEST_WAIT_FOR_A_SERVER)
    else:
        wait = wait_after(attempts, random)
    return {"state": State.QUEUED, "reason": reason, "send_after": now + wait, "pace": None}


def may_have_come(state: ColumnElement[str], reason: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether a message was sent, or somebody may have had it all the same: asked of rows."""
    return state.in_(TOLD) | (reason == MAY_BE_RECEIVED)


def wait_after(attempts: int, random: Random, longest: timedelta = _LONGEST_WAIT) -> timedelta:
    """How long to wait after this many failed attempts: 5 s, 20 s, 80 s … at most 12 h, and half of it by chance.

    The chance keeps a thousand messages that failed together from coming back together.
    """
    factor = _WAIT_FACTOR ** min(attempts - 1, MOST_ATTEMPTS)  # an outage has thousands of them
    return _spread(min(_FIRST_WAIT * factor, longest), random)


def _spread(wait: timedelta, random: Random) -> timedelta:
    return wait * (0.5 + random.random() / 2)
