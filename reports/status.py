"""The status report, in the words of the municipality's own: active, completed, employed, dropped out.

Source 002 reports its programmes so: "58 aktive deltagere og 78 har gennemført (heraf er 62 efterfølgende ansat)".
What each figure means in a period is said in `reports.behind`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Select, func, not_, select
from sqlmodel import Session

from engine.case import Status
from engine.pathway import Outcome
from onboarding.pathways import versions
from onboarding.store import ENROLMENT, TRANSITION
from reports.behind import active, dropped, ended, has_moved_since, is_on
from reports.period import ALWAYS, Period
from reports.scope import Scope, countable
from reports.visits import visits


def status_report(
    session: Session, pathway_key: str, scope: Scope | None = None, period: Period = ALWAYS
) -> dict[str, Any]:
    """`enrolled` (begun in the period); `active` at its end, and `by_stage` where; those who ended in it: `completed`
    and, among them, `employed`; `dropped_out` with `by_reason`; `by_ending`. Counted are the enrolments that `scope`
    covers, or all.
    """
    published = versions(session, pathway_key)
    pathway, e = next(iter(published.values())), ENROLMENT.c
    which = countable(pathway_key, scope)
    groups = (e.pathway_version, e.stage, e.status)
    figures = {"begun": period.holds(e.starts_on), "active": active(period), "ended": ended(period)}
    numbers = [func.count().filter(condition).label(name) for name, condition in figures.items()]
    totals, by_ending, outcomes = Counter[str](), Counter[str](), Counter[Outcome]()
    for row in session.connection().execute(select(*groups, *numbers).where(*which).group_by(*groups)):
        totals.update(begun=row.begun, active=row.active)
        if row.status == Status.ENDED:
            by_ending[row.stage] += row.ended
            outcomes[published[row.pathway_version].endings[row.stage].counts_as] += row.ended
    by_stage = _by_stage(session, period, which)
    reasons = _reasons(session, period, which)
    titles = {key: title for one in reversed(published.values()) for key, title in one.dropout_reasons.items()}
    by_title = Counter[str]()
    for reason, count in reasons.items():
        by_title[titles.get(reason, reason)] += count
    return {
        "pathway": pathway_key,
        "title": pathway.title,
        "from": period.since.isoformat() if period.since else None,
        "to": period.until.isoformat() if period.until else None,
        "enrolled": totals["begun"],
        "active": totals["active"],
        "completed": sum(count for outcome, count in outcomes.items() if outcome.completed),
        "employed": outcomes[Outcome.EMPLOYED],
        "qualified": outcomes[Outcome.QUALIFIED],
        "in_education": outcomes[Outcome.IN_EDUCATION],
        "dropped_out": outcomes[Outcome.DROPPED_OUT],
        "not_admitted": outcomes[Outcome.NOT_ADMITTED],
        "transferred": outcomes[Outcome.TRANSFERRED],
        "by_stage": {key: by_stage[key] for key in dict.fromkeys((*pathway.open_stages, *by_stage))},
        "by_ending": {key: by_ending[key] for key in dict.fromkeys((*pathway.counted_endings, *by_ending))},
        "by_reason": reasons,
        "by_reason_title": dict(by_title),
    }


def _by_stage(session: Session, period: Period, which: tuple[ColumnElement[bool], ...]) -> Counter[str]:
    """In which stage the active were at the close of the last day; where they are, when there is none."""
    e, until = ENROLMENT.c, period.until
    still_there = select(e.stage, func.count()).where(active(period), *which).group_by(e.stage)
    if until is None:
        return _numbers(session, still_there)
    stays = visits(active(period), has_moved_since(until), *which)
    then_there = select(stays.c.stage, func.count()).where(is_on(stays, until)).group_by(stays.c.stage)
    return _numbers(session, still_there.where(not_(has_moved_since(until)))) + _numbers(session, then_there)


def _numbers(session: Session, found: Select[tuple[str, int]]) -> Counter[str]:
    return Counter(dict(session.connection().execute(found).tuples().all()))


def _reasons(session: Session, period: Period, which: tuple[ColumnElement[bool], ...]) -> dict[str, int]:
    """How many of those who dropped out in the period, and still have, gave each reason."""
    t = TRANSITION.c
    found = select(t.reason, func.count()).join_from(ENROLMENT, TRANSITION, dropped())
    rows = session.connection().execute(found.where(ended(period), *which).group_by(t.reason))
    return dict(sorted(((reason, count) for reason, count in rows), key=lambda item: (-item[1], item[0])))
