"""What waits for somebody: cases that could not be decided, and what takes a case on from where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from engine.conditions import Holds
from engine.pathway import Step
from models.incident import Incident
from models.types import table
from onboarding.store import ENROLMENT
from reports.scope import Scope


class NextAction(StrEnum):
    """What a coordinator can do about a deadline."""

    MOVE = "move"
    RECORD = "record"


def next_action(steps: Sequence[Step], *, late: bool) -> NextAction:
    """What takes somebody on by one of these steps. Nobody moves anyone by a step that goes by itself once its
    milestones are there; another one is taken when the time has come, and until then its milestones are gathered.
    """
    if all(step.automatic for step in steps):
        return NextAction.RECORD
    asks = any(isinstance(condition, Holds) for step in steps for condition in step.when)
    return NextAction.RECORD if asks and not late else NextAction.MOVE


INCIDENT = table(Incident)
#: All that there are, beside each of those that are shown.
_HOW_MANY = func.count().over().label("how_many")


def incidents(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many of the scope's cases could not be decided, and those longest so: `reference`, `on` (since when)."""
    i, e = INCIDENT.c, ENROLMENT.c
    # Asked from the incidents, of which there are few or none: a join would be begun at the scope's cases.
    its_case = select(e.reference).where(e.id == i.enrolment_id, scope.covers())
    wanted = select(_HOW_MANY, its_case.scalar_subquery().label("reference"), i.first_on)
    wanted = wanted.where(i.resolved_at.is_(None), its_case.exists()).order_by(i.id)
    rows = session.connection().execute(wanted.limit(limit)).all()
    how_many = rows[0].how_many if rows else 0
    return how_many, [{"reference": row.reference, "on": row.first_on} for row in rows]
