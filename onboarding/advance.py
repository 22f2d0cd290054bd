"""Time has passed: move whoever is due, remind whoever is late.

A sweep walks one stage of one pathway in pages, each page one transaction, in the order of the day on which to look
again. It can stop at any point and be started again, and two can run at once: a page that was written is no longer
due. An enrolment that cannot be decided becomes an incident and blocks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, tuple_
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from engine.actions import Advance
from engine.decide import decide
from engine.fault import where
from models.session import Database
from notifications.audiences import Directory
from onboarding import incidents
from onboarding.pathways import known_keys
from onboarding.shard import WHOLE, Shard
from onboarding.signed import SWEEP, Signed, new_command_id
from onboarding.store import ENROLMENT, cases, chunks, enrolments
from onboarding.writing import Change, write

PAGE = 500


@dataclass(slots=True)
class Swept:
    """What a sweep did, in numbers of enrolments (`due`, `moved`, `incidents`), reminders and messages."""

    due: int = 0
    moved: int = 0
    reminders: int = 0
    incidents: int = 0
    messages: int = 0

    def add(self, other: Swept) -> None:
        self.due += other.due
        self.moved += other.moved
        self.reminders += other.reminders
        self.incidents += other.incidents
        self.messages += other.messages


@dataclass(slots=True)
class Advanced(Swept):
    """A sweep over several pathways, and each one's part in it."""

    pathways: dict[str, Swept] = field(default_factory=dict)


def advance(
    database: Database,
    on: date,
    at: datetime,
    pathway_key: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Advanced:
    """Sweeps every stage that has due enrolments, of one pathway or of all."""
    with database.read() as session:
        keys = known_keys(session) if pathway_key is None else [pathway_key]
    total = Advanced()
    for key in keys:
        with database.read() as session:
            stages = due_stages(session, key, on)
        total.pathways[key] = Swept()
        for stage in stages:
            total.pathways[key].add(advance_stage(database, key, stage, on, at, progress))
        total.add(total.pathways[key])
    return total


# Made once: to make them takes longer than to ask them. Who is never looked at again is never due: said so, because the
# index that holds the others is only then used.
_OF_THE_PATHWAY = ENROLMENT.c.pathway_key == bindparam("pathway_key")
_FIRST_STAGE = select(func.min(ENROLMENT.c.stage)).where(_OF_THE_PATHWAY, ENROLMENT.c.next_due_on.is_not(None))
_NEXT_STAGE = _FIRST_STAGE.where(ENROLMENT.c.stage > bindparam("stage"))
_DUE = (
    select(ENROLMENT.c.id)
    .where(_OF_THE_PATHWAY, ENROLMENT.c.stage == bindparam("stage"), ENROLMENT.c.next_due_on <= bindparam("on"))
    .limit(1)
)


def due_stages(session: Session, pathway_key: str, on: date, shard: Shard = WHOLE) -> list[str]:
    """The stages of a pathway in which somebody of a shard is due, found by as many index look-ups as there are stages.

    The stages are those in the table, not those in a definition: someone in a stage that no definition knows must
    come to light too.
    """
    stages, pathway = list[str](), {"pathway_key": pathway_key}
    due = _DUE.where(shard.holds(ENROLMENT.c.id))
    stage = session.connection().execute(_FIRST_STAGE, pathway).scalar()
    while stage is not None:
        if session.connection().execute(due, pathway | {"stage": stage, "on": on}).first() is not None:
            stages.append(stage)
        stage = session.connection().execute(_NEXT_STAGE, pathway | {"stage": stage}).scalar()
    return stages


def count_due(session: Session, on: date, pathway_key: str | None = None) -> int:
    """How many enrolments a sweep on this day would look at."""
    e = ENROLMENT.c
    counted = select(func.count()).where(e.next_due_on <= on)
    if pathway_key is not None:
        counted = counted.where(e.pathway_key == pathway_key)
    return session.connection().execute(counted).scalar_one()


def advance_stage(
    database: Database,
    pathway_key: str,
    stage: str,
    on: date,
    at: datetime,
    progress: Callable[[int], None] | None = None,
    page: int = PAGE,
    shard: Shard = WHOLE,
) -> Swept:
    """Sweeps one stage, or a shard of it, page by page; `progress` is told how many enrolments each page held."""
    total, following = Swept(), _Page(pathway_key, stage, (date.min, 0), page, on, shard)
    signed = Signed(by=SWEEP, on=on, at=at, command_id=new_command_id())
    while True:
        ids, swept = _sweep_page(database, following, signed)
        if not ids:
            return total
        following = replace(following, after=ids[-1])
        total.add(swept)
        if progress is not None:
            progress(swept.due)


def _sweep_page(database: Database, page: _Page, signed: Signed) -> tuple[list[tuple[date, int]], Swept]:
    """Sweeps a page; gives the place of each row in the order, and what was done."""
    try:
        with database.write() as session:
            # Rows that another sweep has in hand are left to it. SQLite has one writer at a time and ignores this.
            wanted = page.of(enrolments()).with_for_update(of=ENROLMENT, key_share=True, skip_locked=True)
            rows = session.connection().execute(wanted).all()
            swept = _sweep(session, rows, signed)
    except OperationalError:
        raise  # the database is away or busy: nothing about these enrolments is wrong
    except Exception:
        # One row spoils the page, to read it or to write it. Alone, each is written or becomes an incident.
        with database.read() as session:
            rows = session.connection().execute(page.of(select(ENROLMENT.c.id, ENROLMENT.c.next_due_on))).all()
        if not rows:
            raise
        swept = Swept()
        for row in rows:
            swept.add(_alone(database, row.id, signed))
    return [(row.next_due_on, row.id) for row in rows], swept


@dataclass(frozen=True, slots=True)
class _Page:
    """Which enrolments: the next `size` of a shard behind `after` that are due on this day, in one stage."""

    pathway_key: str
    stage: str
    after: tuple[date, int]
    size: int
    on: date
    shard: Shard

    def of(self, rows: Select[Any]) -> Select[Any]:
        e = ENROLMENT.c
        wanted = rows.where(e.pathway_key == self.pathway_key, e.stage == self.stage, e.next_due_on <= self.on)
        behind = wanted.where(tuple_(e.next_due_on, e.id) > self.after, self.shard.holds(e.id))
        return behind.order_by(e.next_due_on, e.id).limit(self.size)


def _sweep(session: Session, rows: Sequence[Row[Any]], signed: Signed) -> Swept:
    swept, changes = Swept(due=len(rows)), []
    for loaded in cases(session, rows) if rows else ():
        try:
            decision = decide(loaded.pathway, loaded.case, Advance(), signed.on)
        except Exception as error:
            incidents.report(session, loaded.id, where(error), signed)
            swept.incidents += 1
            continue
        changes.append(Change(loaded, decision))
        swept.moved += bool(decision.moves)
        swept.reminders += len(decision.reminders)
    swept.messages = write(session, changes, Directory.load(session), signed) if changes else 0
    return swept


def remind_at_once(session: Session, enrolment_ids: Sequence[int], signed: Signed) -> None:
    """Writes what the next sweep would remind of these; whoever it would move is left to it."""
    e = ENROLMENT.c
    for ids in chunks(enrolment_ids):
        rows = session.connection().execute(enrolments().where(e.id.in_(ids), e.next_due_on <= signed.on)).all()
        found = cases(session, rows) if rows else ()
        decided = [Change(one, decide(one.pathway, one.case, Advance(), signed.on)) for one in found]
        if reminded := [change for change in decided if not change.decision.moves]:
            write(session, reminded, Directory.load(session), signed)


def _alone(database: Database, enrolment_id: int, signed: Signed) -> Swept:
    """Sweeps one enrolment, if it is still due: another sweep may have had it in hand."""
    e = ENROLMENT.c
    wanted = enrolments().where(e.id == enrolment_id, e.next_due_on <= signed.on)
    try:
        with database.write() as session:
            return _sweep(
                session,
                session.connection().execute(wanted.with_for_update(of=ENROLMENT, key_share=True)).all(),
                signed,
            )
    except OperationalError:
        raise
    except Exception as error:
        with database.write() as session:
            incidents.report(session, enrolment_id, where(error), signed)
        return Swept(due=1, incidents=1)
