"""Which cases a figure counts: those that its list shows. What a period means is said here, once, for every figure.

- *begun*: the first day lies in the period.
- *active*: begun, and not ended, at the close of the period's last day. When it has none: now, and with those who are
  enrolled and begin later, as they are in *begun* as well; whoever is counted has begun, ended or is active.
- *ended* (completed, employed, dropped out …): the day of the ending lies in the period.
- *reached*, *left*: came to the stage, went on from it, on a day in the period.
- *kept*: begun in the period, and after so many whole months still under way or completed.

All of it follows from the transitions that stand: an ending of last year is of last year whenever it is asked for,
unless somebody takes it back. Of whoever has ended, `Enrolment.entered_on` is the day, and `visit` the transition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, extract, false, not_, or_, select, true
from sqlmodel import Session

from engine.case import Status
from engine.history import Verb
from engine.pathway import Outcome, Pathway
from onboarding.pathways import versions
from onboarding.store import ENROLMENT, TRANSITION
from reports.period import ALWAYS, Period
from reports.scope import Scope, countable
from reports.visits import arrivals, visits


class What(StrEnum):
    """What happened, in or by the period, to whoever a figure counts."""

    BEGUN = "begun"
    ACTIVE = "active"
    ENDED = "ended"
    REACHED = "reached"
    LEFT = "left"
    KEPT = "kept"


#: The outcomes that the sources call completed ("gennemført"), as one word.
COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """`stage` is a stage's or an ending's key, `outcome` one of `Outcome` or `COMPLETED`; `reasons` are keys."""

    what: What
    period: Period = ALWAYS
    stage: str | None = None
    outcome: str | None = None
    reasons: tuple[str, ...] = ()
    months: int = 0


def counted(session: Session, pathway_key: str, behind: Behind, scope: Scope | None = None) -> ColumnElement[bool]:
    """The condition on rows of `ENROLMENT` of this pathway that `scope` covers. Raises `Refused` when there is no such
    pathway.
    """
    published, whose = versions(session, pathway_key), countable(pathway_key, scope)
    e, period = ENROLMENT.c, behind.period
    match behind.what:
        case What.BEGUN:
            return period.holds(e.starts_on)
        case What.ACTIVE:
            return and_(active(period), _then_in(whose, behind))
        case What.ENDED:
            as_asked = (_ending(behind), _outcome(published, behind.outcome), _reasons(behind.reasons))
            return and_(ended(period), *as_asked)
        case What.REACHED:
            return _moved(pathway_key, TRANSITION.c.to_stage, behind)
        case What.LEFT:
            return _moved(pathway_key, TRANSITION.c.from_stage, behind)
        case What.KEPT:
            after = months_until_lost(published)
            return and_(period.holds(e.starts_on), or_(after.is_(None), after >= behind.months))


def active(period: Period) -> ColumnElement[bool]:
    """Begun, and not ended, at the close of the last day."""
    e = ENROLMENT.c
    if period.until is None:
        return e.status != Status.ENDED
    return and_(e.starts_on <= period.until, or_(e.status != Status.ENDED, e.entered_on > period.until))


def ended(period: Period) -> ColumnElement[bool]:
    return and_(ENROLMENT.c.status == Status.ENDED, period.holds(ENROLMENT.c.entered_on))


def dropped() -> ColumnElement[bool]:
    """Rows of `TRANSITION` joined to the enrolment that they ended by dropping out."""
    t = TRANSITION.c
    return and_(t.enrolment_id == ENROLMENT.c.id, t.seq == ENROLMENT.c.visit, t.action == Verb.DROP)


def months_until_lost(published: Mapping[int, Pathway]) -> ColumnElement[int | None]:
    """How many whole months somebody was there who ended without completing; None for everybody else."""
    e = ENROLMENT.c
    lost = and_(e.status == Status.ENDED, not_(_ended_as(published, [one for one in Outcome if one.completed])))
    (from_year, from_month, from_day), (to_year, to_month, to_day) = _parts(e.starts_on), _parts(e.entered_on)
    whole = (to_year - from_year) * 12 + to_month - from_month - case((to_day < from_day, 1), else_=0)
    return case((lost, whole), else_=None)


def _parts(day: Any) -> tuple[Any, Any, Any]:
    return extract("year", day), extract("month", day), extract("day", day)


def _then_in(whose: tuple[ColumnElement[bool], ...], behind: Behind) -> ColumnElement[bool]:
    """In the stage at the close of the last day."""
    e, until = ENROLMENT.c, behind.period.until
    if behind.stage is None:
        return true()
    if until is None:
        return e.stage == behind.stage
    there = then(until, *whose)
    moved_on = select(there.c.enrolment_id).where(there.c.stage == behind.stage)
    return or_(and_(e.stage == behind.stage, not_(has_moved_since(until))), e.id.in_(moved_on))


def has_moved_since(day: date) -> ColumnElement[bool]:
    """Is in another stage than at the close of that day: only for these is the history asked."""
    return and_(ENROLMENT.c.starts_on <= day, ENROLMENT.c.entered_on > day)


def then(day: date, *whose: ColumnElement[bool]) -> Subquery:
    """Where those who have moved since were at the close of that day: `enrolment_id` and `stage`."""
    stays = visits(has_moved_since(day), *whose, until=day)
    return select(stays.c.enrolment_id, stays.c.stage).where(stays.c.left_on.is_(None)).subquery()


def _moved(pathway_key: str, stage: ColumnElement[Any], behind: Behind) -> ColumnElement[bool]:
    """A move that stands, into the stage or out of it, in the period."""
    t = TRANSITION.c
    moves = arrivals(t.enrolment_id).where(ENROLMENT.c.pathway_key == pathway_key, behind.period.holds(t.occurred_on))
    return ENROLMENT.c.id.in_(moves.where(stage.is_not(None) if behind.stage is None else stage == behind.stage))


def _ending(behind: Behind) -> ColumnElement[bool]:
    return true() if behind.stage is None else ENROLMENT.c.stage == behind.stage


def _outcome(published: Mapping[int, Pathway], outcome: str | None) -> ColumnElement[bool]:
    if outcome is None:
        return true()
    return _ended_as(published, [one for one in Outcome if one == outcome or (one.completed and outcome == COMPLETED)])


def _ended_as(published: Mapping[int, Pathway], outcomes: Iterable[Outcome]) -> ColumnElement[bool]:
    """In an ending that counts as one of these, by the version that the enrolment is pinned to."""
    e, wanted = ENROLMENT.c, frozenset(outcomes)
    return or_(
        false(),
        *(
            and_(e.pathway_version == number, e.stage.in_(keys))
            for number, pathway in published.items()
            if (keys := [key for key, ending in pathway.endings.items() if ending.counts_as in wanted])
        ),
    )


def _reasons(reasons: tuple[str, ...]) -> ColumnElement[bool]:
    if not reasons:
        return true()
    return select(TRANSITION.c.id).where(dropped(), TRANSITION.c.reason.in_(reasons)).exists()
