"""What a filter finds: the cases of a board or of a page of the table, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from engine.pathway import Milestone, Pathway
from onboarding.pathways import pathway_of, versions
from reports.behind import counted
from reports.board import stages_of, tally
from reports.caseload import Wanted, cases, cases_and_count, cases_of_stages, choices, count, count_by_stage
from web.filtering import Filter
from web.permissions import Person

#: How many cards a stage shows, and how many rows a page of the table.
CARDS, _ROWS = 12, 50


def listed(session: Session, pathway: Pathway | None, chosen: Filter, person: Person, on: date) -> dict[str, Any]:
    """The `stages` of the pathway, and the `choices` of the filter; and what it finds: how many (`total`), and of
    those the `columns` of a board or the `rows` of a table, and the `milestones` that some of these rows can reach.
    """
    stages = stages_of(session, pathway.key, tally(session, on, person.scope)) if pathway else []
    found: dict[str, Any] = {
        "stages": stages,
        "choices": understood(session, chosen, person),
        "columns": [],
        "rows": [],
        "milestones": [],
        "total": 0,
        "pages": 0,
    }
    if chosen.problems:
        return found
    wanted = wanted_by(session, chosen, person)
    filtered = any(chosen.given.values())
    total = _total(stages) if stages and not filtered else None
    if chosen.as_table:
        found["rows"], total = _rows(session, person, chosen, wanted, on, total)
        found["milestones"] = _milestones(session, pathway, found["rows"]) if pathway else []
    elif pathway:
        shown = stages
        if filtered:
            counts = count_by_stage(session, person.scope, wanted, on)
            shown, total = _counting(stages, counts), sum(one["all"] for one in counts.values())
        found["columns"] = _columns(session, person, chosen, shown, on)
    found["total"] = count(session, person.scope, wanted, on) if total is None else total
    found["pages"] = -(-found["total"] // _ROWS)
    return found


def understood(session: Session, chosen: Filter, person: Person) -> dict[str, list[tuple[Any, ...]]]:
    """What the filter can choose from in this scope (`choices`); an area or a coordinator beside it is a problem."""
    found = choices(session, person.scope)
    for field, those in (("omraade", found["areas"]), ("koordinator", found["coordinators"])):
        chosen.keeps_to(field, {str(one[0]) for one in those})
    return found


def _rows(
    session: Session, person: Person, chosen: Filter, wanted: Wanted, on: date, total: int | None
) -> tuple[list[dict[str, Any]], int]:
    """The rows of the page that is asked for, of the last one when it is behind that; and how many there are in all,
    which need not be known yet.
    """
    if total is None:
        place = {"limit": _ROWS, "offset": _ROWS * (chosen.page - 1)}
        found, total = cases_and_count(session, person.scope, wanted, on, **place)
        if found:
            return found, total
    chosen.turns_to(-(-total // _ROWS))
    return cases(session, person.scope, wanted, on, limit=_ROWS, offset=_ROWS * (chosen.page - 1)), total


def _counting(stages: list[dict[str, Any]], counts: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """The stages with these counts; `passed_over` are those in it that the filter does not let through."""
    nobody = dict.fromkeys(("all", "open", "paused", "due_soon", "overdue"), 0)
    here = [counts.get(stage["stage"], nobody) for stage in stages]
    return [
        stage | those | {"passed_over": _total([stage]) - _total([those])}
        for stage, those in zip(stages, here, strict=True)
    ]


def _total(stages: Sequence[Mapping[str, Any]]) -> int:
    """How many there are without a filter: what the board has counted already."""
    return sum(stage["open"] + stage["paused"] for stage in stages)


def wanted_by(session: Session, chosen: Filter, person: Person) -> Wanted:
    """What the filter asks for, among those that a report's figure counts when it names one."""
    if chosen.pathway is None or chosen.behind is None:
        return chosen.wanted()
    return replace(chosen.wanted(), among=counted(session, chosen.pathway, chosen.behind, person.scope))


def _columns(
    session: Session, person: Person, chosen: Filter, stages: list[dict[str, Any]], on: date
) -> list[dict[str, Any]]:
    """The stages that are shown, with the first cases in each, and the `steps` that each of these can take."""
    shown = [stage for stage in stages if chosen.given["trin"] in ("", stage["stage"])]
    keys = [stage["stage"] for stage in shown]
    found = cases_of_stages(session, person.scope, chosen.wanted(), keys, on, limit=CARDS)
    return [
        stage | {"cases": [case | {"steps": _steps(session, case)} for case in some]}
        for stage, some in zip(shown, found, strict=True)
    ]


def _steps(session: Session, case: Mapping[str, Any]) -> list[dict[str, str]]:
    """Out of the stage that the case is in, by the version that it is pinned to: `step`, `target` and its `title`."""
    pathway = pathway_of(session, case["pathway"], case["version"])
    return [
        {"step": step.key, "target": step.target, "title": pathway.stage_title(step.target)}
        for step in pathway.steps_from[case["stage"]]
    ]


def _milestones(session: Session, pathway: Pathway, rows: Sequence[Mapping[str, Any]]) -> list[Milestone]:
    """Those that several can reach together, since they take no value, in any version that one of the cases is pinned
    to: the newest version's first, and by its titles.
    """
    pinned = {case["version"] for case in rows}
    there = [one for number, one in versions(session, pathway.key).items() if number in pinned]
    known = {m.key: m for one in reversed(there) for m in one.milestones if not m.values}
    order = dict.fromkeys(m.key for one in there for m in one.milestones)
    return [known[key] for key in order if key in known]
