"""Messages: that each belongs to something, is in a state that can be, and is in nobody's hand who let go of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session

from engine import kinds
from models.message import TOLD, Attempt, Pace, State
from models.session import Database
from models.types import table
from notifications.queue import MESSAGE
from onboarding.outbox import LEASE
from reports.deep.pages import Broken, Progress, in_pages

ATTEMPT = table(Attempt)
CHECK = "outbox"

_DIGEST = MESSAGE.alias("digest")
_WAITING = frozenset({State.QUEUED})
_NEEDS_A_REASON = frozenset({State.SKIPPED, State.DEAD})
#: What a message without a recipient can be: nobody has had it.
_WITHOUT_RECIPIENT = frozenset({State.QUEUED, State.SKIPPED, State.DEAD})


def count(session: Session) -> int:
    found: int = session.connection().execute(select(func.count()).select_from(MESSAGE)).scalar_one()
    return found


def broken_messages(database: Database, at: datetime, progress: Progress) -> Iterator[Broken]:
    yield from in_pages(database, _wanted(), MESSAGE.c.id, partial(_page, at), progress)


def _wanted() -> Select[Any]:
    m, a = MESSAGE.c, ATTEMPT.c
    arrived = select(a.id).where(a.message_id == m.id, a.ok).exists()
    digest = (_DIGEST.c.kind.label("digest_kind"), _DIGEST.c.recipient_id.label("digest_recipient"))
    wanted = select(MESSAGE, *digest, arrived.label("arrived"))
    return wanted.outerjoin(_DIGEST, _DIGEST.c.id == m.digest_id)


def _page(at: datetime, _session: Session, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    for row in rows:
        for is_wrong, said in _RULES:
            if is_wrong(row):
                yield Broken(CHECK, f"besked {row.id}", said)
        yield from (Broken(CHECK, f"besked {row.id}", said) for said in _lease(row, at))


def _has_no_owner(row: Row[Any]) -> bool:
    of_an_enrolment = row.enrolment_id is not None and row.seq is not None
    return not (of_an_enrolment or row.list_import_id is not None or row.kind == kinds.DIGEST)


def _in_a_wrong_digest(row: Row[Any]) -> bool:
    named = row.digest_id is not None
    fits = row.digest_kind == kinds.DIGEST and row.digest_recipient == row.recipient_id
    return named != (row.state == State.GATHERED) or (named and not fits)


_RULES: Sequence[tuple[Callable[[Row[Any]], bool], str]] = (
    (_has_no_owner, "hører hverken til et forløb, en liste eller en samling"),
    (lambda row: row.state not in set(State), "er i en tilstand, der ikke findes"),
    (_in_a_wrong_digest, "er samlet uden at stå i en samling til sin modtager, eller omvendt"),
    (
        lambda row: (row.finished_at is None) != (row.state in _WAITING),
        "er i køen og dog afsluttet, eller ude af køen uden et tidspunkt",
    ),
    (lambda row: row.state in _NEEDS_A_REASON and not row.reason, "er ikke sendt, og ingen grund er skrevet"),
    (
        lambda row: row.recipient_id is None and row.state not in _WITHOUT_RECIPIENT,
        "er sendt og har dog ingen modtager",
    ),
    (lambda row: row.state in TOLD and not row.arrived, "er sendt, og intet forsøg lykkedes"),
    (lambda row: row.state in _WAITING and row.pace == Pace.NEVER, "er fravalgt og dog i køen"),
)


def _lease(row: Row[Any], at: datetime) -> Iterator[str]:
    if (row.lease is None) != (row.leased_until is None):
        yield "er lånt ud til ingen, eller uden ende"
    elif row.leased_until is not None and row.leased_until > at + 2 * LEASE:  # another machine's clock may be ahead
        yield "er lånt ud for længere tid, end nogen låner"
    elif row.leased_until is not None and row.state in _WAITING and row.leased_until < at - LEASE:
        yield "blev taget af en udsendelse, der aldrig blev færdig, og ingen har taget den siden"
