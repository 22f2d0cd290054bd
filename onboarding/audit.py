"""The audit log: adding to the chain, and checking that nobody has touched it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam
from sqlmodel import Session, col, func, or_, select

from engine.audience import Audience
from engine.refusal import Refused
from models.audit import FIRST, AuditRow, chained
from models.staff import Staff
from models.types import table

AUDIT = table(AuditRow)
_LAST = select(AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
_ADD = AUDIT.insert()
_OF_A_CASE = ("look", "cpr_shown", "person_found", "details_changed")
_LOOKS = (
    select(AUDIT.c.at, AUDIT.c.by, AUDIT.c.action, AUDIT.c.purpose)
    .where(AUDIT.c.subject == bindparam("reference"), AUDIT.c.action.in_(_OF_A_CASE))
    .order_by(AUDIT.c.id.desc())
)


def note(session: Session, by: str, action: str, at: datetime, subject: str = "", purpose: str = "") -> None:
    """Adds a row at the end of the chain, in the caller's transaction."""
    note_all(session, by, action, at, [(subject, purpose)])


def note_all(session: Session, by: str, action: str, at: datetime, about: Sequence[tuple[str, str]]) -> None:
    """Adds a row for each subject and purpose. The end of the chain is held until the transaction is over, and with it
    everybody who looks at a case or signs in: let it be the last thing of a long one.
    """
    if not about:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_advisory_xact_lock(_CHAINING)))  # one end, and one at a time at it
    last = session.connection().execute(_LAST).scalar() or FIRST
    rows = []
    for subject, purpose in about:
        said = {"at": at, "by": by, "action": action, "subject": subject, "purpose": purpose, "previous_hash": last}
        last = chained(last, at, by, action, subject, purpose)
        rows.append(said | {"hash": last})
    session.connection().execute(_ADD, rows)


def rights(role: str, areas: Sequence[str], *, renamed: bool = False) -> str:
    """How a row says what somebody may: »coordinator: Syd, Viby-Højbjerg«, »manager: *« for all areas, and the role
    alone where areas mean nothing; behind `RENAMED` where their name was changed too, which is never said itself.
    """
    said = f"{role}: {', '.join(areas) or '*'}" if role in set(Audience) else role
    return RENAMED + said if renamed else said


RENAMED = "name; "

#: The lock of whoever adds to the chain on PostgreSQL; any number that nobody else uses will do.
_CHAINING = 7_673_855


@dataclass(frozen=True, slots=True)
class Verified:
    """How many rows were found to stand in the chain, and the id of the first that does not (None: all do).

    `seal` says how many rows there were and the hash of the last. Kept outside the database, it shows later whether
    the chain still goes through that row: `fits` is whether it does (None: nobody asked).
    """

    rows: int
    broken_at: int | None
    seal: str = ""
    fits: bool | None = None


def verify(session: Session, kept: str | None = None) -> Verified:
    """Goes through the whole chain. Rows cut off at its very end, or a chain made anew from some row on, are seen by
    the seal that was `kept` of an earlier time and by nothing else. Raises `Refused` for what is no seal.
    """
    if kept is not None and not _SEAL.fullmatch(kept):
        raise Refused("Seglet kan ikke læses. Det er det, som »sosu audit verify« skrev sidst, fx 120-9f86….")
    previous, rows, last = FIRST, 0, 0
    fits = None if kept is None else kept == _seal(0, FIRST)
    try:
        with session.exec(select(AuditRow).order_by(col(AuditRow.id)).execution_options(yield_per=_BATCH)) as found:
            for row in found:
                expected = chained(previous, row.at, row.by, row.action, row.subject, row.purpose)
                if (row.previous_hash, row.hash) != (previous, expected):
                    return Verified(rows, row.id)
                previous, rows, last = row.hash, rows + 1, row.id or 0
                fits = fits or (None if kept is None else kept == _seal(rows, previous))
    except (TypeError, ValueError):  # a value that its column cannot hold: nothing of ours wrote it
        return Verified(rows, _unreadable(session, last))
    return Verified(rows, None, _seal(rows, previous), fits)


_BATCH = 1000
_SEAL = re.compile(r"[0-9]{1,12}-[0-9a-f]{64}")


def _seal(rows: int, last: str) -> str:
    return f"{rows}-{last}"


def _unreadable(session: Session, after: int) -> int:
    """The id of the first row behind this one whose values cannot be read."""
    ids = select(AUDIT.c.id).where(AUDIT.c.id > after).order_by(AUDIT.c.id).limit(_BATCH)
    for number in session.connection().scalars(ids).all():
        try:
            row = session.connection().execute(AUDIT.select().where(AUDIT.c.id == number)).one()
            chained(row.previous_hash, row.at, row.by, row.action, row.subject, row.purpose)
        except (TypeError, ValueError):
            return int(number)
    raise AssertionError("read one by one, every row can be read")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows somebody asks for: `text` stands in who did it, whom it was about or the action's key, or in the name
    of either; `since` is the first moment of it and `before` the first after it. What is empty asks for nothing.
    """

    text: str = ""
    action: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        text = self.text.strip()
        if text:
            named = select(Staff.email).where(col(Staff.name).icontains(text, autoescape=True))
            columns = (col(AuditRow.by), col(AuditRow.subject), col(AuditRow.action))
            yield or_(
                *(column.icontains(text, autoescape=True) for column in columns),
                *(column.in_(named) for column in columns[:2]),
            )
        if self.action:
            yield col(AuditRow.action) == self.action
        if self.since:
            yield col(AuditRow.at) >= self.since
        if self.before:
            yield col(AuditRow.at) < self.before


def search(session: Session, wanted: Wanted, *, limit: int, offset: int = 0) -> tuple[list[AuditRow], int]:
    """The latest of these rows first; and how many there are."""
    found = select(AuditRow).where(*wanted.conditions())
    count = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = session.exec(found.order_by(col(AuditRow.id).desc()).limit(limit).offset(offset)).all()
    return list(rows), count


def looks(session: Session, reference: str) -> Sequence[Row[Any]]:
    """Who looked at a case (`by`), when (`at`), in which way (`action`) and why (`purpose`), the latest first."""
    return session.connection().execute(_LOOKS, {"reference": reference}).all()
