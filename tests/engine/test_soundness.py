"""A pathway that cannot work refuses to be built and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from engine.conditions import Condition, Holds
from engine.kinds import SHARED
from engine.pathway import BrokenPathway, Deadline, Ending, Outcome, Pathway, Stage, Step, pathway_from
from engine.soundness import faults_of
from engine.spans import days, months, weeks, working_days
from tests.engine.breakages import BREAKAGES, broken
from tests.engine.pathways import MILESTONES, broken_definitions, sound_pathways

START = Stage("s0", "Start")
END = Ending("e0", "Slut", counts_as=Outcome.EMPLOYED)
FINISH = Step("finish", "s0", "e0", "Afslut")


def pathway(*stages: Stage | Ending, steps: tuple[Step, ...] = ()) -> Pathway:
    return Pathway(
        key="a_track",
        version=1,
        title="Et forløb",
        reference_prefix="AB",
        source="tests",
        starts_in="s0",
        milestones=MILESTONES,
        stages=(START, *stages, END),
        steps=(FINISH, *steps),
    )


def faults(definition: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(BrokenPathway) as caught:
        pathway_from(definition)
    return caught.value.faults


@given(sound_pathways())
def test_nothing_is_wrong_when_a_pathway_is_sound(sound: Pathway) -> None:
    assert faults_of(sound) == ()


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_fault_is_named_alone_when_one_thing_is_wrong(breakage: Callable[[dict[str, Any]], str]) -> None:
    definition, (words,) = broken(pathway(), [breakage])
    first, *others = faults(definition)
    assert words in first
    assert others == (["stage 's0' cannot be reached from 'e0'"] if "starts_in" in words else [])


@given(broken_definitions())
def test_every_fault_is_named_when_several_things_are_wrong(case: tuple[dict[str, Any], list[str]]) -> None:
    definition, expected = case
    found = faults(definition)
    assert [words for words in expected if not any(words in fault for fault in found)] == []


def test_every_fault_is_named_at_once_when_everything_is_wrong() -> None:
    definition, expected = broken(pathway(), list(BREAKAGES))
    found = faults(definition)
    assert [words for words in expected if not any(words in fault for fault in found)] == []
    with pytest.raises(BrokenPathway, match="The pathway a_track cannot work:\n- ") as caught:
        pathway_from(definition)
    assert str(caught.value).count("\n- ") == len(found)


@pytest.mark.parametrize("kind", sorted(SHARED))
def test_a_step_is_refused_when_it_has_the_key_of_a_message_that_all_pathways_share(kind: str) -> None:
    with pytest.raises(BrokenPathway, match=f"step '{kind}' has the key of a message"):
        pathway(steps=(Step(kind, "s0", "e0", "Videre"),))


def test_two_circles_are_both_named_when_they_share_a_stage() -> None:
    left, right = Stage("left", "V"), Stage("right", "H")

    def automatic(key: str, source: str, target: str, *when: Condition) -> Step:
        return Step(key, source, target, key, when=when, automatic=True)

    with pytest.raises(BrokenPathway) as caught:
        pathway(
            left,
            right,
            steps=(
                automatic("to_left", "s0", "left", Holds("contract")),
                automatic("from_left", "left", "s0", Holds("contract")),
                automatic("to_right", "s0", "right", Holds("meeting")),
                automatic("from_right", "right", "s0", Holds("meeting")),
            ),
        )
    circles = [set(fault.split(": ")[1].split(" -> ")) for fault in caught.value.faults]
    assert len(circles) == 2
    assert {"s0", "left"} in circles
    assert {"s0", "right"} in circles


def test_a_circle_is_sound_when_one_of_its_steps_is_by_hand() -> None:
    side = Stage("side", "Sidespor")
    assert pathway(
        side,
        steps=(
            Step("aside", "s0", "side", "Til siden", when=(Holds("contract"),), automatic=True),
            Step("back", "side", "s0", "Tilbage"),
        ),
    )


@pytest.mark.parametrize("name", ["remind_before", "remind_after", "escalate_after"])
def test_a_deadline_is_sound_when_it_is_just_as_long_as_its_stage(name: str) -> None:
    def timed(span: Any) -> Pathway:
        stage = Stage("s1", "Trin", lasts=weeks(2), deadline=Deadline(**{name: span}))
        return pathway(stage, steps=(Step("on", "s0", "s1", "Videre"), Step("off", "s1", "e0", "Ud")))

    assert timed(days(14)).open_stages["s1"].deadline is not None
    assert timed(working_days(10)).open_stages["s1"].deadline is not None
    for too_long in (days(15), weeks(3), months(1), working_days(11)):
        with pytest.raises(BrokenPathway, match=f"its {name} of .* is longer than that"):
            timed(too_long)


def test_dropping_out_can_be_given_a_title_when_it_still_means_the_same() -> None:
    own = Ending("dropped_out", "Stoppet undervejs", counts_as=Outcome.DROPPED_OUT)
    assert pathway(own).stage_title("dropped_out") == "Stoppet undervejs"


def test_an_open_stage_is_refused_when_it_takes_the_name_of_an_ending_of_every_pathway() -> None:
    with pytest.raises(BrokenPathway, match="stage 'transferred' can only be an ending"):
        pathway(Stage("transferred", "Overflyttet"), steps=(Step("out", "transferred", "e0", "Ud"),))


def test_an_automatic_step_is_sound_when_it_asks_for_another_value_than_the_one_before_it() -> None:
    steps = tuple(
        Step(f"as_{value}", "s0", "e0", value, when=(Holds("programme", value),), automatic=True)
        for value in ("helper", "assistant")
    )
    assert pathway(steps=steps).steps_from["s0"] == (FINISH, *steps)


def test_lengths_compare_alike_when_the_day_of_comparison_has_a_holiday_near() -> None:
    # Five working days are seven days in any week without a holiday: no fault may depend on today's date.
    stage = Stage("s1", "Trin", lasts=days(7), deadline=Deadline(remind_before=working_days(5)))
    assert pathway(stage, steps=(Step("on", "s0", "s1", "Videre"), Step("off", "s1", "e0", "Ud")))
    assert working_days(5).before(date(2026, 4, 13)) < date(2026, 4, 6)
