"""What is true of the database as a whole: references, the audit log, and that the storage itself is sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from engine.case import Status
from models.pathway_version import ReferenceSeries
from models.session import Database
from models.types import table
from onboarding.audit import verify
from onboarding.store import CANDIDATE, ENROLMENT
from reports.deep.pages import Broken

REFERENCES, AUDIT_LOG, STORAGE = "references", "audit_log", "storage"
SERIES = table(ReferenceSeries)
_MOST = 1000


def broken_references(session: Session) -> Iterator[Broken]:
    """The indexes hold these too: here they are counted, whatever became of an index."""
    e = ENROLMENT.c
    for (reference,) in _several(session, select(e.reference).group_by(e.reference)):
        yield Broken(REFERENCES, reference, "to forløb har samme reference")
    open_ones = select(func.min(e.reference)).where(e.status != Status.ENDED)
    for (reference,) in _several(session, open_ones.group_by(e.candidate_id, e.pathway_key)):
        yield Broken(REFERENCES, reference, "kandidaten er i gang to gange i samme spor")
    for (number,) in _several(session, select(func.count()).select_from(CANDIDATE).group_by(CANDIDATE.c.cpr_index)):
        yield Broken(REFERENCES, f"{number} kandidater", "samme CPR-nummer er gemt som flere personer")
    yield from _given_out(session)


def _several(session: Session, grouped: Select[Any]) -> Iterator[Any]:
    yield from session.connection().execute(grouped.having(func.count() > 1).limit(_MOST))


def _given_out(session: Session) -> Iterator[Broken]:
    """The next reference of a series must be one that nobody has."""
    e = ENROLMENT.c
    for prefix, last in session.connection().execute(select(SERIES.c.prefix, SERIES.c.last_number)).all():
        following = f"{prefix}-{last + 1:04d}"
        if session.connection().execute(select(e.id).where(e.reference == following)).first() is not None:
            yield Broken(REFERENCES, following, "referencen er i brug, og den næste kandidat ville få den")


def broken_audit_log(session: Session) -> Iterator[Broken]:
    verified = verify(session)
    if verified.broken_at is not None:
        yield Broken(AUDIT_LOG, f"række {verified.broken_at}", "er ændret, eller en række før den er taget ud")


def broken_storage(database: Database) -> Iterator[Broken]:
    """SQLite looks through its own file, its indexes and who leans on whom. PostgreSQL keeps to both by itself."""
    if not database.is_sqlite:
        return
    with database.read() as session:
        connection = session.connection()
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
            if said != "ok":
                # What it says can quote no row, but names tables and indexes: enough to look for.
                yield Broken(STORAGE, "databasefilen", f"SQLite siger: {said}")
        for number, row in enumerate(connection.exec_driver_sql("PRAGMA foreign_key_check")):
            if number == _MOST:
                return
            yield Broken(STORAGE, f"{row[0]}, række {row[1]}", f"hører til en række i {row[2]}, der ikke er der")
