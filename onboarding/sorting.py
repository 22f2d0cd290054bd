"""Before a message is sent: at once or in a digest, from when, and by which ways, as its recipient chose.

What is sorted can be sorted anew: somebody chose otherwise, a try failed, or a channel is not there any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from engine import kinds
from engine.topic import Topic
from models.bulk import execute_many
from models.message import MAIL, Pace, State
from models.preference import Preference, TopicChoice
from models.staff import Staff
from notifications.channels.destination import Destination
from notifications.pace import Choices, choices, moment
from notifications.queue import MESSAGE, copied, is_copy
from onboarding.outbox import skip
from onboarding.overtaken import again

#: Why nobody is told: they chose so.
NOT_WANTED = "not_wanted"
PAGE = 500

_NEEDED = [
    MESSAGE.c[name]
    for name in (
        "id",
        "kind",
        "topic",
        "cause",
        "recipient_id",
        "channel",
        "created_at",
        "meant_on",
        "planned_at",
        "send_after",
    )
]
_NOBODY = Choices(role="", hours=None)
_NOT_COPIED = frozenset({"id", "lease", "leased_until", "finished_at", "reason", "digest_id"})

_SORTED = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("message_id"))
    .values({name: bindparam(f"new_{name}") for name in ("pace", "channel", "planned_at", "send_after")})
)


def unsorted(session: Session, now: datetime) -> list[int]:
    """The ids of up to a page of messages that are to be sorted, the oldest first."""
    m = MESSAGE.c
    free = m.leased_until.is_(None) | (m.leased_until < now)
    wanted = select(m.id).where(m.state == State.QUEUED, m.pace.is_(None), free).order_by(m.id)
    return list(session.connection().scalars(wanted.limit(PAGE)))


def sort(session: Session, message_ids: Sequence[int], ways: Mapping[str, Destination], now: datetime) -> None:
    """Sorts these messages. `ways` are the channels that there are, and how far each goes."""
    m = MESSAGE.c
    wanted = select(*_NEEDED).where(m.id.in_(message_ids), m.state == State.QUEUED, m.pace.is_(None)).order_by(m.id)
    rows = session.connection().execute(wanted.with_for_update(skip_locked=True)).all()
    chosen = choices_of(session, {row.recipient_id for row in rows if row.recipient_id is not None})
    done = [_sort_one(row, chosen.get(row.recipient_id, _NOBODY), ways, now) for row in rows]
    going = [values for values in done if values["new_pace"] is not Pace.NEVER]
    if going:
        execute_many(session, _SORTED, going)
    skip(session, [values["message_id"] for values in done if values["new_pace"] is Pace.NEVER], NOT_WANTED, now)
    for row, values in zip(rows, done, strict=True):
        if values["new_pace"] is not Pace.NEVER and row.kind != kinds.DIGEST and not is_copy(row.cause):
            _copy(session, row, _wanted(chosen.get(row.recipient_id, _NOBODY), row.topic, ways)[1:])


def _sort_one(row: Row[Any], chosen: Choices, ways: Mapping[str, Destination], now: datetime) -> dict[str, Any]:
    """The new values of one message. A copy goes by the way it was made for, if that is still wanted."""
    wanted = _wanted(chosen, row.topic, ways)
    copy = is_copy(row.cause)
    meant_at = min(row.created_at, moment(row.meant_on, time.min))
    leaves = Destination.WORLD in (ways.get(way) for way in ((row.channel,) if copy else wanted))
    sorted_ = chosen.sort(Topic(row.topic), meant_at, row.created_at, row.send_after, now, leaves=leaves)
    pace = Pace.AT_ONCE if row.kind == kinds.DIGEST else sorted_.pace
    return {
        "message_id": row.id,
        "new_pace": Pace.NEVER if copy and row.channel not in wanted[1:] else pace,
        "new_channel": row.channel if copy or row.kind == kinds.DIGEST else wanted[0],
        "new_planned_at": row.planned_at or sorted_.planned_at,
        "new_send_after": sorted_.send_after,
    }


def _wanted(chosen: Choices, topic: str, ways: Mapping[str, Destination]) -> tuple[str, ...]:
    """The ways that somebody wants and that there are; mail where there is none of them."""
    return tuple(way for way in chosen.ways(Topic(topic)) if way in ways) or (MAIL,)


def _copy(session: Session, row: Row[Any], further: Sequence[str]) -> None:
    """The same message once more for each further way."""
    if further:
        whole = session.connection().execute(select(MESSAGE).where(MESSAGE.c.id == row.id)).one()._mapping
        same = {name: value for name, value in whole.items() if name not in _NOT_COPIED}
        again(session, [same | {"cause": copied(row.cause, way), "channel": way} for way in further])


def sort_anew(session: Session, staff_id: int) -> None:
    """Whatever waits for this person is sorted by what they have chosen by now."""
    m = MESSAGE.c
    theirs = (m.state == State.QUEUED, m.recipient_id == staff_id, m.kind != kinds.DIGEST, m.pace.is_not(None))
    session.connection().execute(update(MESSAGE).where(*theirs).values(pace=None, send_after=m.created_at))


def sort_missing(session: Session, ways: Set[str]) -> None:
    """What was to go by a channel that is not there any more is sorted anew."""
    m = MESSAGE.c
    gone = (m.state == State.QUEUED, m.pace.is_not(None), m.channel.not_in(ways))
    session.connection().execute(update(MESSAGE).where(*gone).values(pace=None))


def choices_of(session: Session, staff: Set[int]) -> dict[int, Choices]:
    """What each of these people chose."""
    wanted = (
        select_rows(Staff.id, Staff.role, Preference)
        .join(Preference, col(Preference.staff_id) == Staff.id, isouter=True)
        .where(col(Staff.id).in_(staff))
    )
    people = session.exec(wanted).all()
    topics: dict[int, list[TopicChoice]] = {staff_id: [] for staff_id in staff}
    for choice in session.exec(select_rows(TopicChoice).where(col(TopicChoice.staff_id).in_(staff))):
        topics[choice.staff_id].append(choice)
    return {staff_id or 0: choices(role, said, topics[staff_id or 0]) for staff_id, role, said in people}
