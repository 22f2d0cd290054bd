"""What can be worked out from a report that leaves the unit: dropping out of a stage, and after a while."""

from __future__ import annotations

from typing import Any

from reports.discretion import marks
from reports.reckoning import Key, crossroads, sums
from tests.municipality import PATHWAYS

IMMIGRANTS = PATHWAYS["immigrant_track"]


def table(**changed: Any) -> dict[Key, int]:
    """Forty began in the same half-year. Five were not admitted and five dropped out of the first stage; thirty came as
    far as there is, fifteen by each way, and qualified.
    """
    status = {"enrolled": 40, "active": 0, "completed": 30, "qualified": 30, "not_admitted": 5, "dropped_out": 5}
    found: dict[Key, int] = {("status", name): count for name, count in status.items()}
    found |= {("status", name): 0 for name in ("employed", "in_education", "transferred")}
    found |= {("ending", name): status[name] for name in ("qualified", "not_admitted", "dropped_out")}
    found |= {("ending", "transferred"): 0, ("reason", "Sygdom"): 5}
    for stage, came in zip(IMMIGRANTS.open_stages, (40, 30, 30, 30, 30, 30, 15, 15), strict=True):
        found |= {("reached", stage): came, ("left", stage): came, ("now", stage): 0}
    found |= {("began", 2023, 1): 40} | {("kept", 2023, 1, months): 30 for months in (1, 3, 6, 12, 24)}
    return found | changed.get("but", {})


def hidden(counts: dict[Key, int]) -> set[Key]:
    return set(marks(counts, sums(counts, {1: IMMIGRANTS})))


def ended(completed: int, not_admitted: int, dropped_out: int) -> dict[Key, int]:
    of_each = {"qualified": completed, "not_admitted": not_admitted, "dropped_out": dropped_out}
    return (
        {(kind, name): count for name, count in of_each.items() for kind in ("status", "ending")}
        | {("status", "completed"): completed}
        | {("reason", "Sygdom"): dropped_out}
    )


def test_nothing_is_hidden_when_nobody_is_few() -> None:
    assert hidden(table()) == set()


def test_three_who_dropped_out_of_the_last_stages_are_not_told_by_their_sum() -> None:
    found = hidden(table(but=ended(27, 5, 8)))
    assert found & {("left", "main_course_helper"), ("left", "main_course_assistant"), ("ending", "qualified")}


def test_two_who_dropped_out_of_the_first_stage_are_not_told_by_who_was_not_admitted() -> None:
    found = hidden(table(but=ended(25, 8, 7)))
    assert found & {("left", "intake"), ("reached", "danish_course"), ("ending", "not_admitted")}


def test_two_who_were_lost_late_are_not_told_by_who_was_kept() -> None:
    found = hidden(table(but=ended(28, 5, 7)))
    assert found & {("kept", 2023, 1, 24), ("status", "completed")}


def test_stages_are_reckoned_with_together_when_they_lead_to_the_same_place() -> None:
    found = {tuple(sorted(sources)): set(targets) for sources, targets in crossroads([IMMIGRANTS])}
    assert found["main_course_assistant", "main_course_helper"] == {"qualified"}
    assert found[("intake",)] == {"danish_course", "not_admitted"}
