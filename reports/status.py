"""The status report, in the words of the municipality's own: active, completed, employed, dropped out.

Source 002 reports its programmes so: "58 aktive deltagere og 78 har gennemført (heraf er 62 efterfølgende ansat)".
What each figure means in a period is said in `reports.behind`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, select, true
from sqlmodel import Session

from engine.case import Status
from engine.pathway import Outcome, Pathway
from onboarding.pathways import versions
from onboarding.store import ENROLMENT, TRANSITION
from reports.behind import active, dropped, ended, has_moved_since, then
from reports.period import ALWAYS, Period
from reports.scope import Scope, countable

#: The outcomes that the report tells of by themselves, in its order.
_TOLD = (
    Outcome.EMPLOYED,
    Outcome.QUALIFIED,
    Outcome.IN_EDUCATION,
    Outcome.DROPPED_OUT,
    Outcome.NOT_ADMITTED,
    Outcome.TRANSFERRED,
)


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
    figures["still"] = and_(figures["active"], true() if period.until is None else not_(has_moved_since(period.until)))
    numbers = [func.count().filter(condition).label(name) for name, condition in figures.items()]
    totals, by_stage, by_ending, outcomes = Counter[str](), Counter[str](), Counter[str](), Counter[Outcome]()
    for row in session.connection().execute(select(*groups, *numbers).where(*which).group_by(*groups)):
        totals.update(begun=row.begun, active=row.active)
        by_stage[row.stage] += row.still
        if row.status == Status.ENDED:
            by_ending[row.stage] += row.ended
            outcomes[published[row.pathway_version].endings[row.stage].counts_as] += row.ended
    by_stage = +by_stage + _then_by_stage(session, period, which)
    reasons = _reasons(session, period, which)
    return {
        "pathway": pathway_key,
        "title": pathway.title,
        "from": period.since.isoformat() if period.since else None,
        "to": period.until.isoformat() if period.until else None,
        "enrolled": totals["begun"],
        "active": totals["active"],
        "completed": sum(count for outcome, count in outcomes.items() if outcome.completed),
        **{str(outcome): outcomes[outcome] for outcome in _TOLD},
        "by_stage": {key: by_stage[key] for key in dict.fromkeys((*pathway.open_stages, *by_stage))},
        "by_ending": {key: by_ending[key] for key in dict.fromkeys((*pathway.counted_endings, *by_ending))},
        "by_reason": reasons,
        "by_reason_title": _by_title(reasons, published),
    }


def _then_by_stage(session: Session, period: Period, which: tuple[ColumnElement[bool], ...]) -> Counter[str]:
    """In which stage those were at the close of the last day who are in another now."""
    if period.until is None:
        return Counter()
    there = then(period.until, active(period), *which)
    found = select(there.c.stage, func.count()).group_by(there.c.stage)
    return Counter(dict(session.connection().execute(found).tuples().all()))


def _reasons(session: Session, period: Period, which: tuple[ColumnElement[bool], ...]) -> dict[str, int]:
    """How many of those who dropped out in the period, and still have, gave each reason."""
    t = TRANSITION.c
    found = select(t.reason, func.count()).join_from(ENROLMENT, TRANSITION, dropped())
    rows = session.connection().execute(found.where(ended(period), *which).group_by(t.reason))
    return dict(sorted(((reason, count) for reason, count in rows), key=lambda item: (-item[1], item[0])))


def _by_title(reasons: dict[str, int], published: dict[int, Pathway]) -> dict[str, int]:
    """The same by what people call them: versions may have given one title two keys."""
    titles = {key: title for one in reversed(published.values()) for key, title in one.dropout_reasons.items()}
    counts = Counter[str]()
    for reason, count in reasons.items():
        counts[titles.get(reason, reason)] += count
    return dict(counts)
