"""Recording a milestone: what it brings about, and why it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import actions
from engine.case import Fact
from engine.decide import begin, decide
from tests.engine.small import FORK, MONDAY, SMALL, Someone, after

SWEEP = actions.Advance()


def test_a_candidate_moves_at_once_when_the_last_milestone_is_recorded() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(28))
    assert someone.stage == "school"
    decision = someone.records("passed", after(30))
    assert (decision.recorded, [t.target for t in decision.moves]) == (("passed",), ["practice"])


def test_the_recording_is_kept_when_the_milestone_ends_the_pathway() -> None:
    someone = Someone(replace(SMALL, starts_in="job", stages=SMALL.stages[3:5], steps=SMALL.steps[5:]))
    decision = someone.records("offer", MONDAY)
    assert (someone.stage, decision.recorded) == ("employed", ("offer",))
    assert (decision.due_on, decision.look_again_on) == (None, None)


def test_nothing_is_recorded_when_the_milestone_is_known_already() -> None:
    someone = Someone()
    someone.records("consent", MONDAY)
    again = someone.does(actions.Record("consent", achieved_on=MONDAY), after(9))
    assert (again.recorded, again.refusal) == ((), ())
    assert someone.records("consent", after(9)).recorded == ("consent",)


@pytest.mark.parametrize(
    ("milestone", "value", "words"),
    [
        ("swimming", None, "Vælg en af: consent (Samtykke), passed (Kursus bestået), field (Område)"),
        ("field", None, "»Område« (field) skal have en værdi. Vælg en af: elder (Ældre), child (Børn)."),
        ("field", "young", "»Område« (field) skal have en værdi. Vælg en af: elder (Ældre), child (Børn)."),
    ],
)
def test_the_choices_are_listed_when_a_milestone_cannot_be_recorded(
    milestone: str, value: str | None, words: str
) -> None:
    someone = Someone()
    (sentence,) = someone.records(milestone, MONDAY, value).refusal
    assert words in sentence
    assert someone.case.milestones == {}


def test_a_milestone_is_refused_when_its_day_lies_in_the_future() -> None:
    refusal = Someone().does(actions.Record("field", "young", achieved_on=after(1)), MONDAY).refusal
    assert len(refusal) == 2
    assert "03-03-2026 ligger i fremtiden. Angiv højst 02-03-2026." in refusal[1]


def test_a_milestone_is_refused_when_its_day_lies_before_the_candidate_was_born() -> None:
    someone = Someone()
    someone.case = replace(someone.case, birth_date=date(1990, 1, 1))
    (sentence,) = someone.does(actions.Record("consent", achieved_on=date(1989, 12, 31)), MONDAY).refusal
    assert "31-12-1989 ligger før kandidatens fødsel" in sentence
    assert "1990" not in sentence


def test_what_is_recorded_late_moves_on_the_day_of_the_latest_transition_when_it_is_dated_before_it() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(28))
    someone.does(actions.Pause("illness", after(40)), after(30))
    someone.does(actions.Resume(), after(32))
    moves = someone.records("passed", after(31)).moves
    assert [(t.target, t.on) for t in moves] == [("practice", after(32))]
    assert someone.case.milestones["passed"].on == after(31)


def test_nobody_moves_before_the_first_day_when_everything_is_recorded_before_it() -> None:
    someone = Someone(pathway=SMALL)
    someone.records("consent", after(-5))
    assert someone.records("passed", after(-4)).moves == ()


def test_an_automatic_step_is_taken_when_what_it_waited_for_is_recorded_again() -> None:
    begun = begin(FORK, MONDAY, None, {"consent": Fact(MONDAY)})
    again = decide(FORK, begun.case, actions.Record("consent"), MONDAY)
    assert [t.target for t in again.moves] == ["left"]
    assert again.recorded == ()
