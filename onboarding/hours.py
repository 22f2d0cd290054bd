"""What waits for somebody outside their hours goes on waiting, however long ago it was sorted.

A message is sorted for the moment at which it may go. When it does not go then (a channel is out, no delivery runs, a
storm), the hours may be over by the time that it could. Sorted by the hours of whoever it is for, it may go to somebody
else, who stands in: then it waits for theirs too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, select, update
from sqlmodel import Session

from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import Pace, State
from notifications.channels.destination import Destination
from notifications.pace import moment
from notifications.queue import MESSAGE
from onboarding.locking import hold, unlocked
from onboarding.readers import by_reader
from onboarding.sorting import choices_of

#: As long as it is not later than this, a digest comes at the time that was chosen for it, whatever the hours.
AT_ITS_SLOT = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)


def _due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    m = MESSAGE.c
    in_hand = m.leased_until.is_not(None) & (m.leased_until >= now)
    return and_(m.state == State.QUEUED, m.pace.is_not(None), m.send_after <= now, ~in_hand)


_M = MESSAGE.c
_ABOUT = (_M.recipient_id, _M.channel, _M.pace, _M.topic)
# Made once: to make it takes longer than to ask it.
_WAITING = select(*_ABOUT).where(_due(bindparam("now")), _M.recipient_id.is_not(None)).distinct().order_by(*_ABOUT)


def keep_hours(session: Session, ways: Mapping[str, Destination], away: Mapping[int, int], now: datetime) -> None:
    """What is due and would disturb whoever gets it now waits until it does not. `away`: who stands in for whom."""
    found = session.connection().execute(_WAITING, {"now": now}).all()
    today = now.astimezone(DENMARK).date()
    theirs = {row.recipient_id for row in found}
    chosen = choices_of(session, theirs | {away[one] for one in theirs & away.keys()}) if found else {}
    put_off: list[tuple[ColumnElement[bool], datetime]] = []
    for recipient_id, channel, pace, topic in found:
        of_these = and_(_due(now), _M.channel == channel, _M.pace == pace, _M.topic == topic)
        for reader, which in by_reader(session, recipient_id, of_these, away):
            until = chosen[reader].may_be_told(now, leaves=ways.get(channel) is Destination.WORLD)
            # A storm puts off what its owner has chosen to get at once, and not to when they chose to get digests.
            if pace == Pace.DIGEST and chosen[recipient_id].pace(Topic(topic)) is Pace.DIGEST:
                until = min(until, chosen[reader].slots.next_after(now - AT_ITS_SLOT))
            if recipient_id in away:  # somebody else may be there tomorrow
                until = min(until, moment(today + _ONE_DAY, time.min))
            if until > now:
                put_off.append((which, until))
    if put_off:  # what somebody has in hand is waited for: left as it is, it would go
        hold(session, _due(now))
    for which, until in put_off:
        session.connection().execute(update(MESSAGE).where(unlocked(_due(now) & which)).values(send_after=until))
