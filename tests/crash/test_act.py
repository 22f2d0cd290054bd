"""The same thing at the same time from two processes: it is done once, and the other one gets a proper answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.candidate import Candidate as Person
from models.keys import Keyring
from onboarding.enrol import enrol
from onboarding.import_list import import_list, read_list
from onboarding.move import move
from onboarding.record import record
from onboarding.store import ENROLMENT, MILESTONE, TRANSITION
from onboarding.transfer import transfer
from onboarding.undo import undo
from tests.conftest import NewPostgres
from tests.crash.crowd import copied, opened
from tests.crash.processes import at_once
from tests.crash.worker import act
from tests.municipality import SYD, SYD_AREA, Candidate, Municipality
from tests.support import MONDAY, assert_folds

#: Seconds for which each keeps its transaction open: long enough for the other one to come upon it.
LINGERS = 0.1

#: What two processes are answered that act at once. Each is a verb, what it is asked, and a signature.
Both = Callable[..., list[Any]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database of each kind for all tests here: each acts on people of its own."""
    if request.param == "sqlite":
        template = f"sqlite:///{request.getfixturevalue('sqlite_template')}"
        return copied(template, tmp_path_factory.mktemp("acting") / "sosu.db")
    new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
    return new_postgres(request.getfixturevalue("postgres_template"))


@pytest.fixture(scope="module")
def town(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    keyring = Keyring.at(tmp_path_factory.mktemp("keys") / "keys.json")
    with opened(url) as database:
        yield Municipality(database, keyring)


@pytest.fixture
def both(url: str) -> Both:
    return lambda *acts: at_once(url, [(act, *one, LINGERS) for one in acts])


def ready(town: Municipality) -> Candidate:
    olena = town.enrols()
    olena.records("interest_confirmed")
    return olena


def actions(candidate: Candidate) -> list[str]:
    return [action for action, _, _ in candidate.happened()]


def the_refusal(answers: list[Any]) -> str:
    """What the one was told who came second; the other one was not refused."""
    (refused,) = (answer for answer in answers if isinstance(answer, tuple))
    return str(refused[0])


def test_each_gets_a_reference_of_its_own_when_the_first_two_are_enrolled_at_once(
    town: Municipality, both: Both
) -> None:
    asked = [(town.keyring, "immigrant_track", town.applicant()) for _ in range(2)]
    answers = both(*((enrol, each, town.signed()) for each in asked))
    assert len({answer["enrolment"] for answer in answers}) == 2


@pytest.mark.parametrize(
    ("verb", "asked", "rows"),
    [
        (move, ("admit",), (1, 0)),
        (record, ("contract_signed",), (0, 1)),
        (transfer, ("ped_assistant_track",), (2, 1)),  # the consent goes along
    ],
    ids=["move", "record", "transfer"],
)
def test_a_command_acts_once_when_two_processes_send_it_at_once(
    town: Municipality, both: Both, verb: Callable[..., Any], asked: tuple[str, ...], rows: tuple[int, int]
) -> None:
    olena = ready(town)
    signed = town.signed()
    first, second = both(*[(verb, (olena.reference, *asked), signed)] * 2)
    assert first == second
    assert olena.reference in (first["enrolment"], first.get("transferred_from"))
    written = {of: [r for r in town.rows(of) if r["command_id"] == signed.command_id] for of in (TRANSITION, MILESTONE)}
    assert (len(written[TRANSITION]), len(written[MILESTONE])) == rows
    assert_folds(town.database)


def test_a_wrong_click_is_taken_back_once_when_two_processes_undo_at_once(town: Municipality, both: Both) -> None:
    olena = ready(town)
    olena.moves("admit")
    first, second = both(*[(undo, (olena.reference,), town.signed())] * 2)
    assert first == second
    assert actions(olena) == ["enrol", "move", "undo"]


def test_the_second_is_refused_when_two_people_take_the_same_step_at_once(town: Municipality, both: Both) -> None:
    olena = ready(town)
    answers = both(*((move, (olena.reference, "admit"), town.signed()) for _ in range(2)))
    assert "»Intensivt danskforløb« har ikke den overgang." in the_refusal(answers)
    assert actions(olena) == ["enrol", "move"]


def test_the_second_is_refused_when_one_id_is_used_for_two_things_at_once(town: Municipality, both: Both) -> None:
    people, signed = [ready(town), ready(town)], town.signed()
    answers = both(*((move, (person.reference, "admit"), signed) for person in people))
    assert "command-id er allerede brugt" in the_refusal(answers)
    assert sorted(person.stage for person in people) == ["danish_course", "intake"]


def test_a_candidate_is_enrolled_once_when_two_processes_send_the_command_at_once(
    town: Municipality, both: Both
) -> None:
    people = town.count(Person)
    asked = (town.keyring, "immigrant_track", town.applicant())
    first, second = both(*[(enrol, asked, town.signed())] * 2)
    assert first == second
    assert first["stage"] == "intake"
    assert town.count(Person) == people + 1


def test_the_second_is_refused_when_two_people_enrol_the_same_candidate_at_once(town: Municipality, both: Both) -> None:
    people = town.count(Person)
    asked = (town.keyring, "immigrant_track", town.applicant())
    answers = both(*((enrol, asked, town.signed()) for _ in range(2)))
    (enrolled,) = (answer["enrolment"] for answer in answers if isinstance(answer, dict))
    assert the_refusal(answers) == f"Kandidaten er allerede i gang i forløbet {enrolled}."
    assert town.count(Person) == people + 1


def test_one_person_is_made_when_a_candidate_is_enrolled_in_two_pathways_at_once(
    town: Municipality, both: Both
) -> None:
    people, applicant = town.count(Person), town.applicant()
    pathways = ("immigrant_track", "ped_assistant_track")
    answers = both(*((enrol, (town.keyring, key, applicant), town.signed()) for key in pathways))
    assert [answer["stage"] for answer in answers] == ["intake", "selection"]
    assert town.count(Person) == people + 1


def test_one_enrolment_is_open_when_an_ending_is_undone_and_the_candidate_enrolled_again_at_once(
    town: Municipality, both: Both
) -> None:
    olena = ready(town)
    olena.drops_out()
    again = (town.keyring, "immigrant_track", replace(olena.applicant, starts_on=MONDAY + timedelta(days=7)))
    reopened, enrolled = both((undo, (olena.reference,), town.signed()), (enrol, again, town.signed()))
    if isinstance(reopened, tuple):  # the other one was first
        assert "Kandidaten er gået videre i et andet forløb." in the_refusal([reopened, enrolled])
    else:
        assert f"i forløbet {olena.reference}" in the_refusal([reopened, enrolled])
    (person,) = {row["candidate_id"] for row in town.rows(ENROLMENT) if row["reference"] == olena.reference}
    attempts = [row["status"] for row in town.rows(ENROLMENT) if row["candidate_id"] == person]
    assert attempts.count("open") == 1


def test_nobody_is_made_twice_when_the_same_list_is_imported_twice_at_once(
    town: Municipality, both: Both, tmp_path: Path
) -> None:
    people, path = town.count(Person), tmp_path / "liste.csv"
    listed = [town.applicant(f"Person {letter}") for letter in "ABC"]
    rows = [f"{one.cpr};{one.name};{SYD_AREA};{SYD};{one.starts_on:%d-%m-%Y}" for one in listed]
    path.write_text("\n".join(["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato", *rows]), encoding="utf-8")
    asked = (town.keyring, read_list(path), "immigrant_track")
    answers = both(*((import_list, asked, town.signed()) for _ in range(2)))
    assert sorted((answer["created"], answer["unchanged"]) for answer in answers) == [(0, 3), (3, 0)]
    assert town.count(Person) == people + 3
