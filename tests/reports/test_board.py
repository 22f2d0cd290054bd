from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import select as select_rows

from engine.case import Status
from engine.pathway import Ending, Outcome, Pathway
from engine.plan import is_due_soon, is_overdue
from engine.refusal import Refused
from models.staff import Role, Staff
from onboarding.lateness import overdue
from onboarding.store import ENROLMENT
from reports.board import board, due_soon, tally
from reports.enrolments import list_enrolments
from reports.scope import Scope
from tests.municipality import PATHWAYS, Municipality
from tests.support import MONDAY, assert_folds

COUNTS = ("open", "paused", "due_soon", "overdue")


def board_of(town: Municipality, pathway: str = "immigrant_track", on: date | None = None) -> dict[str, Any]:
    with town.database.read() as session:
        return board(session, pathway, on or town.clock.today)


def counted(town: Municipality, pathway: str, on: date) -> dict[str, Counter[str]]:
    """The same figures, counted row by row by the engine's own definitions."""
    found: dict[str, Counter[str]] = {}
    for row in town.rows(ENROLMENT):
        if row["pathway_key"] != pathway:
            continue
        status, figures = Status(row["status"]), found.setdefault(row["stage"], Counter())
        figures[row["status"]] += 1
        figures["due_soon"] += is_due_soon(status, row["due_on"], on)
        figures["overdue"] += is_overdue(status, row["due_on"], on)
    return found


def test_the_figures_are_right_when_counted_one_by_one(lived_in: Municipality) -> None:
    assert assert_folds(lived_in.database) == 24
    for pathway in PATHWAYS:
        for on in (lived_in.clock.today, lived_in.clock.today + timedelta(weeks=9)):
            made, wanted = board_of(lived_in, pathway, on), counted(lived_in, pathway, on)
            for stage in made["stages"]:
                assert {name: stage[name] for name in COUNTS} == {
                    name: wanted.get(stage["stage"], Counter())[name] for name in COUNTS
                }
            endings = {ending["stage"]: ending["count"] for ending in made["endings"]}
            assert {key: count for key, count in endings.items() if count} == {
                key: figures["ended"] for key, figures in wanted.items() if figures["ended"]
            }
            late = [e for e in _listed(lived_in, pathway, on) if e["overdue"]]
            assert len(late) == sum(stage["overdue"] for stage in made["stages"])


def test_the_figures_are_those_of_whom_somebody_sees_when_they_see_a_part(lived_in: Municipality) -> None:
    on, rows = lived_in.clock.today, {row["id"]: row for row in lived_in.rows(ENROLMENT)}
    with lived_in.database.read() as session:
        scopes = [Scope.of(session, one) for one in session.exec(select_rows(Staff))]
        for scope in scopes:
            seen = session.connection().execute(select(ENROLMENT.c.id).where(scope.covers())).scalars().all()
            wanted = counted_in([rows[i] for i in seen], on)
            found = {place: +figures for place, figures in tally(session, on, scope).items()}
            assert {place: figures for place, figures in found.items() if figures} == wanted, scope
    assert {scope.role for scope in scopes} >= {Role.COORDINATOR, Role.MANAGER, Role.JOBCENTER_OFFICER}
    assert any(row["officer_id"] for row in rows.values())


def counted_in(rows: list[dict[str, Any]], on: date) -> dict[tuple[str, str], Counter[str]]:
    """What `tally` is to say of these, counted row by row by the engine's own definitions."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        status = Status(row["status"])
        if status is not Status.ENDED:
            figures = found.setdefault((row["pathway_key"], row["stage"]), Counter())
            figures[row["status"]] += 1
            figures["due_soon"] += is_due_soon(status, row["due_on"], on)
            figures["overdue"] += is_overdue(status, row["due_on"], on)
    return {place: +figures for place, figures in found.items()}


def _listed(town: Municipality, pathway: str, on: date) -> list[dict[str, Any]]:
    with town.database.read() as session:
        return list_enrolments(session, pathway, on)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.fixture(scope="module")
def one(new_municipality: Any) -> Municipality:
    """One enrolment, to be put into any state."""
    town: Municipality = new_municipality()
    town.enrols()
    return town


@given(status=st.sampled_from(Status), due_on=st.none() | days, on=days, near=st.none() | st.integers(-20, 20))
def test_overdue_and_due_soon_are_the_engines_when_asked_in_sql(
    one: Municipality, status: Status, due_on: date | None, on: date, near: int | None
) -> None:
    if due_on is not None and near is not None:
        due_on = on + timedelta(days=near)
    with one.database.rehearse() as session:
        connection = session.connection()
        connection.execute(ENROLMENT.update().values(status=status, due_on=due_on))
        late = connection.execute(select(ENROLMENT.c.id).where(overdue(on))).first() is not None
        soon = connection.execute(select(ENROLMENT.c.id).where(due_soon(on))).first() is not None
    assert late == is_overdue(status, due_on, on)
    assert soon == is_due_soon(status, due_on, on)


def test_every_stage_stands_in_the_pathways_order_when_nobody_is_enrolled(town: Municipality) -> None:
    made = board_of(town)
    assert [stage["stage"] for stage in made["stages"]] == list(PATHWAYS["immigrant_track"].open_stages)
    assert all(stage[name] == 0 for stage in made["stages"] for name in COUNTS)
    assert [ending["stage"] for ending in made["endings"]] == [
        "qualified",
        "not_admitted",
        "dropped_out",
        "transferred",
    ]
    assert (made["pathway"], made["title"], made["on"]) == (
        "immigrant_track",
        "Projekt målrettet immigranter",
        MONDAY.isoformat(),
    )


def test_the_two_parts_of_the_amu_course_say_so_when_shown(town: Municipality) -> None:
    units = {stage["stage"]: stage["part_of"] for stage in board_of(town)["stages"]}
    assert units["amu_course"] == units["practice_placement"] == "32-ugers AMU-forløb"
    assert units["danish_course"] is None


def test_those_of_an_older_version_are_counted_when_the_new_one_has_other_stages(either_town: Municipality) -> None:
    olena, ended = either_town.enrols(), either_town.enrols()
    ended.moves("reject")
    either_town.publishes(renamed())
    assert olena.stage == "intake"
    made = board_of(either_town)
    (old,) = [stage for stage in made["stages"] if stage["stage"] == "intake"]
    assert (old["title"], old["open"]) == ("Visitation", 1)
    assert made["stages"][-1]["stage"] == "intake"
    counts = {ending["stage"]: (ending["title"], ending["count"]) for ending in made["endings"]}
    assert counts["not_admitted"] == ("Ikke optaget", 1)
    assert counts["turned_away"] == ("Afvist", 0)


def renamed() -> Pathway:
    """A second version whose first stage and whose ending for those not admitted have other keys."""
    first = PATHWAYS["immigrant_track"]
    new = {"intake": "reception", "not_admitted": "turned_away"}
    turned_away = Ending("turned_away", "Afvist", counts_as=Outcome.NOT_ADMITTED)
    reception = replace(first.open_stages["intake"], key="reception")
    others = (stage for stage in first.stages if stage.key not in new)
    steps = tuple(
        replace(step, source=new.get(step.source, step.source), target=new.get(step.target, step.target))
        for step in first.steps
    )
    return replace(first, version=3, starts_in="reception", stages=(reception, *others, turned_away), steps=steps)


def test_a_board_is_refused_when_the_pathway_is_unknown(town: Municipality) -> None:
    with pytest.raises(Refused, match="immigrant_track"):
        board_of(town, "no_such_track")
