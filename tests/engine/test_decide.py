"""What happens to one candidate, told as a coordinator would tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import actions
from engine.case import Fact, Place, Status
from engine.conditions import Lasted
from engine.decide import begin, decide, why_not
from engine.decision import look_again_on
from engine.history import Verb
from engine.pathway import Step
from tests.engine.small import FORK, MONDAY, SMALL, Someone, after, fork

SWEEP = actions.Advance()


# Beginning


def test_a_candidate_stands_in_the_first_stage_when_enrolled() -> None:
    decision = begin(SMALL, MONDAY, None, {"consent": Fact(date(2026, 1, 1))})
    assert decision.case.place == Place(stage="talk", status=Status.OPEN, entered_on=MONDAY, visit=1)
    assert [(t.seq, t.action, t.source, t.target) for t in decision.transitions] == [(1, Verb.ENROL, None, "talk")]
    assert decision.moves == ()
    assert (decision.due_on, decision.look_again_on) == (after(14), None)
    assert decision.case.milestones == {"consent": Fact(date(2026, 1, 1))}


# Moving by hand


def test_every_unmet_condition_is_named_when_a_move_is_refused() -> None:
    someone = Someone(born=date(2005, 1, 1))
    decision = someone.does(actions.Move("admit"), MONDAY)
    assert decision.refusal == (
        "Kandidaten er ikke fyldt 25 år. Vent til fødselsdagen.",
        "Milepælen »Samtykke« (consent) er ikke registreret. Registrér den først.",
    )
    assert someone.stage == "talk"


def test_a_candidate_moves_when_every_condition_holds() -> None:
    someone = Someone().admitted()
    assert someone.stage == "school"
    assert someone.decision.due_on == after(28)
    assert someone.decision.look_again_on == after(21)


def test_a_move_may_name_the_stage_when_one_step_leads_there() -> None:
    someone = Someone()
    assert [t.step for t in someone.does(actions.Move("rejected"), MONDAY).moves] == ["reject"]
    assert someone.case.place.status is Status.ENDED


def test_the_possible_steps_are_listed_when_there_is_no_such_step() -> None:
    refusal = Someone().does(actions.Move("employ"), MONDAY).refusal
    assert refusal == ("»Samtale« har ikke den overgang. Vælg en af: admit (»Optag«), reject (»Afvis«).",)


def test_the_possible_steps_are_listed_when_two_lead_to_the_named_stage() -> None:
    pathway = fork(
        Step("fast", "start", "left", "Hurtigt"),
        Step("slow", "start", "left", "Langsomt"),
        Step("go_right", "start", "right", "Til højre"),
    )
    someone = Someone(pathway)
    refusal = someone.does(actions.Move("left"), MONDAY).refusal
    assert refusal[0].startswith("»Start« har flere overgange derhen. Vælg en af: fast (»Hurtigt«), slow")
    assert someone.does(actions.Move("slow"), MONDAY).moves[0].step == "slow"


def test_an_automatic_step_follows_at_once_when_its_conditions_hold_already() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.records("field", after(20), "elder")
    someone.records("offer", after(20))
    someone.does(SWEEP, after(28))
    assert someone.stage == "practice"
    someone.does(SWEEP, after(42))
    assert [(t.action, t.target) for t in someone.decision.moves] == [
        (Verb.ADVANCE, "job"),
        (Verb.ADVANCE, "employed"),
    ]
    assert someone.case.place.status is Status.ENDED


def test_nothing_moves_when_the_day_is_before_the_latest_transition() -> None:
    someone = Someone().admitted(on=after(3))
    refusal = someone.does(actions.Move("practise"), after(2)).refusal
    assert refusal == (
        "Datoen ligger før det seneste, der er sket i forløbet (05-03-2026). Angiv den dag eller en senere.",
        "»Skole« (4 uger) varer til 02-04-2026. Vent til den dag.",
        "Milepælen »Kursus bestået« (passed) er ikke registreret. Registrér den først.",
    )


# Before the first day


def test_nobody_moves_when_the_pathway_has_not_begun() -> None:
    someone = Someone()
    someone.records("consent", after(-5))
    refusal = someone.does(actions.Move("admit"), after(-5)).refusal
    assert refusal == ("Forløbet begynder først den 02-03-2026. Angiv den dag eller en senere.",)


def test_a_candidate_drops_out_when_the_pathway_has_not_begun() -> None:
    someone = Someone()
    dropped = someone.does(actions.Drop("other_job"), after(-5))
    assert [(t.target, t.on) for t in dropped.moves] == [("dropped_out", after(-5))]
    someone.undoes(after(-4))
    assert someone.case.place == Place(stage="talk", status=Status.OPEN, entered_on=MONDAY, visit=1)
    someone.records("consent", after(-4))
    assert someone.does(actions.Move("admit"), after(-3)).refusal
    assert not someone.does(actions.Move("admit"), MONDAY).refusal


def test_an_automatic_step_waits_for_the_first_day_when_everything_is_recorded_before_it() -> None:
    someone = Someone(FORK)
    someone.does(actions.Drop("other_job"), after(-9))
    someone.undoes(after(-8))
    someone.records("consent", after(-7))
    assert someone.stage == "start"
    assert someone.decision.look_again_on == MONDAY
    assert someone.does(SWEEP, after(-1)).moves == ()
    assert [t.target for t in someone.does(SWEEP, MONDAY).moves] == ["left"]


# Slips


def test_a_move_of_a_far_year_is_taken_back_today_when_the_year_was_a_slip() -> None:
    someone = Someone().admitted(on=after(3))
    someone.records("passed", after(30))
    assert someone.case.last_on == after(3)
    someone.does(SWEEP, after(3650))
    assert someone.case.last_on == after(3650)
    assert someone.undoes(after(2)).refusal
    assert not someone.undoes(after(31)).refusal
    assert (someone.stage, someone.case.last_on) == ("school", after(31))
    assert not someone.does(actions.Pause("illness", after(60)), after(40)).refusal


def test_what_was_typed_is_not_repeated_when_it_is_refused() -> None:
    someone = Someone().admitted()
    typed = "010190-1234"
    for action in (
        actions.Move(typed),
        actions.Record(typed),
        actions.Record("field", typed),
        actions.Pause(typed, after(-1)),
        actions.Drop(typed),
    ):
        refusal = someone.does(action, MONDAY).refusal
        assert refusal
        assert typed not in " ".join(refusal)


# Time


def test_a_candidate_moves_on_the_day_of_the_sweep_when_nobody_swept_in_time() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    assert someone.does(SWEEP, after(27)).moves == ()
    assert someone.decision.look_again_on == after(28)
    late = someone.does(SWEEP, after(35))
    assert [(t.target, t.on) for t in late.moves] == [("practice", after(35))]


def test_nothing_happens_when_an_ended_case_is_swept() -> None:
    someone = Someone()
    someone.does(actions.Drop("moved"), MONDAY)
    decision = someone.does(SWEEP, after(400))
    assert (decision.transitions, decision.reminders, decision.refusal) == ((), (), ())
    assert decision.look_again_on is None


def test_the_first_step_is_taken_when_two_are_due() -> None:
    someone = Someone(FORK)
    someone.does(actions.Pause("illness", after(5)), MONDAY)
    someone.records("consent", MONDAY)
    someone.records("passed", MONDAY)
    assert someone.stage == "start"
    assert [t.step for t in someone.does(actions.Resume(), after(3)).moves] == ["go_left"]


def test_only_a_person_can_move_someone_when_there_is_no_day_to_look_again() -> None:
    someone = Someone()
    assert look_again_on(SMALL, someone.case) is None
    assert someone.does(SWEEP, after(900)).transitions == ()


# What stands in the way


def test_nothing_stands_in_the_way_when_a_step_asks_for_nothing() -> None:
    assert why_not(SMALL, Someone().case, SMALL.steps[1], MONDAY) == ()


def test_each_condition_is_named_when_a_step_asks_for_time_and_a_milestone() -> None:
    case = Someone().admitted().case
    reasons = why_not(SMALL, case, SMALL.steps[2], MONDAY)
    assert [sentence.split(" ")[0] for sentence in reasons] == ["»Skole«", "Milepælen"]
    assert Lasted() in SMALL.steps[2].when


def test_a_stage_that_the_pathway_does_not_have_is_an_error_when_it_is_decided() -> None:
    case = Someone().case
    lost = replace(case, place=replace(case.place, stage="the_moon"))
    with pytest.raises(KeyError):
        decide(SMALL, lost, SWEEP, MONDAY)


def test_an_automatic_step_is_taken_at_once_when_its_conditions_hold_at_the_enrolment() -> None:
    facts = {"consent": Fact(MONDAY)}
    begun = begin(FORK, MONDAY, None, facts, MONDAY)
    assert [(t.action, t.target, t.on) for t in begun.transitions] == [
        (Verb.ENROL, "start", MONDAY),
        (Verb.ADVANCE, "left", MONDAY),
    ]
    assert begin(FORK, MONDAY, None, facts, after(-1)).moves == ()  # not before the first day
    assert begin(FORK, MONDAY, None, {}, MONDAY).moves == ()
