"""The same thing at the same time from two processes: it is done once, and the other one gets a proper answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.candidate import Candidate as Person
from models.enrolment import Enrolment
from onboarding.drop import drop
from onboarding.enrol import enrol
from onboarding.import_list import import_list
from onboarding.move import move
from onboarding.pause import pause
from onboarding.record import record
from onboarding.store import MILESTONE, TRANSITION
from onboarding.transfer import transfer
from onboarding.undo import undo
from tests.crash.processes import at_once
from tests.crash.worker import act
from tests.municipality import SYD, SYD_AREA, Candidate, Municipality
from tests.support import assert_folds

#: Seconds for which each keeps its transaction open: long enough for the other one to come upon it.
LINGERS = 0.2


def ready(town: Municipality) -> Candidate:
    olena = town.enrols()
    olena.records("interest_confirmed")
    return olena


@pytest.mark.parametrize(
    ("verb", "asked", "transitions"),
    [
        (move, ("admit",), 1),
        (record, ("contract_signed",), 0),
        (pause, (), 1),
        (drop, ("moved",), 1),
        (transfer, ("ped_assistant_track",), 2),
    ],
    ids=["move", "record", "pause", "drop", "transfer"],
)
def test_a_command_acts_once_when_two_processes_send_it_at_once(
    either_town: Municipality, either_url: str, verb: Callable[..., Any], asked: tuple[str, ...], transitions: int
) -> None:
    olena = ready(either_town)
    command = (act, verb, (olena.reference, *asked), either_town.signed(command_id="once"), LINGERS)
    first, second = at_once(either_url, [command, command])
    assert first == second
    assert first["enrolment"] == olena.reference or first["transferred_from"] == olena.reference
    written = [row for of in (TRANSITION, MILESTONE) for row in either_town.rows(of) if row["command_id"] == "once"]
    assert [("seq" in row) for row in written].count(True) == transitions
    assert len(written) == (transitions or 1)
    assert_folds(either_town.database)


def test_a_wrong_click_is_taken_back_once_when_two_processes_undo_at_once(
    either_town: Municipality, either_url: str
) -> None:
    olena = ready(either_town)
    olena.moves("admit")
    command = (act, undo, (olena.reference,), either_town.signed(command_id="once"), LINGERS)
    first, second = at_once(either_url, [command, command])
    assert first == second
    assert [action for action, _, _ in olena.happened()] == ["enrol", "move", "undo"]


def test_the_second_is_refused_when_two_people_take_the_same_step_at_once(
    either_town: Municipality, either_url: str
) -> None:
    olena = ready(either_town)
    commands = [(act, move, (olena.reference, "admit"), either_town.signed(), LINGERS) for _ in range(2)]
    answers = at_once(either_url, commands)
    (refused,) = (answer for answer in answers if isinstance(answer, tuple))
    assert [answer["stage"] for answer in answers if isinstance(answer, dict)] == ["danish_course"]
    assert "admit" in refused[0]
    assert [action for action, _, _ in olena.happened()] == ["enrol", "move"]


def test_the_second_is_refused_when_one_id_is_used_for_two_things_at_once(
    either_town: Municipality, either_url: str
) -> None:
    people = [ready(either_town), ready(either_town)]
    signed = either_town.signed(command_id="once")
    answers = at_once(either_url, [(act, move, (person.reference, "admit"), signed, LINGERS) for person in people])
    (refused,) = (answer for answer in answers if isinstance(answer, tuple))
    assert "command-id" in refused[0]
    assert sorted(person.stage for person in people) == ["danish_course", "intake"]


def test_a_candidate_is_enrolled_once_when_two_processes_send_the_command_at_once(
    either_town: Municipality, either_url: str
) -> None:
    asked = (either_town.keyring, "immigrant_track", either_town.applicant())
    command = (act, enrol, asked, either_town.signed(command_id="once"), LINGERS)
    first, second = at_once(either_url, [command, command])
    assert first == second
    assert first["enrolment"] == "IM-0001"
    assert (either_town.count(Person), either_town.count(Enrolment)) == (1, 1)


def test_the_second_is_refused_when_two_people_enrol_the_same_candidate_at_once(
    either_town: Municipality, either_url: str
) -> None:
    asked = (either_town.keyring, "immigrant_track", either_town.applicant())
    answers = at_once(either_url, [(act, enrol, asked, either_town.signed(), LINGERS) for _ in range(2)])
    assert ("Kandidaten er allerede i gang i forløbet IM-0001.",) in answers
    assert (either_town.count(Person), either_town.count(Enrolment)) == (1, 1)


def test_each_gets_a_reference_of_its_own_when_two_candidates_are_enrolled_at_once(
    either_town: Municipality, either_url: str
) -> None:
    asked = [(either_town.keyring, "immigrant_track", either_town.applicant()) for _ in range(2)]
    answers = at_once(either_url, [(act, enrol, each, either_town.signed(), LINGERS) for each in asked])
    assert sorted(answer["enrolment"] for answer in answers) == ["IM-0001", "IM-0002"]


def test_one_person_is_made_when_a_candidate_is_enrolled_in_two_pathways_at_once(
    either_town: Municipality, either_url: str
) -> None:
    applicant = either_town.applicant()
    asked = [(either_town.keyring, key, applicant) for key in ("immigrant_track", "ped_assistant_track")]
    answers = at_once(either_url, [(act, enrol, each, either_town.signed(), LINGERS) for each in asked])
    assert sorted(answer["enrolment"] for answer in answers) == ["IM-0001", "PA-0001"]
    assert either_town.count(Person) == 1


def test_nobody_is_made_twice_when_the_same_list_is_imported_twice_at_once(
    either_town: Municipality, either_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "liste.csv"
    people = [either_town.applicant(f"Person {letter}") for letter in "ABC"]
    rows = [f"{one.cpr};{one.name};{SYD_AREA};{SYD};{one.starts_on:%d-%m-%Y}" for one in people]
    path.write_text("\n".join(["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato", *rows]), encoding="utf-8")
    asked = (either_town.keyring, path, "immigrant_track")
    answers = at_once(either_url, [(act, import_list, asked, either_town.signed(), LINGERS) for _ in range(2)])
    assert sorted((answer["created"], answer["unchanged"]) for answer in answers) == [(0, 3), (3, 0)]
    assert (either_town.count(Person), either_town.count(Enrolment)) == (3, 3)
