"""Folding transitions: where they leave a candidate, and what an undo takes back."""

from __future__ import annotations

from datetime import date

import pytest

from engine.case import Pause, Place, Status
from engine.history import Transition, Verb, apply, fold

FIRST = date(2026, 3, 2)


def day(number: int) -> date:
    return date.fromordinal(FIRST.toordinal() + number)


def enrol() -> Transition:
    return Transition(seq=1, action=Verb.ENROL, source=None, target="talk", on=FIRST)


def move(
    seq: int, source: str, target: str, *, command: str | None = None, verb: Verb = Verb.MOVE, ends: bool = False
) -> Transition:
    return Transition(
        seq=seq,
        action=verb,
        source=source,
        target=target,
        on=day(seq),
        step=f"to_{target}",
        command_id=command,
        ends=ends,
    )


def pause(seq: int, stage: str) -> Transition:
    return Transition(
        seq=seq, action=Verb.PAUSE, source=stage, target=stage, on=day(seq), review_on=day(seq + 30), reason="illness"
    )


def resume(seq: int, stage: str) -> Transition:
    return Transition(seq=seq, action=Verb.RESUME, source=stage, target=stage, on=day(seq))


def undo(seq: int, source: str, target: str, undoes: int | None, step: str | None = None) -> Transition:
    return Transition(seq=seq, action=Verb.UNDO, source=source, target=target, on=day(seq), undoes=undoes, step=step)


def test_a_candidate_stands_in_the_first_stage_when_only_enrolled() -> None:
    history = fold([enrol()])
    assert history.place == Place(stage="talk", status=Status.OPEN, entered_on=FIRST, visit=1)
    assert (history.pauses, history.undoable, history.last_command()) == ((), (), ())


def test_the_visit_is_the_number_of_the_transition_when_a_stage_is_entered() -> None:
    history = fold([enrol(), move(2, "talk", "school"), move(3, "school", "talk")])
    assert history.place == Place(stage="talk", status=Status.OPEN, entered_on=day(3), visit=3)


def test_a_case_has_ended_when_the_transition_leads_to_an_ending() -> None:
    history = fold([enrol(), move(2, "talk", "employed", ends=True)])
    assert history.place.status is Status.ENDED


def test_a_pause_lasts_until_somebody_resumes_when_it_has_begun() -> None:
    begun = fold([enrol(), pause(2, "talk")])
    assert begun.place.status is Status.PAUSED
    assert begun.pauses == (Pause(2, day(2), day(32), reason="illness"),)
    ended = apply(begun, resume(5, "talk"))
    assert ended.place == Place(stage="talk", status=Status.OPEN, entered_on=FIRST, visit=1)
    assert ended.pauses == (Pause(2, day(2), day(32), until_on=day(5), reason="illness"),)


def test_an_ending_closes_the_pause_when_one_lasts() -> None:
    history = fold([enrol(), pause(2, "talk"), move(6, "talk", "dropped_out", verb=Verb.DROP, ends=True)])
    assert history.pauses[0].until_on == day(6)


def test_the_pause_lasts_again_when_the_ending_is_undone() -> None:
    older = [enrol(), pause(2, "talk"), resume(3, "talk"), pause(4, "talk")]
    dropped = move(6, "talk", "dropped_out", verb=Verb.DROP, ends=True)
    history = fold([*older, dropped, undo(7, "dropped_out", "talk", 6)])
    assert history.place.status is Status.PAUSED
    assert [pause.until_on for pause in history.pauses] == [day(3), None]
    assert history.undoable == ()


def test_the_old_visit_goes_on_when_a_move_is_undone() -> None:
    history = fold([enrol(), move(2, "talk", "school"), undo(3, "school", "talk", 2)])
    assert history.place == Place(stage="talk", status=Status.OPEN, entered_on=FIRST, visit=1)


def test_everything_that_one_command_moved_is_taken_back_when_it_is_undone() -> None:
    transitions = [
        enrol(),
        move(2, "talk", "school", command="a"),
        move(3, "school", "practice", command="b"),
        move(4, "practice", "job", command="b", verb=Verb.ADVANCE),
    ]
    last = fold(transitions).last_command()
    assert [item.move.seq for item in last] == [3, 4]
    history = fold([*transitions, undo(5, "job", "school", last[0].move.seq)])
    assert (history.place.stage, history.place.visit) == ("school", 2)
    assert [item.move.seq for item in history.last_command()] == [2]


def test_only_the_last_move_is_taken_back_when_no_command_is_known() -> None:
    history = fold([enrol(), move(2, "talk", "school"), move(3, "school", "practice")])
    assert [item.move.seq for item in history.last_command()] == [3]


def test_every_undone_step_waits_for_a_person_when_several_were_undone() -> None:
    transitions = [
        enrol(),
        move(2, "talk", "school", verb=Verb.ADVANCE),
        undo(3, "school", "talk", 2, step="to_school"),
        move(4, "talk", "practice", verb=Verb.ADVANCE),
        undo(5, "practice", "talk", 4, step="to_practice"),
    ]
    assert fold(transitions).place.held_steps == ("to_school", "to_practice")
    again = [move(6, "talk", "school"), undo(7, "school", "talk", 6, step="to_school")]
    assert fold([*transitions, *again]).place.held_steps == ("to_school", "to_practice")
    assert fold([*transitions, move(6, "talk", "school")]).place.held_steps == ()


def test_a_held_step_stays_held_when_the_case_is_paused_and_resumed() -> None:
    held = [enrol(), move(2, "talk", "school"), undo(3, "school", "talk", 2, step="to_school")]
    assert fold([*held, pause(4, "talk"), resume(5, "talk")]).place.held_steps == ("to_school",)


@pytest.mark.parametrize(
    ("transitions", "words"),
    [
        ([], "begins with an enrolment"),
        ([move(1, "talk", "school")], "begins with an enrolment"),
        ([enrol(), enrol()], "leads from another stage"),
        ([enrol(), move(2, "school", "job")], "transition 2 .move. leads from another stage"),
        ([enrol(), undo(2, "talk", "talk", 2)], "transition 2 undoes nothing"),
        ([enrol(), move(2, "talk", "school"), undo(3, "school", "talk", None)], "transition 3 undoes nothing"),
        ([enrol(), move(2, "talk", "school"), undo(3, "school", "talk", 3)], "transition 3 undoes nothing"),
        (
            [enrol(), Transition(seq=2, action=Verb.PAUSE, source="talk", target="talk", on=FIRST)],
            "transition 2 .pause. cannot follow",
        ),
        (
            [enrol(), Transition(seq=2, action=Verb.ENROL, source="talk", target="talk", on=FIRST)],
            "transition 2 .enrol. cannot follow",
        ),
    ],
)
def test_a_history_is_refused_when_its_transitions_do_not_fit(transitions: list[Transition], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fold(transitions)
