"""The lists that were read in: when, by whom, and what came of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from models.list_import import ListImport
from models.staff import Staff
from models.types import table
from onboarding.store import ENROLMENT
from reports.scope import Scope

_IMPORT, _STAFF = table(ListImport), table(Staff)


def list_imports(session: Session, scope: Scope, by: str, limit: int = 50) -> list[dict[str, Any]]:
    """The latest first: those that `by` read in, and those that brought somebody into the scope.

    Each has `import` (its id), `at`, `by` (a name, or what signed when that is not staff), `pathway` (its key), `rows`,
    `created`, `updated`, `unchanged` and `corrected` (how many cells were typed anew).
    """
    i = _IMPORT.c
    brought = select(ENROLMENT.c.list_import_id).where(ENROLMENT.c.list_import_id.is_not(None), scope.covers())
    wanted = select(_IMPORT, _STAFF.c.name).join_from(_IMPORT, _STAFF, _STAFF.c.email == i.by, isouter=True)
    wanted = wanted.where(or_(i.by == by, i.id.in_(brought))).order_by(i.id.desc()).limit(limit)
    return [
        {
            "import": row.id,
            "at": row.at,
            "by": row.name or row.by,
            "pathway": row.pathway_key,
            "rows": row.rows,
            "created": row.created,
            "updated": row.updated,
            "unchanged": row.unchanged,
            "corrected": row.corrected,
        }
        for row in session.connection().execute(wanted)
    ]
