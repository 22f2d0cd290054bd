"""The figures of a pathway, for programs: as they leave the unit, since whatever a program fetches usually does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from onboarding.pathways import newest
from reports.effect import effect, told
from reports.period import Period
from reports.report import Figure, report
from web.api import asked
from web.api.answers import Answered
from web.api.guard import Reports
from web.api.looking import refuse_unknown
from web.api.problems import documented
from web.state import state_of

router = APIRouter()

#: A count of people in a report; None where it is not to leave the unit.
People = int | None


class StageFigures(Answered):
    """`reached` and `left` in the period, and `now` at its end. `days` is the median of the visits that ended in it;
    `planned_days` what the pathway plans.
    """

    stage: str
    title: str
    reached: People
    left: People
    now: People
    days: int | None
    planned_days: int | None


class HalfYear(Answered):
    """Who began in the half-year, and how many of them were still under way or had completed by whole months after
    their start; `shares` of them in per cent. None is also what it is too early to tell.
    """

    year: int
    half: int = Field(ge=1, le=2)
    began: People
    kept: dict[int, People]
    shares: dict[int, int | None]


class Report(Answered):
    """In the period: who began (`enrolled`), and who ended, and how; `active`, and in which stage, at its end."""

    pathway: str
    title: str
    from_: date | None = Field(alias="from")
    to: date | None
    enrolled: People
    active: People
    completed: People
    employed: People
    qualified: People
    in_education: People
    dropped_out: People
    not_admitted: People
    transferred: People
    by_stage: dict[str, People]
    by_ending: dict[str, People]
    by_reason: dict[str, People]
    by_reason_title: dict[str, People]
    stages: list[StageFigures]
    half_years: list[HalfYear]


class Heard(Answered):
    """Of one kind of reminder, how many were `sent` and `followed` within seven days by something that somebody did;
    `share` in per cent, `days` the median of the whole days until then. None is what there is no number of, or what
    cannot leave the unit. `too_early` were sent less than seven days ago, and are in no other number.
    """

    kind: str
    sent: People
    followed: People
    share: int | None
    days: int | None
    too_early: People


class Effect(Answered):
    pathway: str
    title: str
    from_: date | None = Field(alias="from")
    to: date | None
    reminders: list[Heard]


class WantedPeriod(BaseModel):
    """From a day to a day, both included; without one of them, open at that end."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    since: Annotated[asked.Day | None, Field(alias="from", description="The first day of the period")] = None
    until: Annotated[asked.Day | None, Field(alias="to", description="The last day of the period")] = None


@router.get(
    "/pathways/{pathway}/report",
    name="report",
    tags=["figures"],
    response_model=Report,
    responses=documented(404, 422),
)
def report_of(
    request: Request, person: Reports, pathway: asked.PathwayKey, query: Annotated[WantedPeriod, Query()]
) -> dict[str, Any]:
    """Begun, active, completed, employed, dropped out and why; how far people came and how long each stage took; and of
    those who began in the same half-year, how many were kept. All of it in the period, or ever.

    A count of one to four people is `null`, and so is what it could be worked out from.
    """
    state, period = state_of(request), Period(query.since, query.until)
    with state.database.read() as session:
        refuse_unknown(session, pathway)
        made = report(session, pathway, state.today(), person.scope, period, leaves=True)
        title = newest(session, pathway).title
    return {"pathway": pathway, "title": title, "from": period.since, "to": period.until, **_told(made)}


@router.get(
    "/pathways/{pathway}/effect",
    name="effect",
    tags=["figures"],
    response_model=Effect,
    responses=documented(404, 422),
)
def effect_of(
    request: Request, person: Reports, pathway: asked.PathwayKey, query: Annotated[WantedPeriod, Query()]
) -> dict[str, Any]:
    """How often somebody did something within seven days of a reminder that was sent in the period. A reminder is
    counted once, however many people were told. That an action followed does not say that the reminder was its reason.

    A count of one to four is `null`, and so is what it could be worked out from.
    """
    state, period = state_of(request), Period(query.since, query.until)
    with state.database.read() as session:
        refuse_unknown(session, pathway)
        heard = effect(session, pathway, state.now(), person.scope, period, leaves=True)
        return told(newest(session, pathway), period, heard)


def _told(made: dict[str, Any]) -> dict[str, Any]:
    reasons: list[dict[str, Any]] = made["reasons"]
    return {
        **{name: figure.count for name, figure in made["status"].items()},
        "by_stage": _by_stage(stage["now"] for stage in made["stages"]),
        "by_ending": _by_stage(ending["figure"] for ending in made["endings"]),
        # Reasons that older versions called the same are counted together, as on the page.
        "by_reason": {reason["figure"].behind.reasons[0]: reason["figure"].count for reason in reasons},
        "by_reason_title": {reason["title"]: reason["figure"].count for reason in reasons},
        "stages": [_plain(stage) | {"stage": stage["now"].behind.stage} for stage in made["stages"]],
        "half_years": [_plain(group) | {"kept": _plain(group["kept"])} for group in made["groups"]],
    }


def _by_stage(figures: Iterable[Figure]) -> dict[str | None, int | None]:
    return {figure.behind.stage: figure.count for figure in figures}


def _plain(row: dict[Any, Any]) -> dict[Any, Any]:
    """With a number, or None, in place of each figure."""
    return {key: one.count if isinstance(one, Figure) else one for key, one in row.items()}
