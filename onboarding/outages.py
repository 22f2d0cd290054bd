"""A channel that reaches nobody is one incident to operations, and its queue waits.

An outage begins when a delivery gave up on a channel, and ends with the first message that goes through. Meanwhile each
delivery tries a single message: enough to notice, and no more. It ends as well when nobody is held up by it any more:
the channel is not there, or nothing waits in it and nothing was tried for a day.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, bindparam, func, select, update
from sqlmodel import Session

from engine.workdays import DENMARK
from models.message import TOLD, State
from models.outage import Outage
from models.session import Database
from models.types import table
from models.upsert import upsert
from notifications.channels.envelope import Channel, Envelope, hand_over
from notifications.queue import MESSAGE
from onboarding.outbox import ATTEMPT

OUTAGE = table(Outage)

#: An outage that is over sooner is nobody's work.
PATIENCE = timedelta(minutes=10)
#: Where what is refused goes by mail at once nothing waits between two messages, and it is still one outage.
UNUSED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Operations:
    """Where operations are told: a way that there is, and their address in it."""

    way: str
    channel: Channel
    address: str


_STANDING = select(OUTAGE.c.id).where(OUTAGE.c.channel == bindparam("channel"), OUTAGE.c.ended_at.is_(None))


def is_out(session: Session, channel: str) -> bool:
    return session.connection().execute(_STANDING, {"channel": channel}).first() is not None


def begin(session: Session, channel: str, detail: str, now: datetime) -> None:
    """The channel reaches nobody: an outage begins, or goes on with this answer."""
    row = {"channel": channel, "began_at": now, "detail": detail[:300]}
    session.connection().execute(_begun(session.connection().dialect.name), row)


@cache
def _begun(dialect: str) -> Insert:
    """In one statement: another delivery may be noticing it at this moment."""
    new = upsert(dialect, OUTAGE)
    return new.on_conflict_do_update(
        index_elements=["channel"],
        index_where=OUTAGE.c.ended_at.is_(None),
        set_={"detail": new.excluded["detail"]},
    )


def end(session: Session, channel: str, now: datetime) -> None:
    o = OUTAGE.c
    session.connection().execute(update(OUTAGE).where(o.channel == channel, o.ended_at.is_(None)).values(ended_at=now))


def end_unused(session: Session, names: Mapping[str, str], now: datetime) -> None:
    """Ends those by which nobody is held up any more. `names`: of each channel that there is, by way, as its attempts
    have it. Whether it works again nobody knows: the next message shows it.
    """
    for outage in outages(session):
        way, is_new = outage["channel"], outage["began_at"] > now - UNUSED
        unused = not outage["waiting"] and not is_new and not _tried_since(session, names.get(way, way), now - UNUSED)
        if unused or way not in names:
            end(session, way, now)


def _tried_since(session: Session, name: str, since: datetime) -> bool:
    a = ATTEMPT.c
    tried_at = session.connection().scalar(select(a.at).where(a.channel == name).order_by(a.id.desc()).limit(1))
    return tried_at is not None and tried_at > since


def outages(session: Session) -> list[dict[str, Any]]:
    """Those that last, the oldest first: `channel`, `began_at`, `detail`, and how many messages are `waiting`."""
    o, m = OUTAGE.c, MESSAGE.c
    waiting = select(func.count()).where(m.state == State.QUEUED, m.channel == o.channel).scalar_subquery()
    lasting = select(o.channel, o.began_at, o.detail, waiting.label("waiting")).where(o.ended_at.is_(None))
    return [dict(row._mapping) for row in session.connection().execute(lasting.order_by(o.began_at))]


def tell(database: Database, operations: Operations, domain: str, clock: Callable[[], datetime]) -> int:
    """Tells operations of every outage once when it has lasted, and once when it is over; gives how often it could.

    By another channel than the one that is out; what could not be told is tried again the next time.
    """
    o, told = OUTAGE.c, 0
    with database.read() as session:
        begun = (o.told_at.is_(None), o.began_at <= clock() - PATIENCE, o.ended_at.is_(None))
        over = (o.told_at.is_not(None), o.over_told_at.is_(None), o.ended_at.is_not(None))
        connection = session.connection()
        lasting = connection.execute(OUTAGE.select().where(*begun, o.channel != operations.way).order_by(o.id)).all()
        ended = connection.execute(select(OUTAGE, _went_through()).where(*over).order_by(o.id)).all()
        waits = {outage["channel"]: outage["waiting"] for outage in outages(session)}
    for row in lasting:
        subject = f"Beskeder kan ikke sendes ({row.channel})"
        words = [
            f"Siden {_when(row.began_at)} er ingen besked kommet igennem. Seneste svar: {row.detail}",
            f"{waits.get(row.channel, 0)} beskeder venter. De går ikke tabt, og de sendes, når det virker igen.",
            "Se efter med »sosu doctor«.",
        ]
        told += _say(database, operations, row.id, "told_at", subject, words, domain, clock)
    for row in ended:
        lasted = f"fra {_when(row.began_at)} til {_when(row.ended_at)}"
        subject = f"Beskeder sendes igen ({row.channel})"
        words = [f"Det virkede ikke {lasted}. De beskeder, der ventede, sendes nu."]
        if not row.went_through:
            subject = f"Ingen beskeder venter mere ({row.channel})"
            words = [f"Ingen besked kom igennem {lasted}. Nu venter ingen der. Den næste viser, om det virker igen."]
        told += _say(database, operations, row.id, "over_told_at", subject, words, domain, clock)
    return told


def _went_through() -> ColumnElement[bool]:
    """Whether it ended with a message that went through."""
    o, m = OUTAGE.c, MESSAGE.c
    sent = (m.state.in_(TOLD), m.channel == o.channel, m.finished_at.between(o.began_at, o.ended_at))
    return select(m.id).where(*sent).exists().label("went_through")


def _say(
    database: Database,
    operations: Operations,
    outage_id: int,
    mark: str,
    subject: str,
    words: Sequence[str],
    domain: str,
    clock: Callable[[], datetime],
) -> bool:
    digest = hashlib.sha256(f"outage|{outage_id}|{mark}".encode()).hexdigest()[:32]
    body = "".join(f"<p>{html.escape(word, quote=False)}</p>" for word in words)
    envelope = Envelope(
        message_id=f"<{digest}@{domain}>",
        recipient=operations.address,
        subject=subject,
        text="\n\n".join(words) + "\n",
        html=f'<!doctype html><html lang="da"><body>{body}</body></html>',
        sent_at=clock(),
    )
    answer = hand_over(operations.channel, envelope)
    if answer.ok:
        with database.write() as session:
            session.connection().execute(update(OUTAGE).where(OUTAGE.c.id == outage_id).values({mark: clock()}))
    return answer.ok


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(DENMARK):%d-%m-%Y kl. %H.%M}"
