from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.refusal import Refused
from models.candidate import Candidate as CandidateRow
from models.command import Command
from models.enrolment import Enrolment
from onboarding.enrol import enrol
from onboarding.signed import Signed
from onboarding.store import CANDIDATE, ENROLMENT
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Municipality
from tests.support import MONDAY, Clock, assert_folds, made_up_cpr


def refusal(town: Municipality, **applied: Any) -> Refused:
    """Why this applicant is not enrolled; nothing may have been written."""
    before = town.count(Enrolment), town.count(CandidateRow)
    with pytest.raises(Refused) as refused:
        town.enrols(**applied)
    assert (town.count(Enrolment), town.count(CandidateRow)) == before
    return refused.value


def test_a_candidate_stands_in_the_first_stage_when_enrolled(either_town: Municipality) -> None:
    olena = either_town.enrols(starts_on=MONDAY + timedelta(days=7))
    shown = olena.shown()
    assert (shown["enrolment"], shown["stage"], shown["status"]) == ("IM-0001", "intake", "open")
    assert (shown["starts_on"], shown["entered_on"]) == ("2026-09-14", "2026-09-14")
    assert shown["due_on"] == "2026-09-28"
    assert (shown["area"], shown["coordinator"]) == (VIBY_AREA, VIBY)
    assert [(t["action"], t["by"], t["at"]) for t in shown["transitions"]] == [
        ("enrol", OFFICER, "2026-09-07T08:00:00+00:00")
    ]
    assert_folds(either_town.database)


def test_references_go_on_where_they_were_when_several_are_enrolled(either_town: Municipality) -> None:
    first, second = either_town.enrols(), either_town.enrols()
    other = either_town.enrols(pathway="ped_assistant_track")
    assert [c.reference for c in (first, second, other)] == ["IM-0001", "IM-0002", "PA-0001"]


def test_the_coordinator_is_told_when_a_candidate_is_enrolled(town: Municipality) -> None:
    assert town.enrols(coordinator=f"  {SYD.upper()} ", area=SYD_AREA.lower()).told() == [("enrolled", SYD)]


def test_consent_is_a_milestone_when_it_was_given(town: Municipality) -> None:
    given, not_given = town.enrols(consent=True), town.enrols(consent=False)
    assert [m["milestone"] for m in given.shown()["milestones"]] == ["consent_given"]
    assert not_given.shown()["milestones"] == []


def test_nothing_of_the_person_is_in_the_clear_when_the_database_is_read_as_bytes(town: Municipality) -> None:
    olena = town.enrols()
    town.database.close()
    assert town.database.url.database is not None
    with open(town.database.url.database, "rb") as file:
        content = file.read()
    assert b"Olena Kovalenko" in content  # so that we look at the right bytes
    assert olena.applicant.cpr.encode() not in content
    assert f"{olena.applicant.cpr[:6]}-{olena.applicant.cpr[6:]}".encode() not in content
    row = town.rows(CANDIDATE)[0]
    assert town.keyring.open(row["cpr_sealed"], row["id"]) == olena.applicant.cpr


def test_the_birth_date_decides_when_the_number_is_a_replacement(town: Municipality) -> None:
    young = town.enrols(cpr="6101054001")
    assert town.rows(CANDIDATE)[0]["birth_date"] == date(2005, 1, 1)
    young.records("interest_confirmed")
    with pytest.raises(Refused, match="25 år"):
        young.moves("admit")


@pytest.mark.parametrize(
    ("applied", "said"),
    [
        ({"pathway": "no_such_track"}, "immigrant_track, ped_assistant_track"),
        ({"area": "Atlantis"}, "sosu area add"),
        ({"coordinator": "nobody@example.org"}, "sosu staff add"),
        ({"coordinator": VIBY_MANAGER}, "sosu staff add"),
        ({"area": SYD_AREA}, "Karen Viby arbejder ikke for Syd. Vælg en koordinator"),
        ({"cpr": "310299-1234"}, "dato"),
        ({"cpr": "12345"}, "ti"),
        ({"cpr": ""}, "ti"),
        ({"name": "   "}, "navn"),
        ({"starts_on": date(9999, 12, 31)}, "årstal"),
        ({"starts_on": date(1026, 9, 7)}, "årstal"),
        ({"email": "no address"}, "E-mail"),
    ],
)
def test_an_enrolment_is_refused_with_the_remedy_when_something_is_wrong(
    town: Municipality, applied: dict[str, Any], said: str
) -> None:
    assert said in str(refusal(town, **applied))


@pytest.mark.parametrize("field", ["name", "phone", "email", "mother_tongue"])
def test_a_field_is_refused_when_it_is_too_long_or_holds_a_cpr_number(either_town: Municipality, field: str) -> None:
    assert "tegn" in str(refusal(either_town, **{field: "a" * 300}))
    assert "CPR-nummer" in str(refusal(either_town, **{field: "x 010190-1234"}))


def test_the_longest_that_is_taken_is_kept_when_the_database_counts_letters(either_town: Municipality) -> None:
    longest = {"name": "å" * 200, "phone": "1" * 40, "email": f"{'a' * 64}@{'b' * 60}.dk", "mother_tongue": "ø" * 200}
    either_town.enrols(**longest)
    row = either_town.rows(CANDIDATE)[0]
    assert {name: row[name] for name in longest} == longest


@pytest.mark.parametrize("field", ["pathway", "area", "coordinator"])
def test_a_refusal_repeats_nothing_when_a_person_was_typed_into_the_wrong_field(town: Municipality, field: str) -> None:
    for typed in ("Olena Kovalenko", "0101901234", "010190-1234"):
        said = str(refusal(town, **{field: typed}))
        assert "Kovalenko" not in said
        assert "1234" not in said


def test_a_person_is_not_doubled_when_enrolled_again_while_under_way(either_town: Municipality) -> None:
    olena = either_town.enrols()
    said = str(refusal(either_town, cpr=olena.applicant.cpr))
    assert olena.reference in said
    assert "Kovalenko" not in said


def test_the_same_person_is_known_when_the_number_is_written_with_a_dash(either_town: Municipality) -> None:
    olena = either_town.enrols()
    cpr = olena.applicant.cpr
    either_town.enrols("Olena K.", pathway="ped_assistant_track", cpr=f" {cpr[:6]}-{cpr[6:]}\n")
    assert [row["name"] for row in either_town.rows(CANDIDATE)] == ["Olena K."]


def test_a_new_attempt_begins_with_its_history_kept_when_the_first_has_ended(either_town: Municipality) -> None:
    town = either_town
    olena = town.enrols()
    olena.records("danish_course_passed", "contract_signed")
    olena.drops_out("illness")
    town.clock.passes(weeks=10)
    again = town.enrols(cpr=olena.applicant.cpr)
    assert (olena.status, again.status, again.stage) == ("ended", "open", "intake")
    rows = {row["reference"]: row for row in town.rows(ENROLMENT)}
    assert rows[again.reference]["previous_id"] == rows[olena.reference]["id"]
    assert rows[again.reference]["candidate_id"] == rows[olena.reference]["candidate_id"]
    # The certificate is the person's; the contract belonged to the first attempt.
    assert {m["milestone"] for m in again.shown()["milestones"]} == {"consent_given", "danish_course_passed"}
    assert_folds(town.database)


def test_a_new_attempt_is_refused_when_it_begins_on_the_day_of_one_that_ended(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    assert olena.reference in str(refusal(town, cpr=olena.applicant.cpr))


def test_nothing_happens_before_the_day_when_the_start_lies_ahead(town: Municipality) -> None:
    olena = town.enrols(starts_on=MONDAY + timedelta(weeks=8))
    town.sweeps_every_day_until(MONDAY + timedelta(weeks=8) - timedelta(days=1))
    assert olena.told() == [("enrolled", VIBY)]


def test_a_command_acts_once_when_it_is_sent_twice(either_town: Municipality) -> None:
    town = either_town
    applicant = town.applicant("Olena Kovalenko")
    answers = []
    for _ in range(2):
        with town.database.write() as session:
            signed = town.signed(OFFICER, command_id="enrol-olena")
            answers.append(enrol(session, town.keyring, "immigrant_track", applicant, signed))
    assert answers[0] == answers[1]
    assert answers[0]["enrolment"] == "IM-0001"
    assert town.count(Enrolment) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"cpr": made_up_cpr(date(1991, 1, 1))},
        {"name": "Olena K."},
        {"area": SYD_AREA},
        {"coordinator": SYD},
        {"starts_on": MONDAY + timedelta(days=7)},
        {"consent": False},
        {"phone": "20 11 39 20"},
        {"email": "olena@example.org"},
        {"mother_tongue": "Ukrainsk"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_command_is_refused_when_its_id_was_used_for_another_form(
    either_town: Municipality, changed: dict[str, Any]
) -> None:
    first = either_town.enrols(cpr=made_up_cpr(date(1990, 1, 1)), command_id="once")
    with pytest.raises(Refused, match="command-id"):
        either_town.enrols(**({"cpr": first.applicant.cpr, "command_id": "once"} | changed))
    assert either_town.count(Enrolment) == 1


@pytest.mark.parametrize("command_id", ["", " ", "x" * 65])
def test_a_signature_is_refused_when_its_command_id_cannot_be_kept(town: Municipality, command_id: str) -> None:
    with pytest.raises(Refused, match="64"):
        town.signed(command_id=command_id)


@pytest.mark.parametrize("command_id", ["010190-1234", "0101901234", "list 010190 1234, row 2", "enrol-6101904001"])
def test_a_command_id_is_refused_and_not_repeated_when_it_could_be_a_cpr_number(
    town: Municipality, command_id: str
) -> None:
    with pytest.raises(Refused, match="CPR-nummer") as refused:
        town.enrols(command_id=command_id)
    assert command_id not in str(refused.value)
    assert town.count(Command) == 0


@pytest.mark.parametrize("by", ["", "x" * 255, "010190-1234"])
def test_a_signature_is_refused_when_it_does_not_say_who(by: str) -> None:
    with pytest.raises(Refused, match="--by"):
        Signed(by=by, on=MONDAY, at=Clock().now, command_id="x")


def test_a_person_is_somebody_else_when_the_number_is_another(town: Municipality) -> None:
    town.enrols(cpr=made_up_cpr(date(1990, 1, 1), 1))
    town.enrols(cpr=made_up_cpr(date(1990, 1, 1), 2))
    assert town.count(CandidateRow) == 2


def test_a_replacement_number_is_said_to_be_one_when_somebody_is_enrolled_with_it(town: Municipality) -> None:
    with town.database.write() as session:
        applicant = town.applicant(cpr="6101901299")
        answer = enrol(session, town.keyring, "immigrant_track", applicant, town.signed(OFFICER))
    assert "erstatningspersonnummer" in answer["notices"][0]
    assert "6101901299" not in str(answer)
