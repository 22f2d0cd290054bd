from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.lists.cells import Row
from onboarding.lists.columns import HEADINGS, field_of, heading_row, match
from tests.onboarding.lists.made import HEADINGS as WRITTEN

KNOWN = [(heading, field) for field, headings in HEADINGS.items() for heading in headings]


@given(st.sampled_from(KNOWN), st.sampled_from([str, str.upper, str.lower, str.title]), st.sampled_from("* .:-"))
def test_a_heading_is_known_when_case_and_signs_differ(known: tuple[str, str], case: object, sign: str) -> None:
    heading, field = known
    assert callable(case)
    for written in (case(heading), f"{sign}{heading}{sign}", heading.replace("-", sign), f"{heading} (skal udfyldes)"):
        assert field_of(written) == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("CPR nummer", "cpr"),
        ("cprnr", "cpr"),
        ("Personnummer", "cpr"),
        ("Fulde  navn", "name"),
        ("Kandidat", "name"),
        ("tlf nr", "phone"),
        ("EMAIL", "email"),
        ("Vaertsomraade", "area"),
        ("Vartsomrade", "area"),
        ("Vrtsomrde", "area"),
        ("V\u00e6rtsomra\u030ade", "area"),
        ("Beskæftigelseskoordinator (e-mail)", "coordinator"),
        ("start dato", "starts_on"),
        ("Opstart", "starts_on"),
        ("MODERSMÅL", "mother_tongue"),
        ("Samtykke (ja/nej)", "consent"),
    ],
)
def test_a_heading_is_known_when_people_spell_it_their_way(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize("heading", ["Bemærkning", "", "Alder", "Slutdato", "CPR-status", 7, "Navn på mentor"])
def test_a_heading_is_unknown_when_it_means_something_else(heading: str | int) -> None:
    assert field_of(heading) is None


def test_every_field_is_placed_when_the_headings_are_good() -> None:
    columns = match(WRITTEN)
    assert not columns.faults
    assert not columns.remarks
    assert [columns.label(field) for field in columns.index] == list(WRITTEN)


def test_every_missing_heading_is_named_when_several_are_missing() -> None:
    faults = match(("Navn", "Telefon")).faults
    assert [heading for heading, _ in faults] == ["CPR-nr.", "Startdato", "Værtsområde", "Koordinator"]
    assert "»Startdato«" in faults[1][1]


def test_both_headings_are_named_when_two_mean_the_same() -> None:
    [(heading, problem)] = match((*WRITTEN, "Personnummer")).faults
    assert heading == "Personnummer"
    assert "»CPR-nr.« i kolonne A" in problem


def test_the_missing_half_is_named_when_only_one_part_of_the_name_is_there() -> None:
    headings = ["Fornavn" if heading == "Navn" else heading for heading in WRITTEN]
    assert [heading for heading, _ in match(headings).faults] == ["Efternavn"]


def test_the_headings_are_at_fault_when_the_name_stands_both_whole_and_in_parts() -> None:
    [(heading, problem)] = match((*WRITTEN, "Efternavn")).faults
    assert heading == "Efternavn"
    assert "»Navn«" in problem


def test_an_unknown_column_is_named_when_it_is_left_out() -> None:
    columns = match((*WRITTEN, "Bemærkning", "", "0101901234"))
    assert [heading for heading, _ in columns.remarks] == ["Bemærkning", "******-****"]
    assert columns.unnamed == (10,)
    assert columns.labels[10] == "kolonne K"


def test_nothing_is_quoted_when_a_candidate_stands_where_the_headings_should() -> None:
    columns = match(("0101901234", "Søren Ågård", "20113920"))
    said = str((columns.faults, columns.remarks, columns.labels))
    assert "Søren" not in said
    assert "010190" not in said
    assert columns.labels == ("kolonne A", "kolonne B", "kolonne C")


def test_the_headings_are_found_when_a_title_stands_above_them() -> None:
    title, headings = Row(1, ("Hold 1, efterår 2026", "")), Row(3, WRITTEN)
    assert heading_row([title, headings]) == 1
    assert heading_row([title]) is None
