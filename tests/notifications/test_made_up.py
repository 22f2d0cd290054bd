"""A made-up case is one that could be: what is seen in a preview is what a real message says."""

from __future__ import annotations

from datetime import date

import pytest

from engine.pathway import Pathway
from notifications.because import INSTEAD, MANDATORY, OPTIONAL, OPTIONAL_IN_PART
from notifications.made_up import foot_of, kinds_of, made_up, made_up_cases
from notifications.render import MessageContext
from tests.notifications.messages import PATHWAYS

ON = date(2026, 9, 7)
MESSAGES = [(pathway, kind) for pathway in PATHWAYS.values() for kind in kinds_of(pathway)]

every_message = pytest.mark.parametrize(
    ("pathway", "kind"), MESSAGES, ids=[f"{pathway.key}-{kind}" for pathway, kind in MESSAGES]
)


def case(kind: str, pathway: str = "immigrant_track") -> MessageContext:
    return made_up(PATHWAYS[pathway], kind, ON, "https://sosu.example.org")


@every_message
def test_it_came_from_another_stage_when_it_has_come_from_one(pathway: Pathway, kind: str) -> None:
    made = made_up(pathway, kind, ON, "https://sosu.example.org")
    assert kind not in ("moved", "undone", *(step.key for step in pathway.steps)) or made.from_title != made.stage_title


@every_message
def test_what_it_waits_for_is_said_once_by_its_title_when_several_ways_ask_for_it(pathway: Pathway, kind: str) -> None:
    awaits = made_up(pathway, kind, ON, "https://sosu.example.org").awaits
    assert len(set(awaits)) == len(awaits)
    assert set(awaits) <= {milestone.title for milestone in pathway.milestones}


@pytest.mark.parametrize("kind", ["list_imported", "list_undone"])
def test_it_has_no_area_and_leads_to_the_pathway_when_it_is_a_list(kind: str) -> None:
    made = case(kind)
    assert (made.area, made.payer, made.due_on) == ("", None, None)
    assert made.link == "https://sosu.example.org/forloeb/immigrant_track"


@pytest.mark.parametrize(("kind", "days"), [("pause_review", 0), ("pause_forgotten", 14), ("paused", -30)])
def test_a_pause_was_to_be_looked_at_by_then_when_somebody_is_reminded_of_it(kind: str, days: int) -> None:
    review_on = case(kind).review_on
    assert review_on is not None
    assert (ON - review_on).days == days


@every_message
def test_everything_that_may_be_missing_is_missing_in_a_case_when_it_is_checked(pathway: Pathway, kind: str) -> None:
    cases = made_up_cases(pathway, kind)
    empty = {name for made in cases.values() for name, value in vars(made).items() if value in (None, "", (), 0)}
    full = {name for name, value in vars(cases[""]).items() if value not in (None, "", (), 0)}
    assert empty == {
        *("from_title", "step_title", "due_on", "days_late", "awaits", "payer", "alongside", "area", "reason"),
        *("review_on", "count", "references", "taken_over", "why", "sections", "overdue"),
        *(("reference", "pathway_title", "stage_title") if kind == "digest" else ()),  # it is of no single case
    }
    assert full == set(vars(cases[""]))


@every_message
def test_the_foot_says_why_somebody_gets_it_and_whether_it_can_be_done_without(pathway: Pathway, kind: str) -> None:
    foot = foot_of(pathway, kind)
    assert foot.endswith(OPTIONAL_IN_PART if kind == "digest" else (MANDATORY, OPTIONAL))
    assert INSTEAD not in foot
    assert foot.endswith(MANDATORY) == (kind in _MANDATORY)


_MANDATORY = {
    "reminder_before", "reminder_on", "reminder_after", "escalation", "pause_review", "pause_forgotten", "assigned",
    "list_imported", "list_undone",
}  # fmt: skip
