"""Who reads a message: whoever it is for, or, while they are away, their stand-in where that one can open the case.

By this one rule it is addressed and gathered, keeps somebody's hours, goes by a channel in which they have an address,
and counts for their storm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session

from notifications.queue import MESSAGE
from onboarding.store import chunks
from onboarding.visibility import unseen


def readers(session: Session, rows: Sequence[Row[Any]], away: Mapping[int, int]) -> dict[int, int]:
    """By message; one without a recipient has none. A digest that tells of a case which a stand-in cannot open goes to
    whom it is for as a whole. `rows` have `id`, `recipient_id`, `enrolment_id` and `digest_id`, and hold the parts of
    the digests among them; `away`: who stands in for whom.
    """
    read = {row.id: row.recipient_id for row in rows if row.recipient_id is not None}
    theirs = [row for row in rows if row.recipient_id in away]
    about = {row.id: (row.enrolment_id, away[row.recipient_id]) for row in theirs if row.enrolment_id is not None}
    beyond = unseen(session, set(about.values())) if about else frozenset()
    digests = {row.digest_id for row in theirs if about.get(row.id) in beyond} - {None}
    for row in theirs:
        if about.get(row.id) not in beyond and row.digest_id not in digests and row.id not in digests:
            read[row.id] = away[row.recipient_id]
    return read


def by_reader(
    session: Session, recipient_id: int, which: ColumnElement[bool], away: Mapping[int, int]
) -> Iterator[tuple[int, ColumnElement[bool]]]:
    """Those of these messages that are for somebody, by who reads them; of many, a reader has several parts."""
    m = MESSAGE.c
    theirs = which & (m.recipient_id == recipient_id)
    if recipient_id not in away:
        yield recipient_id, theirs
        return
    wanted = select(m.id, m.recipient_id, m.enrolment_id, m.digest_id)
    rows = session.connection().execute(wanted.where(theirs)).all()
    ids = [row.id for row in rows]
    parts = [part for some in chunks(ids) for part in session.connection().execute(wanted.where(m.digest_id.in_(some)))]
    read = readers(session, [*rows, *parts], away)
    for reader in sorted({read[message_id] for message_id in ids}):
        some = chunks([message_id for message_id in ids if read[message_id] == reader])
        yield from ((reader, m.id.in_(part)) for part in some)
