"""What waits for somebody outside their hours goes on waiting, however long ago it was sorted.

A message is sorted for the moment at which it may go. When it does not go then (a channel is out, no delivery runs, a
storm), the hours may be over by the time that it could. Sorted by the hours of whoever it is for, it may go to somebody
else, who stands in: then it waits for theirs too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import Pace, State
from notifications.channels.destination import Destination
from notifications.pace import moment
from notifications.queue import MESSAGE
from onboarding.absences import stand_ins
from onboarding.sorting import choices_of

#: As long as it is not later than this, a digest comes at the time that was chosen for it, whatever the hours.
AT_ITS_SLOT = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)


_M = MESSAGE.c
_DUE = (
    _M.state == State.QUEUED,
    _M.pace.is_not(None),
    _M.send_after <= bindparam("now"),
    _M.leased_until.is_(None) | (_M.leased_until < bindparam("now")),
)
_WAITING = (
    select(_M.recipient_id, _M.channel, _M.pace, _M.topic)
    .where(*_DUE, _M.recipient_id.is_not(None))
    .distinct()
    .order_by(_M.recipient_id, _M.channel, _M.pace, _M.topic)
)


def keep_hours(session: Session, ways: Mapping[str, Destination], now: datetime) -> None:
    """What is due and would disturb whoever gets it now waits until it does not."""
    found = session.connection().execute(_WAITING, {"now": now}).all()
    today = now.astimezone(DENMARK).date()
    away = stand_ins(session, today) if found else {}
    there = {row.recipient_id: away.get(row.recipient_id, row.recipient_id) for row in found}
    chosen = choices_of(session, {*there, *there.values()}) if found else {}
    for recipient_id, channel, pace, topic in found:
        theirs = chosen[there[recipient_id]]
        until = theirs.may_be_told(now, leaves=ways.get(channel) is Destination.WORLD)
        # A storm puts off what its owner has chosen to get at once, and not to the time that they chose for digests.
        if pace == Pace.DIGEST and chosen[recipient_id].pace(Topic(topic)) is Pace.DIGEST:
            until = min(until, theirs.slots.next_after(now - AT_ITS_SLOT))
        if there[recipient_id] != recipient_id:  # somebody else may be there tomorrow
            until = min(until, moment(today + _ONE_DAY, time.min))
        if until > now:
            of_these = (_M.recipient_id == recipient_id, _M.channel == channel, _M.pace == pace, _M.topic == topic)
            waits = update(MESSAGE).where(*_DUE, *of_these).values(send_after=until)
            session.connection().execute(waits, {"now": now})
