"""When a condition holds, and what is said when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.case import Case, Fact, Pause, Place, Status
from engine.conditions import AgeAtLeast, Condition, Holds, Lasted, stage_end
from tests.engine.small import SMALL

SCHOOL, JOB = SMALL.open_stages["school"], SMALL.open_stages["job"]
ENTERED = date(2026, 3, 2)
CASE = Case(
    place=Place(stage="school", status=Status.OPEN, entered_on=ENTERED, visit=2),
    seq=2,
    starts_on=ENTERED,
    last_on=ENTERED,
    birth_date=date(2000, 2, 29),
)


def why_not(condition: Condition, case: Case = CASE) -> str:
    return condition.why_not(case, SCHOOL, SMALL.milestones_by_key)


def with_fact(key: str, on: date, value: str | None = None) -> Case:
    return replace(CASE, milestones={key: Fact(on, value)})


def test_a_milestone_holds_on_any_day_when_it_is_recorded() -> None:
    assert Holds("passed").holds_from(CASE, SCHOOL) is None
    assert Holds("passed").holds_from(with_fact("passed", date(2026, 3, 9)), SCHOOL) == date.min


def test_a_milestone_does_not_hold_when_its_value_is_another() -> None:
    child = with_fact("field", date(2026, 3, 9), "child")
    assert Holds("field", "elder").holds_from(child, SCHOOL) is None
    assert Holds("field", "child").holds_from(child, SCHOOL) == date.min
    assert Holds("field").holds_from(child, SCHOOL) == date.min


def test_the_sentence_names_the_milestone_when_it_is_missing() -> None:
    assert why_not(Holds("passed")) == "Milepælen »Kursus bestået« (passed) er ikke registreret. Registrér den først."


def test_the_sentence_names_the_wanted_value_when_another_is_recorded() -> None:
    sentence = why_not(Holds("field", "elder"), with_fact("field", ENTERED, "child"))
    assert sentence.startswith("Milepælen »Område: Ældre« (field = elder) er registreret med en anden værdi.")


def test_a_stage_has_lasted_when_its_weeks_and_the_days_of_pause_have_passed() -> None:
    assert Lasted().holds_from(CASE, SCHOOL) == date(2026, 3, 30)
    ill = replace(CASE, pauses=(Pause(3, date(2026, 3, 9), date(2026, 3, 19), until_on=date(2026, 3, 16)),))
    assert Lasted().holds_from(ill, SCHOOL) == date(2026, 4, 6)
    assert why_not(Lasted(), ill) == "»Skole« (4 uger) varer til 06-04-2026. Vent til den dag."


def test_a_stage_never_ends_of_itself_when_it_is_open_ended() -> None:
    assert stage_end(CASE, JOB) is None
    assert "ingen slutdato" in Lasted().why_not(CASE, JOB, SMALL.milestones_by_key)


@pytest.mark.parametrize(
    ("born", "years", "birthday"),
    [
        (date(2001, 7, 14), 25, date(2026, 7, 14)),
        (date(2000, 2, 29), 24, date(2024, 2, 29)),
        (date(2000, 2, 29), 25, date(2025, 3, 1)),  # not a day early in a common year
    ],
)
def test_an_age_is_reached_on_the_birthday_when_it_comes(born: date, years: int, birthday: date) -> None:
    assert AgeAtLeast(years).holds_from(replace(CASE, birth_date=born), SCHOOL) == birthday


@given(st.dates(date(1940, 1, 1), date(2015, 12, 31)), st.integers(1, 60))
def test_the_birthday_is_the_first_day_of_that_age_when_years_are_counted(born: date, years: int) -> None:
    birthday = AgeAtLeast(years).holds_from(replace(CASE, birth_date=born), SCHOOL)
    assert birthday is not None
    assert birthday.year == born.year + years
    ages = [day.year - born.year - ((day.month, day.day) < (born.month, born.day)) for day in _around(birthday)]
    assert ages == [years - 1, years]


def _around(day: date) -> tuple[date, date]:
    return date.fromordinal(day.toordinal() - 1), day


def test_the_sentence_asks_for_the_date_of_birth_when_it_is_unknown() -> None:
    assert "fødselsdato kendes ikke" in why_not(AgeAtLeast(25), replace(CASE, birth_date=None))
    assert why_not(AgeAtLeast(40)) == "Kandidaten er ikke fyldt 40 år. Vent til fødselsdagen."


@pytest.mark.parametrize("years", [0, -3, 121])
def test_an_age_is_refused_when_nobody_has_it(years: int) -> None:
    with pytest.raises(ValidationError):
        AgeAtLeast(years)


def test_conditions_read_as_danish_when_a_diagram_labels_a_step() -> None:
    milestones = SMALL.milestones_by_key
    assert Holds("field", "elder").in_words(milestones) == "Område: Ældre"
    assert Holds("passed").in_words(milestones) == "Kursus bestået"
    assert Lasted().in_words(milestones) == "trinnets tid er gået"
    assert AgeAtLeast(25).in_words(milestones) == "fyldt 25 år"
