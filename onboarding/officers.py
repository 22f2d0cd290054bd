"""The candidates of jobcenter officers: whom they enrolled, and in their areas whomever no officer has."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from engine.audience import Audience
from models.staff import Staff
from models.types import table
from onboarding.store import ENROLMENT

STAFF = table(Staff)


def without_officer() -> ColumnElement[bool]:
    """The enrolment has no officer: a coordinator or a program enrolled them, or whoever did is an officer no more.

    The officers of its area are told of it then (`Directory.people` is this rule for one enrolment), and see it.
    """
    officers = select(STAFF.c.id).where(STAFF.c.active, STAFF.c.role == Audience.JOBCENTER_OFFICER)
    return or_(ENROLMENT.c.officer_id.is_(None), ENROLMENT.c.officer_id.not_in(officers))
