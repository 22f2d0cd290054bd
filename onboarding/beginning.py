"""New enrolments, as they are written: the row, the first transition and the milestones that they begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from engine.decision import Decision
from engine.pathway import Pathway
from models.bulk import insert
from models.enrolment import Stored
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, MILESTONE, TRANSITION, Loaded, enrolments
from onboarding.writing import Change, milestone_row, state_of, transition_rows


def enrolment_columns(pathway: Pathway, decision: Decision, signed: Signed) -> dict[str, Any]:
    """The columns of a new enrolment that follow from its pathway and its beginning."""
    return {
        "pathway_key": pathway.key,
        "pathway_version": pathway.version,
        "starts_on": decision.case.starts_on,
        "revision": 1,
        "created_by": signed.by,
        "created_at": signed.at,
    } | state_of(decision)


def write_new(
    session: Session,
    pathway: Pathway,
    rows: list[dict[str, Any]],
    decisions: Mapping[str, Decision],
    signed: Signed,
) -> list[Change]:
    """Writes new enrolments with their first transition and milestones. `decisions` is by reference."""
    insert(session, ENROLMENT, rows)
    written = session.connection().execute(enrolments().where(ENROLMENT.c.reference.in_(decisions)))
    made = [
        Change(Loaded(row, pathway, decisions[row.reference].case), decisions[row.reference])
        for row in sorted(map(Stored._make, written))
    ]
    _insert_first(session, made, signed)
    return made


def _insert_first(session: Session, made: Sequence[Change], signed: Signed) -> None:
    insert(session, TRANSITION, [row for change in made for row in transition_rows(change, signed)])
    facts = [(change.loaded.id, *fact) for change in made for fact in change.decision.case.milestones.items()]
    insert(session, MILESTONE, [milestone_row(enrolment_id, key, fact, signed) for enrolment_id, key, fact in facts])
