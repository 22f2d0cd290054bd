from __future__ import annotations

from datetime import date

import pytest

from engine.refusal import Refused
from onboarding.acting import Answer
from onboarding.renumber import renumber
from onboarding.store import CANDIDATE
from reports.enrolments import enrolments_of
from tests.municipality import Candidate, Municipality
from tests.support import assert_folds, made_up_cpr

REPLACEMENT, REAL = "6101901299", "0101901234"


def renumbers(town: Municipality, candidate: Candidate, number: str, command_id: str | None = None) -> Answer:
    with town.database.write() as session:
        signed = town.signed(command_id=command_id)
        return renumber(session, town.keyring, candidate.reference, number, signed)


def known_by(town: Municipality, number: str) -> list[str]:
    with town.database.read() as session:
        return [row["enrolment"] for row in enrolments_of(session, town.keyring, number)]


def test_the_person_is_known_by_the_real_number_when_it_takes_the_place_of_a_replacement(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols(cpr=REPLACEMENT)
    renumbers(either_town, olena, REAL)
    assert (known_by(either_town, REPLACEMENT), known_by(either_town, REAL)) == ([], ["IM-0001"])
    (row,) = either_town.rows(CANDIDATE)
    assert either_town.keyring.open(row["cpr_sealed"], row["id"]) == REAL
    assert row["birth_date"] == date(1990, 1, 1)
    with pytest.raises(Refused, match="allerede i gang i forløbet IM-0001"):
        either_town.enrols(cpr=REAL)


def test_it_is_refused_when_somebody_else_has_the_number(town: Municipality) -> None:
    olena, iryna = town.enrols(), town.enrols("Iryna Bondar")
    with pytest.raises(Refused, match="anden kandidat"):
        renumbers(town, olena, iryna.applicant.cpr)
    assert known_by(town, olena.applicant.cpr) == [olena.reference]


@pytest.mark.parametrize("number", ["", "9999999999", "12345"])
def test_it_is_refused_when_no_such_number_can_be(town: Municipality, number: str) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match="CPR-nummeret"):
        renumbers(town, olena, number)


def test_it_happens_once_when_the_command_is_sent_twice(town: Municipality) -> None:
    olena = town.enrols()
    assert renumbers(town, olena, REAL, "once") == renumbers(town, olena, REAL, "once")
    with pytest.raises(Refused, match="command-id"):
        renumbers(town, olena, made_up_cpr(date(1991, 2, 3)), "once")


def test_the_case_is_looked_at_on_the_right_day_when_the_birth_date_is_another(town: Municipality) -> None:
    olena = town.enrols(cpr=REPLACEMENT)
    renumbers(town, olena, REAL)
    assert_folds(town.database)
