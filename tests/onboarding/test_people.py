"""Candidates known by the words of their names, whatever else stands among these words."""

from __future__ import annotations

import pytest

from models.spelling import spellings, words_of
from onboarding.people import full_names
from tests.municipality import Municipality
from tests.web.test_queries import statements


def names_in(town: Municipality, text: str) -> list[str]:
    with town.database.read() as session:
        return full_names(session, words_of(*spellings(text)))


@pytest.mark.parametrize("text", ["Spørg Søren Ågård", "SOEREN AAGAARD", "Ågård, Søren", "soren agard"])
def test_whoever_has_two_of_the_words_is_found_when_they_are_spelt_in_any_way(
    either_town: Municipality, text: str
) -> None:
    for name in ("Søren Ågård", "Søren Lund", "Olena Kovalenko", "Søren", "Søren Ågård"):
        either_town.enrols(name)
    assert names_in(either_town, text) == ["Søren Ågård"]
    assert names_in(either_town, "Spørg Søren") == []


def test_a_colleague_is_meant_when_somebody_of_the_staff_has_the_name_too(either_town: Municipality) -> None:
    either_town.enrols("Karen Viby")
    assert names_in(either_town, "Ring til Karen Viby.") == []


def test_one_question_is_asked_however_many_words_and_candidates_there_are(town: Municipality) -> None:
    for number in range(20):
        town.enrols(f"Olena {'abcdefghijklmnopqrst'[number] * 5}")
    with statements(town.database) as asked:
        found = names_in(town, " ".join(["olena aaaaa", *("x" * length for length in range(500))]))
    assert found == ["Olena aaaaa"]
    assert len([one for one in asked if one.startswith("SELECT")]) == 1
