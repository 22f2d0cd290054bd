"""What a list would do to each of its people, before it does it. Names are here, as the list itself says them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from onboarding.lists.parsed import CandidateRow
from onboarding.store import ENROLMENT
from reports.scope import Scope
from reports.words import DETAIL


def list_preview(
    session: Session, scope: Scope, rows: Sequence[CandidateRow], outcomes: Sequence[dict[str, Any]], limit: int
) -> dict[str, list[dict[str, Any]]]:
    """At most `limit` people for each of `created`, `updated` and `unchanged`.

    Each has `row`, `name`, `reference` (of the open enrolment, if the scope covers it), `changed` (Danish words) and
    `known`: of somebody whose enrolment the scope does not cover, that is all that is said.
    """
    told: dict[str, list[dict[str, Any]]] = {"created": [], "updated": [], "unchanged": []}
    for row, came in zip(rows, outcomes, strict=True):
        if len(told[came["outcome"]]) < limit:
            told[came["outcome"]].append({"name": row.name, **came})
    seen = _covered(session, scope, [one["reference"] for people in told.values() for one in people])
    return {outcome: [_one(one, one["reference"] in seen) for one in people] for outcome, people in told.items()}


def _one(came: dict[str, Any], covered: bool) -> dict[str, Any]:
    changed = [DETAIL[name] for name in came["changed"]] if covered else []
    reference = came["reference"] if covered else None
    return {
        "row": came["row"],
        "name": came["name"],
        "known": came["known"],
        "reference": reference,
        "changed": changed,
    }


def _covered(session: Session, scope: Scope, references: Sequence[str | None]) -> frozenset[str]:
    wanted = select(ENROLMENT.c.reference).where(
        ENROLMENT.c.reference.in_({r for r in references if r}), scope.covers()
    )
    return frozenset(session.connection().scalars(wanted))
