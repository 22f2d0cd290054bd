"""Messages that are changed together are locked first, so that a delivery and a person never wait for each other."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from notifications.queue import MESSAGE

_M = MESSAGE.c


def hold(session: Session, which: ColumnElement[bool]) -> None:
    """Locks these messages until the transaction ends, in the order of their ids: whoever changes several does so
    first, and nobody waits for ever. SQLite lets one write at a time, and needs none.
    """
    if session.connection().dialect.name != "sqlite":
        wanted = select(_M.id).where(which).order_by(_M.id).with_for_update(key_share=True)
        session.connection().execute(wanted).all()


def unlocked(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of these messages that nobody else has locked; they are then ours until the transaction ends. A delivery
    that has changed some changes no others, so that it waits for nobody who may be waiting for it.
    """
    free = select(_M.id).where(which).with_for_update(key_share=True, skip_locked=True)
    return _M.id.in_(free.correlate(None))
