"""The status report, in the words of the municipality's own: active, completed, employed, dropped out.

Source 002 reports its programmes so: "58 aktive deltagere og 78 har gennemført (heraf er 62 efterfølgende ansat)".
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlmodel import Session

from engine.case import Status
from engine.history import Verb
from engine.pathway import Outcome
from onboarding.pathways import versions
from onboarding.store import ENROLMENT, TRANSITION
from reports.scope import Scope


def status_report(session: Session, pathway_key: str, scope: Scope | None = None) -> dict[str, Any]:
    """`active`, `completed` and, among those, `employed`; `dropped_out` with `by_reason`; `by_stage` of the active;
    `by_ending`; `enrolled` in all. Counted are the enrolments that `scope` covers, or all.
    """
    published = versions(session, pathway_key)
    pathway = next(iter(published.values()))
    e = ENROLMENT.c
    columns = (e.pathway_version, e.stage, e.status)
    covered = scope.covers() if scope is not None else true()
    counted = select(*columns, func.count()).where(e.pathway_key == pathway_key, covered).group_by(*columns)
    by_stage, by_ending, outcomes = Counter[str](), Counter[str](), Counter[Outcome]()
    for version, stage, status, count in session.connection().execute(counted):
        if status != Status.ENDED:
            by_stage[stage] += count
            continue
        by_ending[stage] += count
        outcomes[published[version].endings[stage].counts_as] += count
    reasons = _reasons(session, pathway_key, covered)
    by_title = Counter[str]()
    titles = {key: title for one in reversed(published.values()) for key, title in one.dropout_reasons.items()}
    for reason, count in reasons.items():
        by_title[titles.get(reason, reason)] += count
    return {
        "pathway": pathway_key,
        "title": pathway.title,
        "enrolled": by_stage.total() + by_ending.total(),
        "active": by_stage.total(),
        "completed": sum(count for outcome, count in outcomes.items() if outcome.completed),
        "employed": outcomes[Outcome.EMPLOYED],
        "qualified": outcomes[Outcome.QUALIFIED],
        "in_education": outcomes[Outcome.IN_EDUCATION],
        "dropped_out": outcomes[Outcome.DROPPED_OUT],
        "not_admitted": outcomes[Outcome.NOT_ADMITTED],
        "transferred": outcomes[Outcome.TRANSFERRED],
        "by_stage": {key: by_stage[key] for key in dict.fromkeys((*pathway.open_stages, *by_stage))},
        "by_ending": {key: by_ending[key] for key in dict.fromkeys((*pathway.endings, *by_ending))},
        "by_reason": reasons,
        "by_reason_title": dict(by_title),
    }


def _reasons(session: Session, pathway_key: str, covered: ColumnElement[bool]) -> dict[str, int]:
    """How many of those who dropped out, and still have, gave each reason."""
    e, t = ENROLMENT.c, TRANSITION.c
    ended_by = (t.enrolment_id == e.id) & (t.seq == e.seq) & (t.action == Verb.DROP)
    counted = select(t.reason, func.count()).join_from(ENROLMENT, TRANSITION, ended_by)
    rows = session.connection().execute(counted.where(e.pathway_key == pathway_key, covered).group_by(t.reason))
    return dict(sorted(((reason, count) for reason, count in rows), key=lambda item: -item[1]))
