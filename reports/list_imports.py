"""The lists that were read in: when, by whom, and what came of them."""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from models.list_import import ListImport
from models.staff import Staff
from models.types import table
from onboarding.store import ENROLMENT, TRANSITION
from reports.scope import Scope

_IMPORT, _STAFF = table(ListImport), table(Staff)
_UNDOER = _STAFF.alias("undoer")


class Hindrance(StrEnum):
    """Why an import cannot be taken back: it was already, it enrolled nobody, some of it is beyond the scope, or
    something has happened in it since.
    """

    UNDONE = auto()
    NOBODY = auto()
    BEYOND = auto()
    GONE_ON = auto()


def list_imports(
    session: Session, scope: Scope, by: str, limit: int = 50, only: int | None = None
) -> list[dict[str, Any]]:
    """The latest first: those that `by` read in, and those that brought somebody into the scope; or `only` this one.

    Each has `import` (its id), `at`, `by` (a name, or what signed when that is not staff), `pathway` (its key), `rows`,
    `created`, `updated`, `unchanged`, `corrected` (how many cells were typed anew) and `omitted` (how many rows
    were left out, which `rows` does not count); `undone_at` and `undone_by`;
    whether the scope covers everybody whom it enrolled (`covered`); and what seems to stand in the way of undoing it
    (`hindrance`, a `Hindrance` or None): what stands in the way beyond that, the verb says.
    """
    i = _IMPORT.c
    brought = select(ENROLMENT.c.list_import_id).where(ENROLMENT.c.list_import_id.is_not(None), scope.covers())
    covered = ~_some(~scope.covers())
    wanted = select(
        _IMPORT,
        _STAFF.c.name,
        _UNDOER.c.name.label("undoer"),
        covered.label("covered"),
        _some(_moved_since()).label("gone_on"),
    )
    wanted = wanted.select_from(_IMPORT).outerjoin(_STAFF, _STAFF.c.email == i.by)
    wanted = wanted.outerjoin(_UNDOER, _UNDOER.c.email == i.undone_by)
    wanted = wanted.where(or_(i.by == by, i.id.in_(brought))).order_by(i.id.desc()).limit(limit)
    if only is not None:
        wanted = wanted.where(i.id == only)
    return [_one(row) for row in session.connection().execute(wanted)]


def _some(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether this is true of some enrolment of the import."""
    return select(ENROLMENT.c.id).where(ENROLMENT.c.list_import_id == _IMPORT.c.id, which).exists()


def _moved_since() -> ColumnElement[bool]:
    t = TRANSITION.c
    later = select(t.id).where(t.enrolment_id == ENROLMENT.c.id, t.command_id != _IMPORT.c.command_id)
    return later.correlate(ENROLMENT, _IMPORT).exists()


def _one(row: Any) -> dict[str, Any]:
    same = ("at", "rows", "created", "updated", "unchanged", "corrected", "omitted", "undone_at", "covered")
    return {name: getattr(row, name) for name in same} | {
        "import": row.id,
        "by": row.name or row.by,
        "pathway": row.pathway_key,
        "undone_by": row.undoer or row.undone_by,
        "hindrance": _hindrance(row),
    }


def _hindrance(row: Any) -> Hindrance | None:
    """The first that there is: of those who are beyond the scope it is not told whether they have gone on."""
    if row.undone_at is not None:
        return Hindrance.UNDONE
    if not row.created:
        return Hindrance.NOBODY
    if not row.covered:
        return Hindrance.BEYOND
    return Hindrance.GONE_ON if row.gone_on else None
