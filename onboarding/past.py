"""Everything that is kept of what happened in one enrolment, read once for whoever needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from engine.case import Fact
from engine.history import History, Transition, fold
from models.staff import Staff
from models.types import table
from onboarding.store import MILESTONE, TRANSITION, Loaded, transition_from

STAFF = table(Staff)
_TRANSITIONS = (
    select(TRANSITION, STAFF.c.name.label("coordinator"), STAFF.c.email.label("coordinator_email"))
    .outerjoin(STAFF, TRANSITION.c.coordinator_id == STAFF.c.id)
    .where(TRANSITION.c.enrolment_id == bindparam("enrolment_id"))
    .order_by(TRANSITION.c.seq)
)
_MILESTONES = select(MILESTONE).where(MILESTONE.c.enrolment_id == bindparam("enrolment_id")).order_by(MILESTONE.c.id)


@dataclass(frozen=True, slots=True)
class Past:
    """The rows of an enrolment, in the order in which they were written, and what its transitions amount to.

    `transitions` have beside their columns the name (`coordinator`) and the e-mail (`coordinator_email`) of whom they
    name; `milestones` are those too that were withdrawn.
    """

    transitions: Sequence[Row[Any]]
    milestones: Sequence[Row[Any]]
    happened: tuple[Transition, ...]
    history: History

    @classmethod
    def of(cls, session: Session, loaded: Loaded) -> Past:
        which = {"enrolment_id": loaded.id}
        transitions = session.connection().execute(_TRANSITIONS, which).all()
        milestones = session.connection().execute(_MILESTONES, which).all()
        happened = tuple(transition_from(row, loaded.pathway) for row in transitions)
        return cls(transitions, milestones, happened, fold(happened))

    def replaced(self) -> Mapping[str, Fact]:
        """What held, by milestone, before the command that an undo would take back withdrew it; `record` does so when
        it corrects a fact.
        """
        command_id = self.history.last_command_id()
        if command_id is None:
            return {}
        return {
            row.key: Fact(row.achieved_on, row.value, row.command_id)
            for row in self.milestones
            if row.withdrawn_command_id == command_id
        }
