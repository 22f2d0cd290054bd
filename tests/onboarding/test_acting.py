"""The same command sent twice acts once, and gives the same answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.refusal import Refused
from models.command import Command
from onboarding.store import MILESTONE, TRANSITION
from tests.municipality import Candidate, Municipality
from tests.support import assert_folds


def ready(town: Municipality) -> Candidate:
    olena = town.enrols()
    olena.records("interest_confirmed")
    return olena


@pytest.mark.parametrize(
    "command",
    [
        lambda olena: olena.moves("admit", command_id="once"),
        lambda olena: olena.records("contract_signed", command_id="once"),
        lambda olena: olena.pauses(command_id="once"),
        lambda olena: olena.drops_out(command_id="once"),
    ],
    ids=["move", "record", "pause", "drop"],
)
def test_a_command_acts_once_when_it_is_sent_twice(
    either_town: Municipality, command: Callable[[Candidate], object]
) -> None:
    olena = ready(either_town)
    first = command(olena)
    rows = either_town.rows(TRANSITION), either_town.rows(MILESTONE), either_town.messages()
    either_town.clock.passes(days=3)
    assert command(olena) == first
    assert (either_town.rows(TRANSITION), either_town.rows(MILESTONE), either_town.messages()) == rows
    assert_folds(either_town.database)


def test_the_old_answer_is_given_when_things_have_gone_on_since(either_town: Municipality) -> None:
    olena = ready(either_town)
    first = olena.moves("admit", command_id="once")
    olena.drops_out()
    assert olena.moves("admit", command_id="once") == first


def test_a_command_is_refused_when_its_id_was_used_for_something_else(either_town: Municipality) -> None:
    olena, other = ready(either_town), ready(either_town)
    olena.moves("admit", command_id="once")
    something_else: tuple[Callable[[], object], ...] = (
        lambda: olena.moves("reject", command_id="once"),
        lambda: other.moves("admit", command_id="once"),
        lambda: olena.drops_out(command_id="once"),
        lambda: olena.records("contract_signed", command_id="once"),
    )
    for act in something_else:
        with pytest.raises(Refused, match="command-id"):
            act()
    assert other.stage == "intake"


def test_the_id_can_be_used_again_when_the_command_was_refused(either_town: Municipality) -> None:
    olena = either_town.enrols()
    with pytest.raises(Refused):
        olena.moves("admit", command_id="once")
    assert either_town.count(Command) == 1  # that of the enrolment
    olena.records("interest_confirmed")
    assert olena.moves("admit", command_id="once")["stage"] == "danish_course"


def test_everything_that_one_command_brought_about_carries_its_id_when_it_is_looked_up(town: Municipality) -> None:
    olena = ready(town)
    olena.moves("admit", command_id="c1")
    town.clock.passes(weeks=12)
    olena.records("danish_course_passed", command_id="c2")
    assert [row["command_id"] for row in town.rows(TRANSITION)][1:] == ["c1", "c2"]
    assert [row["command_id"] for row in town.rows(MILESTONE) if row["key"] == "danish_course_passed"] == ["c2"]
