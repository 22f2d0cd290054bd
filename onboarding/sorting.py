"""Before a message is sent: at once or in a digest, from when, and by which ways, as its recipient chose.

What is sorted can be sorted anew: somebody chose otherwise, a try failed, or a channel is not there any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, time
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, and_, bindparam, case, func, select, union_all, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from engine import kinds
from engine.topic import Topic
from engine.workdays import DENMARK
from models.message import MAIL, TOLD, Pace, State
from models.preference import Preference, TopicChoice
from models.staff import Staff
from models.types import UtcDateTime
from notifications.channels.destination import Destination
from notifications.pace import Choices, choices, moment
from notifications.queue import MESSAGE, copied, is_copy, of_all_ways
from onboarding.locking import hold, unlocked
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.overtaken import again
from onboarding.store import chunks
from onboarding.unsent import NOBODY_HAS_IT, NOTHING_NEW, skip, was_tried

#: Why nobody is told: they chose so.
NOT_WANTED = "not_wanted"
PAGE = 500

#: Two messages that are the same in these, and had been told by the same ways, are sorted alike.
_ALIKE = (
    "kind",
    "topic",
    "recipient_id",
    "channel",
    "created_at",
    "meant_on",
    "planned_at",
    "send_after",
    "attempts",
    "reason",
    "lease",
)
_EACH_ITS_OWN = ("id", "cause")
_NEEDED = [MESSAGE.c[name] for name in (*_EACH_ITS_OWN, *_ALIKE)]
_NOBODY = Choices(role="", hours=None)
_NOT_COPIED = frozenset({"id", "lease", "leased_until", "finished_at", "reason", "digest_id"})


class _Goes(NamedTuple):
    """How messages go. None: `planned_at` is when each was written, and `send_after` as it was."""

    pace: Pace
    channel: str
    planned_at: datetime | None
    send_after: datetime | None


_M, _PART = MESSAGE.c, MESSAGE.alias("part")
_SORTED = (
    update(MESSAGE)
    .where(_M.id.in_(bindparam("ids", expanding=True)))
    .values(
        pace=bindparam("new_pace"),
        channel=bindparam("new_channel"),
        planned_at=func.coalesce(_M.planned_at, bindparam("new_planned_at", type_=UtcDateTime), _M.created_at),
        send_after=func.coalesce(bindparam("new_send_after", type_=UtcDateTime), _M.send_after),
    )
)
_IS_UNSORTED = (MESSAGE.c.state == State.QUEUED, MESSAGE.c.pace.is_(None))
_IS_FREE = MESSAGE.c.leased_until.is_(None) | (MESSAGE.c.leased_until < bindparam("now"))
# Made once, as those below: to make them takes longer than to ask them.
_UNSORTED = (
    select(MESSAGE.c.id)
    .where(*_IS_UNSORTED, _IS_FREE, MESSAGE.c.id > bindparam("after"))
    .order_by(MESSAGE.c.id)
    .limit(PAGE)
)
_TO_SORT = (
    select(*_NEEDED)
    .where(MESSAGE.c.id.in_(bindparam("ids", expanding=True)), *_IS_UNSORTED)
    .order_by(MESSAGE.c.id)
    .with_for_update(key_share=True, skip_locked=True)
)


def unsorted(session: Session, now: datetime, after: int = 0) -> list[int]:
    """The ids of up to a page of messages that are to be sorted, `after` this one, the oldest first."""
    return list(session.connection().scalars(_UNSORTED, {"now": now, "after": after}))


def sort(session: Session, message_ids: Sequence[int], ways: Mapping[str, Destination], now: datetime) -> None:
    """Sorts these messages. `ways` are the channels that there are, and how far each goes."""
    rows = session.connection().execute(_TO_SORT, {"ids": list(message_ids)}).all()
    had_others = len(ways) > 1 or any(channel not in ways for channel in {row.channel for row in rows})
    taken = _taken(session, rows, ways) if had_others else frozenset()
    went = _went(session, rows)
    alike = defaultdict[tuple[tuple[str, ...], tuple[object, ...]], list[Row[Any]]](list)
    for row in rows:
        had = tuple(way for way in ways if (copied(row.cause, way), row.recipient_id) in taken) if taken else ()
        had = went.get((of_all_ways(row.cause), row.recipient_id), ()) if is_copy(row.cause) else had
        alike[had, (is_copy(row.cause), *row[len(_EACH_ITS_OWN) :])].append(row)
    recipients = {same[0].recipient_id for same in alike.values()}
    chosen = choices_of(session, recipients - {None})
    together = defaultdict[_Goes | str, list[int]](list)
    further = list[tuple[Row[Any], tuple[str, ...]]]()
    for (had, _), same in alike.items():
        goes, others = _sort_one(same[0], chosen.get(same[0].recipient_id, _NOBODY), had, ways, now)
        together[goes] += [row.id for row in same]
        further += [(row, others) for row in same if others]
    for goes, ids in together.items():
        if isinstance(goes, str):
            skip(session, ids, goes, now)
            if goes == NOT_WANTED:
                _tell_others_after_all(session, ids, now)
        else:
            session.connection().execute(_SORTED, {"ids": ids} | {f"new_{k}": v for k, v in goes._asdict().items()})
    _take_out(session, [row.id for row in rows if row.kind == kinds.DIGEST and row.channel not in ways], ways, now)
    for row, others in further:
        _copy(session, row, others)


def _tell_others_after_all(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Whoever is away, or was, may have been left out because their stand-in had these of their own, which tell nobody
    now: what one person chose takes no message from another.
    """
    m, own = MESSAGE.c, MESSAGE.alias("own").c
    for some in chunks(ids):
        of_these = m.cause.in_(select(own.cause).where(own.id.in_(some))) & m.id.not_in(some)
        left_out = select(MESSAGE).where(of_these, m.state == State.SKIPPED, m.reason == NOTHING_NEW)
        rows = [row._mapping for row in session.connection().execute(left_out)]
        anew = {"state": State.QUEUED, "attempts": 0, "pace": None, "send_after": now}
        again(session, [{name: value for name, value in row.items() if name not in _NOT_COPIED} | anew for row in rows])


def _taken(session: Session, rows: Sequence[Row[Any]], ways: Mapping[str, Destination]) -> frozenset[tuple[str, int]]:
    """The causes of copies of these messages that go, or may have come, by their ways, each with its recipient."""
    m = MESSAGE.c
    causes = [copied(row.cause, way) for row in rows if not is_copy(row.cause) for way in ways]
    in_vain = (m.state == State.SKIPPED) & m.reason.is_distinct_from(MAY_BE_RECEIVED)  # refused, and not wanted then
    by_that_way = m.state.in_((*TOLD, State.GATHERED)) | (m.attempts > 0) | m.lease.is_not(None)
    found = select(m.cause, m.recipient_id).where(by_that_way, ~in_vain)
    parts = (session.connection().execute(found.where(m.cause.in_(part))) for part in chunks(causes))
    return frozenset((row.cause, row.recipient_id) for part in parts for row in part)


def _went(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Of the messages of which some of these are copies, the way of those that wait no more, by cause and recipient."""
    m = MESSAGE.c
    causes = sorted({of_all_ways(row.cause) for row in rows if is_copy(row.cause)})
    found = select(m.cause, m.recipient_id, m.channel).where(m.state != State.QUEUED)
    parts = (session.connection().execute(found.where(m.cause.in_(part))) for part in chunks(causes))
    return {(row.cause, row.recipient_id): (row.channel,) for part in parts for row in part}


def _take_out(session: Session, digests: Sequence[int], ways: Mapping[str, Destination], now: datetime) -> None:
    """Of digests that go by another way than they were written for: what somebody had by that way, and copies, for
    that of which they are goes by it.
    """
    m, digest = MESSAGE.c, MESSAGE.alias("digest").c
    parts = select(m.id, m.cause, m.recipient_id, digest.channel).where(m.digest_id == digest.id)
    parts = parts.with_for_update(of=MESSAGE, key_share=True, skip_locked=True)
    rows = session.connection().execute(parts.where(digest.id.in_(digests))).all() if digests else ()
    taken = _taken(session, rows, ways)
    known = [r.id for r in rows if is_copy(r.cause) or (copied(r.cause, r.channel), r.recipient_id) in taken]
    skip(session, known, NOTHING_NEW, now)


def _sort_one(
    row: Row[Any], chosen: Choices, had: tuple[str, ...], ways: Mapping[str, Destination], now: datetime
) -> tuple[_Goes | str, tuple[str, ...]]:
    """How one message goes, and by which ways copies of it; or why it does not. A copy goes by the way it was made for,
    if that is still wanted and the message itself does not go by it, and a digest by the one it was written for, if
    that is there. `had`: the ways by which its copies may have come; of a copy, the way that the message itself went.
    """
    wanted = _wanted_of(row, chosen, ways, had)
    if not wanted:
        return NOTHING_NEW, ()
    copy, digest = is_copy(row.cause), row.kind == kinds.DIGEST
    written_on = row.created_at.astimezone(DENMARK).date()
    meant_at = moment(row.meant_on, time.min) if row.meant_on < written_on else row.created_at
    leaves = Destination.WORLD in (ways.get(way) for way in ((row.channel,) if copy else wanted))
    # A digest is not gathered once more; what was tried is tried again soon, and not with the next digest.
    alone = digest or (was_tried(row) and chosen.pace(Topic(row.topic)) is not Pace.NEVER)
    sorted_ = chosen.sort(Topic(row.topic), meant_at, row.created_at, row.send_after, now, leaves=leaves, alone=alone)
    by_itself = was_tried(row) or (bool(had) and row.channel not in had)
    given_up = copy and row.channel not in (wanted if by_itself else wanted[1:])
    if given_up or sorted_.pace is Pace.NEVER:
        return NOT_WANTED, ()
    goes = _Goes(
        pace=sorted_.pace,
        channel=row.channel if copy or (digest and row.channel in ways) else wanted[0],
        planned_at=None if sorted_.planned_at == row.created_at else sorted_.planned_at,
        send_after=None if sorted_.send_after == row.send_after else sorted_.send_after,
    )
    return goes, () if copy or digest else wanted[1:]


def _wanted_of(
    row: Row[Any], chosen: Choices, ways: Mapping[str, Destination], had: tuple[str, ...]
) -> tuple[str, ...]:
    """The ways by which a message is still to go, the one of its own first: none that a copy of it took, and the same
    as before if it may have come by that. None: they had it by all of them.
    """
    wanted = _wanted(chosen, row.topic, ways)
    if is_copy(row.cause) or row.kind == kinds.DIGEST:
        return wanted
    left = [way for way in wanted if way not in had]
    if was_tried(row) and row.channel in left:
        left.sort(key=lambda way: way != row.channel)
    return tuple(left)


def _wanted(chosen: Choices, topic: str, ways: Mapping[str, Destination]) -> tuple[str, ...]:
    """The ways that somebody wants and that there are; mail where there is none of them."""
    return tuple(way for way in chosen.ways(Topic(topic)) if way in ways) or (MAIL,)


def _copy(session: Session, row: Row[Any], further: Sequence[str]) -> None:
    """The same message once more for each further way."""
    if further:
        whole = session.connection().execute(select(MESSAGE).where(MESSAGE.c.id == row.id)).one()._mapping
        same = {name: value for name, value in whole.items() if name not in _NOT_COPIED}
        again(session, [same | {"attempts": 0, "cause": copied(row.cause, way), "channel": way} for way in further])


def sort_anew(session: Session, *staff: int) -> None:
    """Whatever waits for these people is sorted by what they chose by now. What failed goes on waiting as long."""
    m = MESSAGE.c
    waits = (m.state == State.QUEUED) & m.recipient_id.in_(staff)
    ids = select(m.id).where(waits)
    hold(session, m.id.in_(union_all(ids, select(m.id).where(m.digest_id.in_(ids)))))
    for staff_id in staff:
        let_go(session, staff_id)
    sorted_ = unlocked(waits & (m.kind != kinds.DIGEST) & m.pace.is_not(None))
    from_when = case((m.attempts > 0, m.send_after), else_=m.created_at)
    session.connection().execute(update(MESSAGE).where(sorted_).values(pace=None, send_after=from_when))


def let_go(session: Session, staff_id: int, channel: str | None = None) -> bool:
    """What was gathered for this person in digests that nobody can have had waits by itself again; with a `channel`,
    what of it is to be gathered anew. Gives whether there were any. What another has locked is left as it is: a
    delivery may be taking the digest, and somebody who acts on one of its cases takes that out of it.
    """
    m = MESSAGE.c
    theirs = (m.recipient_id == staff_id, m.state == State.QUEUED, m.kind == kinds.DIGEST, *NOBODY_HAS_IT)
    wanted = select(m.id).where(*theirs)
    if channel is not None:
        # One that was refused goes on being tried: begun anew with each day's it would never be given up.
        wanted = wanted.where(m.channel == channel, m.attempts == 0)
    digests = list(session.connection().scalars(wanted.with_for_update(key_share=True, skip_locked=True)))
    if not digests:
        return False
    by_itself = {"state": State.QUEUED, "digest_id": None, "finished_at": None}
    session.connection().execute(update(MESSAGE).where(unlocked(m.digest_id.in_(digests))).values(by_itself))
    empty = (m.id.in_(digests), ~select(_PART.c.id).where(_PART.c.digest_id == m.id).exists())
    nothing_new = {"state": State.SKIPPED, "reason": NOTHING_NEW, "finished_at": m.created_at}
    session.connection().execute(update(MESSAGE).where(*empty).values(nothing_new))
    return True


_GONE = (MESSAGE.c.state == State.QUEUED, MESSAGE.c.channel.not_in(bindparam("ways", expanding=True)))
_WHO_MISSES = select(MESSAGE.c.recipient_id).where(*_GONE).distinct()
_UNSORT = update(MESSAGE).where(unlocked(and_(*_GONE))).values(pace=None)


def sort_missing(session: Session, ways: Set[str]) -> None:
    """What was to go by a channel that is not there any more is sorted anew, and with it whatever else waits for the
    same people: what goes by one way is not to go by it once more.
    """
    missed_by = session.connection().scalars(_WHO_MISSES, {"ways": list(ways)}).all()
    if missed_by:
        sort_anew(session, *(staff_id for staff_id in missed_by if staff_id is not None))
        session.connection().execute(_UNSORT, {"ways": list(ways)})


_OF_THESE: BindParameter[int] = bindparam("staff", expanding=True)
_PREFERENCES = (
    select_rows(Staff.id, Staff.role, Preference)
    .join(Preference, col(Preference.staff_id) == Staff.id, isouter=True)
    .where(col(Staff.id).in_(_OF_THESE))
)
_TOPIC_CHOICES = select_rows(TopicChoice).where(col(TopicChoice.staff_id).in_(_OF_THESE))


def choices_of(session: Session, staff: Set[int]) -> dict[int, Choices]:
    """What each of these people chose."""
    people = session.exec(_PREFERENCES, params={"staff": list(staff)}).all()
    topics: dict[int, list[TopicChoice]] = {staff_id: [] for staff_id in staff}
    for choice in session.exec(_TOPIC_CHOICES, params={"staff": list(staff)}):
        topics[choice.staff_id].append(choice)
    return {staff_id or 0: choices(role, said, topics[staff_id or 0]) for staff_id, role, said in people}
