from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.lists.cells import Cell, Row
from onboarding.lists.rows import CandidateRow, ParsedList, parse_rows
from onboarding.lists.table import Table, read_table
from tests.models.cpr_numbers import numbers
from tests.onboarding.lists.made import HEADINGS, cells, csv_bytes, parsed, saved, within, xlsx_bytes

SAMPLES = Path(__file__).parents[3] / "samples"


def faults(result: ParsedList) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in result.faults]


def test_everything_is_read_when_the_row_is_good() -> None:
    result = parsed(cells(koordinator="Koordinator.Viby@Example.org"))
    assert result.rows == (
        CandidateRow(
            row=2,
            cpr="0101901234",
            name="Søren Ågård",
            phone="+4520113920",
            email="soeren@example.org",
            area="Viby-Højbjerg",
            coordinator="koordinator.viby@example.org",
            starts_on=date(2026, 9, 6),
            mother_tongue="Dansk",
            consent=True,
        ),
    )
    assert not result.faults
    assert not result.notices


def test_the_row_is_taken_when_only_what_is_required_is_there() -> None:
    headings = ("Personnummer", "Fornavn", "Efternavn", "Område", "Koordinator", "Start")
    row = ("0101901234", "Søren", "Ågård", "Syd", "k@example.org", "2026-09-06")
    [candidate] = parsed(row, headings=headings).rows
    assert candidate.name == "Søren Ågård"
    assert (candidate.phone, candidate.email, candidate.mother_tongue) == (None, None, None)
    assert candidate.consent is False


def test_the_middle_name_is_kept_when_it_has_its_own_column() -> None:
    headings = ("CPR", "Fornavn", "Mellemnavn", "Efternavn", "Område", "Koordinator", "Start")
    row = ("0101901234", "Bo", "von", "Ågård", "Syd", "k@example.org", "2026-09-06")
    without = ("0201901234", "Bo", "", "Ågård", "Syd", "k@example.org", "2026-09-06")
    assert [row.name for row in parsed(row, without, headings=headings).rows] == ["Bo von Ågård", "Bo Ågård"]


def test_every_fault_is_told_at_once_when_many_cells_are_wrong() -> None:
    wrong = cells(
        cpr="310299-1234",
        navn="  ",
        email="nej",
        værts="",
        koordinator="Bo",
        startdato="2026-13-45",
        samtykke="?",
    )
    result = parsed(wrong, cells(navn="?", telefon="#N/A"), cells(startdato=""))
    assert faults(result) == [
        *((2, heading) for heading in ("CPR-nr.", "Navn", "E-mail", "Værtsområde", "Koordinator")),
        *((2, "Startdato"), (2, "Samtykke"), (3, "Navn"), (3, "Telefon"), (4, "CPR-nr."), (4, "Startdato")),
    ]
    assert result.rows == ()


def test_the_earlier_row_is_named_when_a_number_stands_twice_in_different_forms() -> None:
    result = parsed(cells(cpr="041090-0014", navn=""), cells(), cells(cpr=410900014.0))
    assert faults(result) == [(2, "Navn"), (4, "CPR-nr.")]
    assert "række 2" in result.faults[1].problem


@given(st.lists(numbers(), min_size=2, max_size=6))
def test_each_number_is_taken_once_when_numbers_repeat(chosen: list[str]) -> None:
    result = parsed(*(cells(cpr=number) for number in chosen))
    assert [row.cpr for row in result.rows] == list(dict.fromkeys(chosen))
    assert len(result.faults) == len(chosen) - len(set(chosen))


@given(numbers(), st.text(max_size=30), st.sampled_from(["navn", "telefon", "email", "koordinator", "modersmål"]))
def test_no_number_and_no_name_is_repeated_when_anything_is_found(number: str, name: str, where: str) -> None:
    headings = (*HEADINGS, "Bemærkning", number)
    rows = [
        (*cells(cpr=number, navn=f"Ragnhild {name}"), "", ""),
        (*cells(cpr=number, navn=f"Ragnhild {name}", startdato="Ragnhild"), "", ""),
        (*cells(**{where: f"Ragnhild {number}"}), "Ragnhild", number),
        (*cells(værts="Ragnhild", email="Ragnhild"), "", "", "Ragnhild"),
    ]
    result = parsed(*rows, headings=headings)
    said = f"{result.faults}{result.notices}{result.mentions}{[repr(row) for row in result.rows]}"
    assert number not in said
    assert "Ragnhild" not in said.replace("area='Ragnhild'", "")


def test_how_it_was_read_is_told_when_the_reading_was_not_obvious() -> None:
    result = parsed(
        cells(cpr=410900014.0),
        cells(cpr="610190-1234"),
        cells(cpr="090200-2770"),
        cells(cpr="010130-4999"),
        cells(cpr="020190-1234", telefon="hemmeligt", startdato=46271.0),
    )
    assert not result.faults
    told = [(notice.row, notice.column, notice.remark) for notice in result.notices]
    said = ["nul", "erstatningspersonnummer", "over 110 år", "før fødselsdatoen", "gemt, som det står", "06-09-2026"]
    assert [row for row, _, _ in told] == [2, 3, 4, 5, 6, 6]
    assert [column for _, column, _ in told] == [*["CPR-nr."] * 3, "Startdato", "Telefon", "Startdato"]
    assert all(part in remark for part, (_, _, remark) in zip(said, told, strict=True))


def test_a_candidate_of_110_is_not_told_of_when_the_birthday_is_still_to_come() -> None:
    assert parsed(cells(cpr="070915-1234")).notices == ()
    assert len(parsed(cells(cpr="060915-1234")).notices) == 1


def test_the_candidates_wait_but_their_cells_are_read_when_a_heading_is_missing() -> None:
    headings = tuple("Noter" if heading == "Startdato" else heading for heading in HEADINGS)
    result = parsed(cells(), cells(cpr="nej"), headings=headings)
    assert faults(result) == [(1, "Startdato"), (3, "CPR-nr.")]
    assert [(notice.row, notice.column) for notice in result.notices] == [(1, "Noter")]
    assert result.rows == ()


def test_only_the_headings_are_at_fault_when_there_are_none() -> None:
    result = parsed(cells(), headings=cells(cpr="020190-1234"))
    assert faults(result) == [(1, name) for name in ("CPR-nr.", "Navn", "Startdato", "Værtsområde", "Koordinator")]
    assert "Søren" not in str(result)


def test_the_row_is_told_once_when_a_stray_delimiter_moved_its_cells() -> None:
    result = parsed((*cells()[:1], "Ågård", " Søren", *cells()[2:]))
    assert faults(result) == [(2, "kolonne J")]
    assert "skilletegnet" in result.faults[0].problem


def test_the_row_is_told_once_when_it_holds_no_candidate() -> None:
    headings = (*HEADINGS, "Bemærkning")
    result = parsed((*cells(), ""), ("",) * 9 + ("I alt 1",), headings=headings)
    assert faults(result) == [(3, "CPR-nr.")]
    assert "slet den" in result.faults[0].problem


def test_the_missing_cells_are_told_when_a_row_is_short() -> None:
    assert faults(parsed(cells()[:5])) == [(2, "Koordinator"), (2, "Startdato")]


def test_what_was_left_out_is_told_when_columns_have_no_or_unknown_headings() -> None:
    result = parsed((*cells(), "", "x"), headings=(*HEADINGS, "Bemærkning", " "))
    assert [(notice.row, notice.column) for notice in result.notices] == [(1, "Bemærkning"), (2, "kolonne K")]
    assert len(result.rows) == 1


def test_areas_and_coordinators_are_mentioned_when_their_row_has_a_fault_elsewhere() -> None:
    result = parsed(cells(navn="", værts="Nørrebro"), cells(koordinator=""))
    assert [(found.row, found.kind, found.column, found.value) for found in result.mentions] == [
        (2, "area", "Værtsområde", "Nørrebro"),
        (2, "coordinator", "Koordinator", "koordinator.viby@example.org"),
        (3, "area", "Værtsområde", "Viby-Højbjerg"),
    ]


def test_progress_reaches_the_last_row_when_someone_watches() -> None:
    seen: list[int] = []
    parse_rows(Table(1, HEADINGS, tuple(Row(number, cells()) for number in range(2, 1236))), progress=seen.append)
    assert seen == [500, 1000, 1234]


def many() -> list[tuple[Cell, ...]]:
    days = [date(1960, 1, 1) + timedelta(days=day) for day in range(10_000)]
    return [cells(cpr=f"{born:%d%m%y}1234", startdato=date(2026, 9, 6)) for born in days]


def test_10_000_rows_are_read_in_seconds_when_the_list_is_csv(tmp_path: Path) -> None:
    path = saved(tmp_path, "liste.csv", csv_bytes(*many()))
    with within(6):
        assert len(parse_rows(read_table(path)).rows) == 10_000


def test_10_000_rows_are_read_in_seconds_when_the_list_is_a_workbook(tmp_path: Path) -> None:
    path = saved(tmp_path, "liste.xlsx", xlsx_bytes({"Hold 1": [HEADINGS, *many()]}))
    with within(6):
        assert len(parse_rows(read_table(path)).rows) == 10_000


@pytest.mark.parametrize("name", ["immigrantprojekt-hold-1.xlsx", "ledige-paedagogiske-assistenter.csv"])
def test_nothing_is_found_when_a_sample_is_good(name: str) -> None:
    result = parse_rows(read_table(SAMPLES / name))
    assert (result.faults, result.notices) == ((), ())
    assert len(result.rows) == {"i": 24, "l": 100}[name[0]]


def test_each_fault_is_found_and_no_other_when_the_sample_is_the_bad_one() -> None:
    result = parse_rows(read_table(SAMPLES / "med-fejl.csv"))
    assert faults(result) == [(4, "CPR-nr."), (6, "Navn"), (7, "Startdato"), (9, "CPR-nr."), (13, "E-mail")]
    assert [(notice.row, notice.column) for notice in result.notices] == [(12, "CPR-nr.")]
    assert [row.row for row in result.rows] == [2, 3, 5, 8, 10, 11, 12]
    assert [found.row for found in result.mentions if found.value == "Nørrebro"] == [11]
