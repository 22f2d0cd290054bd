"""Three dates for every stage: planned (set at enrolment), forecast (moves with pauses and delays), actual.

The planned dates need not be stored: the version and the day of starting are fixed at enrolment, and they follow
from the two. The forecast follows the same route from where the candidate is now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.case import Case, Status
from engine.conditions import Holds, stage_end
from engine.history import History, Verb
from engine.pathway import Pathway, Stage, Step

#: »Frist nærmer sig« (due soon): this many days, or fewer, until the stage should be left.
DUE_SOON_DAYS = 14


def is_overdue(status: Status, due_on: date | None, on: date) -> bool:
    """The one definition of overdue: open, and the day on which the stage should be left has passed."""
    return status is Status.OPEN and due_on is not None and on > due_on


def is_due_soon(status: Status, due_on: date | None, on: date) -> bool:
    """Open, not overdue, and to be left within `DUE_SOON_DAYS`."""
    return status is Status.OPEN and due_on is not None and on <= due_on <= on + timedelta(days=DUE_SOON_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """The dates of one stage; an end is the day of leaving. None: not known, or not happened."""

    stage: str
    planned_start: date | None = None
    planned_end: date | None = None
    forecast_start: date | None = None
    forecast_end: date | None = None
    actual_start: date | None = None
    actual_end: date | None = None


def plan(pathway: Pathway, case: Case, history: History, on: date) -> tuple[PlannedStage, ...]:
    """Every stage on the candidate's way, in order: those behind, the present one and the likely ones ahead.

    At a branch that is still open the way goes along the first step that leads forward (to a stage that is written
    later) and that no recorded milestone contradicts. A stage that was visited twice stands twice; its planned
    dates stand with the first.
    """
    moves = (item for item in history.undoable if item.move.action is not Verb.PAUSE)
    visits = [_Visit(item.back_to.stage, item.back_to.entered_on, item.move.on) for item in moves]
    if case.place.status is not Status.ENDED:
        visits.append(_Visit(case.place.stage, case.place.entered_on, None))
    last = visits[-1].stage if visits else pathway.starts_in
    ahead = [stage for stage in _route(pathway, case, last) if stage != last]
    planned = _planned(pathway, case, [*(visit.stage for visit in visits), *ahead])
    end = forecast_end(pathway, case, on)
    forecast = _chain(pathway, end, ahead)
    behind = [_been(visit, planned.pop(visit.stage, _UNKNOWN), end, on) for visit in visits]
    return (*behind, *(_coming(stage, planned.pop(stage, _UNKNOWN), forecast[stage]) for stage in ahead))


_Dates = tuple[date | None, date | None]
_UNKNOWN: _Dates = (None, None)


@dataclass(frozen=True, slots=True)
class _Visit:
    stage: str
    entered_on: date
    left_on: date | None


def _been(visit: _Visit, planned: _Dates, forecast: date | None, on: date) -> PlannedStage:
    if visit.left_on is not None and visit.left_on < visit.entered_on:  # left before it began
        return PlannedStage(stage=visit.stage, planned_start=planned[0], planned_end=planned[1])
    return PlannedStage(
        stage=visit.stage,
        planned_start=planned[0],
        planned_end=planned[1],
        forecast_start=visit.entered_on,
        forecast_end=visit.left_on or forecast,
        actual_start=visit.entered_on if visit.entered_on <= on else None,
        actual_end=visit.left_on,
    )


def _coming(stage: str, planned: _Dates, forecast: _Dates) -> PlannedStage:
    return PlannedStage(
        stage=stage,
        planned_start=planned[0],
        planned_end=planned[1],
        forecast_start=forecast[0],
        forecast_end=forecast[1],
    )


def _planned(pathway: Pathway, case: Case, walked: list[str]) -> dict[str, _Dates]:
    """The dates set at enrolment; a stage off the route of that day follows the one that led to it."""
    as_it_began = replace(case, milestones={})
    dates = _chain(pathway, case.starts_on, list(_route(pathway, as_it_began, pathway.starts_in)))
    end: date | None = None
    for stage in walked:
        if stage not in dates:
            dates |= _chain(pathway, end, [stage])
        end = dates[stage][1]
    return dates


def forecast_end(pathway: Pathway, case: Case, on: date) -> date | None:
    """When the present stage is expected to be left, seen from the day `on`: never in the past."""
    if case.place.status is Status.ENDED:
        return None
    end = stage_end(case, pathway.open_stages[case.place.stage])
    if end is None:
        return None
    pause = case.open_pause
    if pause is not None and on > pause.review_on:
        end += timedelta(days=(on - pause.review_on).days)
    return max(end, on)


def _chain(pathway: Pathway, start: date | None, stages: list[str]) -> dict[str, _Dates]:
    """Start and end of each stage when they follow one another; unknown after an open-ended one."""
    dates: dict[str, _Dates] = {}
    for key in stages:
        lasts = pathway.open_stages[key].lasts
        end = lasts.after(start) if start is not None and lasts is not None else None
        dates[key] = (start, end)
        start = end
    return dates


def _route(pathway: Pathway, case: Case, start: str) -> Iterator[str]:
    """The likely way from this stage, and no stage of it twice."""
    seen: set[str] = set()
    stage: str | None = start
    while stage is not None and stage in pathway.open_stages:
        seen.add(stage)
        yield stage
        stage = _onward(pathway, case, stage, seen)


def _onward(pathway: Pathway, case: Case, stage: str, seen: set[str]) -> str | None:
    """The likely next stage: forward if a step leads there, and back only where no step leads anywhere else."""
    steps = (step for step in pathway.steps_from[stage] if not _contradicted(case, step))
    possible = [step.target for step in steps if step.target not in seen]
    written = list(pathway.open_stages)
    later = written[written.index(stage) + 1 :]
    forward = [target for target in possible if target in later]
    if forward or any(target in pathway.endings for target in possible):
        return forward[0] if forward else None
    return possible[0] if possible else None


def _contradicted(case: Case, step: Step) -> bool:
    return any(
        isinstance(condition, Holds)
        and condition.value is not None
        and (fact := case.milestones.get(condition.milestone)) is not None
        and fact.value != condition.value
        for condition in step.when
    )


def units(pathway: Pathway) -> tuple[tuple[str | None, tuple[Stage, ...]], ...]:
    """The stages in their order, those that are part of one unit together under its title."""
    groups: list[list[Stage]] = []
    for stage in pathway.open_stages.values():
        if groups and stage.part_of is not None and groups[-1][0].part_of == stage.part_of:
            groups[-1].append(stage)
        else:
            groups.append([stage])
    return tuple((stages[0].part_of.title if stages[0].part_of else None, tuple(stages)) for stages in groups)
