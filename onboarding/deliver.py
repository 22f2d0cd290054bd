"""Send what the outbox holds: sort it, gather what belongs together, and send the rest by each way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import OperationalError

from engine.workdays import DENMARK
from models.session import Database
from notifications.channels.destination import Destination
from notifications.channels.envelope import kept
from onboarding import fates, outages
from onboarding.absences import stand_ins
from onboarding.by_mail import by_mail_instead
from onboarding.delivered import Delivered
from onboarding.gathering import gather
from onboarding.hours import keep_hours
from onboarding.newcomers import tell_whom_it_missed
from onboarding.outbox import count_waiting, newest
from onboarding.post import Post, domain_of
from onboarding.sending import Sending
from onboarding.sorting import sort, sort_missing, unsorted
from onboarding.unsent import because_of, give_up


def deliver(database: Database, post: Post, progress: Callable[[int], None] | None = None) -> Delivered:
    """Sorts what is new, gathers what belongs together, and sends what is due when it begins, each message once;
    `progress` is told of each. Then it asks what became of those that were sent before.

    A channel whose other end reaches nobody is left alone until the next time, and operations hear of it. What was
    taken and not begun is free again when it ends, and when it is killed, with the lease.
    """
    delivered, begun_at = Delivered(), post.clock()
    delivered.dead = _sort_everything(database, post.destinations, begun_at)
    with database.write() as session:
        away = stand_ins(session, begun_at.astimezone(DENMARK).date())
        keep_hours(session, post.destinations, away, begun_at)
        by_mail_instead(session, away, begun_at)
        delivered.gathered = gather(session, away, begun_at, post.most_an_hour)
        up_to = newest(session)
        outages.end_unused(session, {way: channel.name for way, channel in post.channels.items()}, begun_at)
    for way in post.channels:
        sending = Sending(database, post, way, begun_at, up_to, delivered, progress or (lambda _: None))
        with kept(post.channels[way]):
            sending.sends()
        delivered.stopped = delivered.stopped or sending.stopped
    fates.ask(database, post, delivered)
    if post.operations is not None:
        outages.tell(database, post.operations, domain_of(post.public_url), post.clock)
    with database.read() as session:
        delivered.left = count_waiting(session)
    return delivered


def _sort_everything(database: Database, ways: Mapping[str, Destination], now: datetime) -> int:
    """Gives how many could not be sorted and were given up."""
    with database.write() as session:
        tell_whom_it_missed(session, now)
        sort_missing(session, ways.keys())
    dead = last = 0
    while True:
        with database.read() as session:
            ids = unsorted(session, now, last)
        if not ids:
            return dead
        dead += _sort(database, ids, ways, now)
        last = ids[-1]  # what somebody has in hand is left for the next time


def _sort(database: Database, ids: Sequence[int], ways: Mapping[str, Destination], now: datetime) -> int:
    """One that cannot be read is given up, and holds up no other."""
    try:
        with database.write() as session:
            sort(session, ids, ways, now)
    except OperationalError:
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(ids) > 1:
            return sum(_sort(database, [message_id], ways, now) for message_id in ids)
        with database.write() as session:
            give_up(session, ids[0], because_of("cannot_be_told", error), now)
        return 1
    return 0
