"""Pausing, leaving and undoing, told as a coordinator would tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import actions
from engine.case import Fact, Place, Status
from engine.decide import LONGEST_PAUSE, begin, decide
from engine.history import Verb, fold
from engine.pathway import Stage, Step
from tests.engine.small import FORK, MONDAY, SMALL, Someone, after

SWEEP = actions.Advance()


# Pauses


def test_the_day_of_leaving_moves_when_a_candidate_is_ill_for_ten_weeks() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(1))
    paused = someone.does(actions.Pause("Sygdom", after(17)), after(10))
    assert (someone.case.place.status, paused.transitions[0].reason) == (Status.PAUSED, "illness")
    assert (paused.due_on, paused.look_again_on) == (after(35), after(17))
    assert someone.does(SWEEP, after(60)).moves == ()
    resumed = someone.does(actions.Resume(), after(80))
    assert resumed.due_on == after(98)
    assert someone.does(SWEEP, after(97)).moves == ()
    assert [t.target for t in someone.does(SWEEP, after(98)).moves] == ["practice"]


def test_a_candidate_moves_at_once_when_everything_was_ready_and_the_pause_ends() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(28))
    someone.does(actions.Pause("leave", after(40)), after(30))
    someone.records("passed", after(31))
    assert someone.stage == "school"
    assert [t.target for t in someone.does(actions.Resume(), after(33)).moves] == ["practice"]


def test_both_faults_are_named_when_a_pause_has_no_reason_and_no_review() -> None:
    refusal = Someone().does(actions.Pause("dovenskab", MONDAY), MONDAY).refusal
    assert [sentence.split(".")[0] for sentence in refusal] == [
        "Årsagen findes ikke på listen",
        "Pausens opfølgningsdato skal ligge efter 02-03-2026 og senest 02-03-2031",
    ]
    assert "illness (Sygdom)" in refusal[0]


def test_a_pause_is_refused_when_its_review_has_a_mistyped_year() -> None:
    someone = Someone()
    assert someone.does(actions.Pause("illness", date(9999, 12, 31)), MONDAY).refusal
    assert not someone.does(actions.Pause("illness", LONGEST_PAUSE.after(MONDAY)), MONDAY).refusal


def test_only_resuming_and_leaving_are_possible_when_the_case_is_paused() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(9)), after(2))
    refusal = someone.does(actions.Move("practise"), after(3)).refusal
    assert refusal[0] == "Forløbet er på pause siden 04-03-2026. Genoptag det først."
    assert len(refusal) == 3, "what else stands in the way is said at once"
    assert "allerede på pause" in someone.does(actions.Pause("leave", after(9)), after(3)).refusal[0]
    assert "på pause" in someone.undoes(after(3)).refusal[0]
    assert not someone.does(actions.Drop("illness"), after(3)).refusal


def test_resuming_is_refused_when_nothing_is_paused() -> None:
    assert Someone().does(actions.Resume(), MONDAY).refusal == (
        "Forløbet er ikke på pause, så der er intet at genoptage.",
    )


# Leaving


@pytest.mark.parametrize("reason", ["illness", "Sygdom", " SYGDOM "])
def test_the_reason_is_kept_by_its_key_when_someone_drops_out(reason: str) -> None:
    someone = Someone()
    (dropped,) = someone.does(actions.Drop(reason), after(4)).moves
    assert (dropped.action, dropped.target, dropped.reason, dropped.ends) == (
        Verb.DROP,
        "dropped_out",
        "illness",
        True,
    )


def test_dropping_out_is_refused_when_the_reason_is_not_on_the_list() -> None:
    assert "illness (Sygdom)" in Someone().does(actions.Drop("ved ikke"), MONDAY).refusal[0]


def test_a_candidate_leaves_for_another_pathway_when_transferred() -> None:
    (moved,) = Someone().does(actions.Transfer("other_track"), MONDAY).moves
    assert (moved.action, moved.target, moved.reason) == (Verb.TRANSFER, "transferred", "other_track")


@pytest.mark.parametrize(
    "action",
    [actions.Move("admit"), actions.Record("consent"), actions.Resume(), actions.Drop("illness")],
)
def test_the_ending_stands_in_the_way_when_the_case_has_ended(action: actions.Action) -> None:
    someone = Someone()
    someone.does(actions.Move("reject"), after(1))
    assert someone.does(action, after(2)).refusal == (
        "Forløbet er afsluttet (Ikke optaget, 03-03-2026). Fortryd afslutningen, eller indskriv kandidaten igen.",
    )


# Undo


def test_nothing_is_undone_when_nothing_has_moved() -> None:
    assert Someone().undoes(MONDAY).refusal == ("Der er ingen overgang at fortryde: forløbet er i sit første trin.",)


def test_a_wrong_click_leaves_the_old_dates_when_it_is_undone() -> None:
    someone = Someone()
    someone.does(actions.Move("reject"), after(5))
    undone = someone.undoes(after(6))
    assert someone.case.place == Place(stage="talk", status=Status.OPEN, entered_on=MONDAY, visit=1)
    assert undone.due_on == after(14)
    assert [(t.action, t.source, t.target, t.undoes) for t in undone.moves] == [(Verb.UNDO, "rejected", "talk", 2)]


def test_the_milestone_goes_too_when_the_move_that_it_caused_is_undone() -> None:
    someone = Someone().admitted()
    someone.does(SWEEP, after(28))
    someone.records("passed", after(30))
    assert someone.stage == "practice"
    undone = someone.undoes(after(31))
    assert undone.withdrawn == ("passed",)
    assert (someone.stage, someone.case.place.held_steps) == ("school", ())
    assert someone.does(SWEEP, after(60)).moves == ()
    assert [t.target for t in someone.records("passed", after(61)).moves] == ["practice"]


def test_the_earlier_fact_holds_again_when_its_correction_is_undone() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    before = someone.case.milestones["passed"]
    correction = actions.Record("passed", achieved_on=after(19), command_id=f"command-{someone.commands + 1}")
    someone.does(correction, after(28))
    assert someone.stage == "practice"  # the step was due, whatever was recorded
    undone = someone.undoes(after(29))
    assert (undone.recorded, undone.withdrawn) == (("passed",), ())
    assert someone.case.milestones["passed"] == before
    assert (someone.stage, someone.case.place.held_steps) == ("school", ("practise",))


def test_other_milestones_stay_when_a_move_is_undone() -> None:
    someone = Someone().admitted()
    someone.records("field", after(2), "elder")
    someone.undoes(after(3))
    assert someone.stage == "talk"
    assert set(someone.case.milestones) == {"consent", "field"}


def test_what_was_brought_along_stays_when_a_move_is_undone() -> None:
    brought = begin(SMALL, MONDAY, date(1990, 5, 17), {"consent": Fact(MONDAY), "passed": Fact(MONDAY)})
    moved = decide(SMALL, brought.case, actions.Move("admit"), MONDAY)
    history = fold([*brought.transitions, *moved.transitions])
    undone = decide(SMALL, moved.case, actions.Undo(history), MONDAY)
    assert (undone.case.place.stage, undone.withdrawn) == ("talk", ())
    assert set(undone.case.milestones) == {"consent", "passed"}


def test_a_sweep_leaves_someone_alone_when_the_automatic_step_was_undone() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.does(SWEEP, after(28))
    someone.undoes(after(29))
    assert (someone.stage, someone.case.place.held_steps) == ("school", ("practise",))
    assert someone.does(SWEEP, after(40)).moves == ()
    assert [t.action for t in someone.does(actions.Move("practise"), after(41)).moves] == [Verb.MOVE]


def test_a_sweep_leaves_someone_alone_when_an_automatic_step_taken_by_hand_was_undone() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.does(actions.Move("practise"), after(28))
    someone.undoes(after(28))
    assert someone.does(SWEEP, after(29)).moves == ()


def test_a_sweep_leaves_someone_alone_when_an_unrelated_milestone_was_taken_back_with_the_step() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.records("field", after(28), "child")  # the step is due and is taken, whatever was recorded
    assert someone.stage == "practice"
    assert someone.undoes(after(28)).withdrawn == ("field",)
    assert someone.does(SWEEP, after(29)).moves == ()


def test_sweeps_do_not_go_back_and_forth_when_both_branches_were_undone() -> None:
    someone = Someone(FORK)
    someone.does(actions.Pause("illness", after(5)), MONDAY)
    someone.records("consent", MONDAY)
    someone.records("passed", MONDAY)
    someone.does(actions.Resume(), after(1))
    someone.undoes(after(2))
    assert [t.step for t in someone.does(SWEEP, after(3)).moves] == ["go_right"]
    someone.undoes(after(4))
    assert someone.case.place.held_steps == ("go_left", "go_right")
    assert someone.does(SWEEP, after(5)).moves == ()


def test_another_branch_is_still_taken_when_the_wrong_one_was_undone() -> None:
    someone = Someone(FORK)
    someone.records("consent", MONDAY)
    someone.undoes(after(1))
    assert [t.step for t in someone.records("passed", after(2)).moves] == ["go_right"]


def test_the_pause_goes_on_when_the_dropout_of_a_paused_candidate_is_undone() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("illness", after(40)), after(7))
    someone.does(actions.Drop("illness"), after(10))
    undone = someone.undoes(after(12))
    assert someone.case.place.status is Status.PAUSED
    assert (undone.due_on, undone.look_again_on) == (after(61), after(40))
    assert someone.does(actions.Resume(), after(17)).due_on == after(38)


def test_the_way_leads_back_to_the_beginning_when_everything_is_undone() -> None:
    someone = Someone().admitted()
    someone.records("passed", after(20))
    someone.does(SWEEP, after(28))
    someone.does(actions.Move("repeat"), after(30))
    someone.does(actions.Drop("illness"), after(31))
    back = []
    while fold(someone.transitions).undoable:
        someone.undoes(after(32))
        back.append(someone.stage)
    assert back == ["school", "practice", "school", "talk"]


def test_an_undo_is_a_move_when_it_leads_from_one_visit_to_another_of_the_same_stage() -> None:
    pathway = replace(
        SMALL,
        starts_in="start",
        stages=(Stage("start", "Start"), Stage("side", "Sidespor"), SMALL.stages[4]),
        steps=(
            Step("aside", "start", "side", "Til siden"),
            Step("back", "side", "start", "Tilbage", automatic=True),
            Step("hire", "start", "employed", "Ansæt"),
        ),
    )
    someone = Someone(pathway)
    assert len(someone.does(actions.Move("aside"), after(1)).moves) == 2
    undone = someone.undoes(after(2))
    assert [(t.source, t.target) for t in undone.moves] == [("start", "start")]
    assert someone.case.place.entered_on == MONDAY


def test_an_undo_is_refused_when_it_is_dated_before_what_stands_without_the_move() -> None:
    someone = Someone().admitted(on=after(4))
    assert "Angiv den dag" in someone.undoes(after(-1)).refusal[0]
    assert not someone.undoes(after(3)).refusal


# An enrolment that was a mistake


def test_an_enrolment_ends_as_a_mistake_when_nothing_has_happened_since() -> None:
    begun = begin(SMALL, MONDAY, None, {"certificate": Fact(MONDAY, None, "list")})
    transitions = tuple(replace(t, command_id="list") for t in begun.transitions)
    annulled = decide(SMALL, begun.case, actions.Annul(transitions, recorded=False), after(-3))
    assert [(t.action, t.source, t.target, t.undoes) for t in annulled.moves] == [(Verb.UNDO, "talk", "mistaken", 1)]
    assert annulled.case.place == Place(stage="mistaken", status=Status.ENDED, entered_on=after(-3), visit=2)
    assert (annulled.due_on, annulled.look_again_on, annulled.withdrawn) == (None, None, ())
    history = fold([*transitions, *annulled.transitions])
    assert (history.place, history.undoable) == (annulled.case.place, ())
    for action in (actions.Undo(history), actions.Annul(transitions, recorded=False), actions.Drop("moved")):
        (refusal,) = decide(SMALL, annulled.case, action, after(1)).refusal
        assert refusal == "Forløbet er afsluttet (Indskrevet ved en fejl, 27-02-2026). Indskriv kandidaten igen."


def test_what_has_happened_is_said_when_an_enrolment_is_to_be_a_mistake_after_that() -> None:
    someone = Someone().admitted()
    someone.does(actions.Pause("leave", after(40)), after(30))
    refusal = decide(SMALL, someone.case, actions.Annul(tuple(someone.transitions), recorded=True), after(31)).refusal
    assert refusal == (
        "Forløbet er siden indskrivningen flyttet, sat på pause og registreret på, så indskrivningen kan ikke "
        "fortrydes. Registrér frafald i stedet.",
    )


def test_an_enrolment_is_no_mistake_when_something_was_recorded_that_no_longer_holds() -> None:
    begun = begin(SMALL, MONDAY, None)
    annul = actions.Annul(begun.transitions, recorded=True)
    (refusal,) = decide(SMALL, begun.case, annul, after(1)).refusal
    assert refusal.startswith("Forløbet er siden indskrivningen registreret på, så")
