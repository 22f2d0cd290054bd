"""A report in a period and by half-years, counted one by one from each history; and the list behind every figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from engine.pathway import Outcome, Pathway, Step
from models.staff import Role
from onboarding.store import ENROLMENT, TRANSITION
from reports.behind import counted
from reports.caseload import Wanted, count
from reports.discretion import HIDDEN, UNDER
from reports.figures import figures
from reports.period import ALWAYS, Period, usual
from reports.report import Figure, report
from reports.retention import MONTHS, retention
from reports.scope import Scope
from reports.status import status_report
from tests.municipality import PATHWAYS, Municipality

EVERYBODY = Scope(0, Role.MANAGER, frozenset({1, 2}))


@dataclass
class Life:
    """One enrolment: the stages it stood in, each with its first day; every move that was taken back is forgotten."""

    stays: list[tuple[str, date]]
    reason: str | None

    def at(self, day: date) -> str | None:
        return next((stage for stage, since in reversed(self.stays) if since <= day), None)


def lives(town: Municipality, key: str) -> list[Life]:
    """Walked through with a pencil: a list of moves, of which an undo strikes out those since the one it names."""
    found = []
    for enrolment in town.rows(ENROLMENT):
        if enrolment["pathway_key"] != key:
            continue
        moves: list[dict[str, Any]] = []
        for row in town.rows(TRANSITION, "enrolment_id", "seq"):
            if row["enrolment_id"] != enrolment["id"]:
                continue
            if row["action"] == "undo":
                moves = [move for move in moves if move["seq"] < row["undoes"]]
            elif row["action"] in ("enrol", "move", "advance", "drop", "transfer"):
                moves.append(row)
        stays = [(move["to_stage"], move["occurred_on"]) for move in moves]
        found.append(Life(stays, moves[-1]["reason"] if moves[-1]["action"] == "drop" else None))
    return found


def within(day: date, period: Period) -> bool:
    return (period.since or date.min) <= day <= (period.until or date.max)


def told(made: Any) -> Iterator[Figure]:
    """Every figure of a report, wherever it stands."""
    if isinstance(made, Figure):
        yield made
    elif isinstance(made, dict | list):
        for one in made.values() if isinstance(made, dict) else made:
            yield from told(one)


def periods(town: Municipality) -> list[Period]:
    """All of the time, its ends open and closed, and each of its months: on some of these days something happened."""
    days = sorted({row["occurred_on"] for row in town.rows(TRANSITION)})
    middle, last = days[len(days) // 2], days[-1]
    return [
        ALWAYS,
        Period(None, middle),
        Period(middle, None),
        Period(days[1], middle),
        Period(middle, middle),
        Period(middle + timedelta(days=1), last),
    ]


def test_a_period_has_its_own_figures_when_they_are_counted_one_by_one(lived_in: Municipality) -> None:
    for key, pathway in PATHWAYS.items():
        everybody = lives(lived_in, key)
        for period in periods(lived_in):
            with lived_in.database.read() as session:
                made, stages = status_report(session, key, None, period), figures(session, key, None, period)
            close = period.until or date.max
            ends = [(life, *life.stays[-1]) for life in everybody if life.stays[-1][0] in pathway.endings]
            ended = [(life, stage) for life, stage, day in ends if within(day, period)]
            outcomes = Counter(pathway.endings[stage].counts_as for _, stage in ended)
            then = Counter(stage for life in everybody if (stage := life.at(close)) in pathway.open_stages)
            assert made["enrolled"] == sum(within(life.stays[0][1], period) for life in everybody)
            assert made["active"] == then.total()
            told_of = {one for one in Outcome if one.counted}
            assert {name: made[name] for name in told_of} == {name: outcomes[name] for name in told_of}
            assert made["completed"] == sum(outcomes[one] for one in Outcome if one.completed)
            assert Counter(made["by_stage"]) == then
            assert made["by_reason"] == Counter(life.reason for life, _ in ended if life.reason)
            for stage in stages:
                came = [life for life in everybody if any(_stays(life, stage["stage"], period))]
                went = [life for life in everybody if any(_leaves(life, stage["stage"], period))]
                assert (stage["reached"], stage["left"]) == (len(came), len(went))


def _stays(life: Life, stage: str, period: Period) -> Iterator[bool]:
    return (where == stage and within(since, period) for where, since in life.stays)


def _leaves(life: Life, stage: str, period: Period) -> Iterator[bool]:
    moves = zip(life.stays, life.stays[1:], strict=False)
    return (where == stage and within(until, period) for (where, _), (_, until) in moves)


def test_those_who_are_kept_are_counted_when_their_half_year_is_old_enough(lived_in: Municipality) -> None:
    for key, pathway in PATHWAYS.items():
        everybody = lives(lived_in, key)
        for on in (lived_in.clock.today, lived_in.clock.today + timedelta(days=400)):
            with lived_in.database.read() as session:
                made = retention(session, key, on)
            assert sum(group["began"] for group in made) == len(everybody)
            for group in made:
                began = [life for life in everybody if within(life.stays[0][1], group["period"])]
                assert group["began"] == len(began)
                for months, kept in group["kept"].items():
                    known = on >= later(group["period"].until + timedelta(days=1), months)
                    assert kept == (sum(is_kept(life, pathway, months) for life in began) if known else None)


def later(day: date, months: int) -> date:
    """The same day so many months later; the first of the month after where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return later(date(year, month + 1, 1), 1)


def is_kept(life: Life, pathway: Pathway, months: int) -> bool:
    stage, day = life.stays[-1]
    lost = stage in pathway.endings and not pathway.endings[stage].counts_as.completed
    return not lost or day >= later(life.stays[0][1], months)


def test_a_list_is_as_long_as_its_figure_says_when_any_of_them_is_opened(lived_in: Municipality) -> None:
    for key in PATHWAYS:
        on = lived_in.clock.today + timedelta(days=300)
        for period in periods(lived_in):
            with lived_in.database.read() as session:
                made = list(told(report(session, key, on, None, period, leaves=False)))
                for figure in made:
                    assert listed(session, key, figure, on) == figure.count, figure
            assert len(made) > 20


def listed(session: Session, key: str, figure: Figure, on: date) -> int:
    wanted = Wanted(pathway=key, among=counted(session, key, figure.behind))
    return count(session, EVERYBODY, wanted, on)


def test_last_years_report_says_the_same_when_more_has_happened_since(either_town: Municipality) -> None:
    town = either_town
    olena, bogdan = town.enrols(), town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    town.clock.passes(weeks=4)
    period = Period(date(town.clock.today.year, 1, 1), town.clock.today)
    before = figures_of(town, period)
    assert [before[name] for name in ("enrolled", "active", "dropped_out")] == [2, 2, 0]
    town.clock.passes(weeks=1)
    town.enrols()
    olena.drops_out()
    bogdan.moves("reject")
    assert figures_of(town, period) == before
    after = figures_of(town, Period(period.until + timedelta(days=1) if period.until else None, None))
    assert [after[name] for name in ("enrolled", "active", "dropped_out", "not_admitted")] == [1, 1, 1, 1]


def figures_of(town: Municipality, period: Period) -> dict[str, Any]:
    with town.database.read() as session:
        stages = figures(session, "immigrant_track", None, period)
        return status_report(session, "immigrant_track", None, period) | {"stages": stages}


def test_somebody_is_counted_once_when_they_came_to_a_stage_twice(either_town: Municipality) -> None:
    first = PATHWAYS["immigrant_track"]
    back = Step("back", "danish_course", "intake", "Tilbage til visitation")
    either_town.publishes(replace(first, version=3, steps=(*first.steps, back)))
    olena = either_town.enrols()
    olena.records("interest_confirmed")
    for days, step in ((4, "admit"), (3, "back"), (10, "admit")):
        either_town.clock.passes(days=days)
        olena.moves(step)
    intake, danish, *_ = figures_of(either_town, ALWAYS)["stages"]
    assert [intake[name] for name in ("reached", "left", "days")] == [1, 1, 7]
    assert [danish[name] for name in ("reached", "left", "days")] == [1, 1, 3]


def test_nobody_has_dropped_out_in_a_period_when_that_was_taken_back(town: Municipality) -> None:
    olena = town.enrols()
    town.clock.passes(weeks=1)
    olena.drops_out("illness")
    period = Period(town.clock.today, town.clock.today)
    assert figures_of(town, period)["by_reason"] == {"illness": 1}
    olena.undoes()
    made = figures_of(town, period)
    assert (made["dropped_out"], made["by_reason"], made["active"]) == (0, {}, 1)


def test_somebody_counts_as_kept_for_the_months_that_were_whole_when_they_dropped_out(town: Municipality) -> None:
    olena = town.enrols(starts_on=date(2026, 8, 31))
    town.enrols(starts_on=date(2026, 8, 31))
    olena.drops_out(on=date(2026, 9, 30))
    with town.database.read() as session:
        (group,) = retention(session, "immigrant_track", date(2027, 4, 1))
    assert (group["year"], group["half"], group["began"]) == (2026, 2, 2)
    assert group["kept"] == {1: 1, 3: 1, 6: None, 12: None, 24: None}
    assert tuple(group["kept"]) == MONTHS


def test_nobodys_small_count_is_told_when_a_report_leaves_the_unit(lived_in: Municipality) -> None:
    on = lived_in.clock.today + timedelta(days=300)
    for key in PATHWAYS:
        for period in periods(lived_in):
            with lived_in.database.read() as session:
                inside = list(told(report(session, key, on, None, period, leaves=False)))
                outside = report(session, key, on, None, period, leaves=True)
            for seen, shown in zip(inside, told(outside), strict=True):
                assert shown.count in (None, seen.count)
                assert shown.count is None or not 0 < shown.count < 5
                assert shown.shown in (str(seen.count), UNDER, HIDDEN)
            for stage in outside["stages"]:
                assert stage["days"] is None or stage["left"].count is None or stage["left"].count >= 5


@pytest.mark.parametrize(
    ("on", "title", "period"),
    [
        (date(2026, 9, 7), "Sidste år", Period(date(2025, 1, 1), date(2025, 12, 31))),
        (date(2026, 9, 7), "Seneste 12 måneder", Period(date(2025, 9, 8), date(2026, 9, 7))),
        (date(2028, 2, 29), "Seneste 12 måneder", Period(date(2027, 3, 1), date(2028, 2, 29))),
        (date(2026, 9, 7), "I år", Period(date(2026, 1, 1), date(2026, 9, 7))),
        (date(2026, 9, 7), "Hele tiden", ALWAYS),
    ],
)
def test_a_usual_period_ends_today_or_with_the_year_when_it_is_chosen(on: date, title: str, period: Period) -> None:
    assert usual(on)[title] == period


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(date(2025, 1, 1), date(2025, 12, 31)), "i 2025"),
        (Period(date(2025, 7, 1), date(2025, 12, 31)), "i 2. halvår 2025"),
        (Period(date(2025, 3, 1), date(2025, 5, 31)), "fra 1. marts 2025 til 31. maj 2025"),
        (Period(date(2025, 3, 1), None), "siden 1. marts 2025"),
        (Period(None, date(2025, 3, 1)), "til og med 1. marts 2025"),
        (ALWAYS, ""),
    ],
)
def test_a_period_is_said_as_people_would_when_it_is_a_year_or_a_half(period: Period, words: str) -> None:
    assert period.in_words() == words
