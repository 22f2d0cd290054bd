"""The milestones that follow a person from one enrolment into the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from engine.case import Fact
from engine.pathway import Pathway
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, MILESTONE, chunks, stands


def lasting_facts(
    session: Session, pathway: Pathway, people: Sequence[UUID], signed: Signed
) -> dict[UUID, dict[str, Fact]]:
    """The milestones that belong to the person and that `pathway` knows, from any enrolment they ever had."""
    lasting = [milestone.key for milestone in pathway.milestones if milestone.lasting]
    facts: dict[UUID, dict[str, Fact]] = defaultdict(dict)
    e, m = ENROLMENT.c, MILESTONE.c
    for ids in chunks(people):
        wanted = select(e.candidate_id, m.key, m.achieved_on, m.value, m.withdrawn_at).join_from(MILESTONE, ENROLMENT)
        wanted = wanted.where(e.candidate_id.in_(ids), m.key.in_(lasting), stands()).order_by(m.id)
        for candidate_id, key, achieved_on, value, withdrawn_at in session.connection().execute(wanted):
            # The latest speaks. When that one is withdrawn, it was a mistake wherever else it stands.
            facts[candidate_id].pop(key, None)
            if withdrawn_at is None:
                facts[candidate_id][key] = Fact(achieved_on, value, signed.command_id)
    return facts
