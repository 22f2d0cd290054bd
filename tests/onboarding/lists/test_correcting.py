from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from onboarding.import_list import CandidateList, list_of
from onboarding.lists.cells import Cell, Row
from onboarding.lists.correcting import Corrections, Place, corrected, left_out, to_correct, typed
from onboarding.lists.parsed import ParsedList
from onboarding.lists.rows import parse_rows
from onboarding.lists.table import Table, table_of
from tests.onboarding.lists.made import GOOD, HEADINGS, cells, csv_bytes
from tests.support import made_up_cpr

CPR, NAME, PHONE, START = (HEADINGS.index(heading) for heading in ("CPR-nr.", "Navn", "Telefon", "Startdato"))
NUMBER = made_up_cpr(date(1960, 1, 1), 1)
#: What may stand in a cell of a file of ours: no sign that separates cells, rows or words of a CSV file.
texts = st.text(
    st.characters(codec="utf-8", exclude_characters=';",', exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12
)
bad = st.sampled_from(["", "aldrig", "#N/A", "310299-1234", "måske", "ikke-en-adresse"]) | texts
places = st.tuples(st.integers(2, 5), st.integers(0, len(HEADINGS) - 1)).map(lambda pair: Place(*pair))


def table(*rows: tuple[Cell, ...]) -> Table:
    return Table(1, HEADINGS, tuple(Row(number, row) for number, row in enumerate(rows, start=2)))


def faults(parsed: ParsedList) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.problem) for fault in parsed.faults]


@given(spoilt=st.dictionaries(places, bad), corrections=st.dictionaries(places, bad))
def test_it_comes_to_the_same_when_the_page_is_corrected_and_when_the_file_is(
    spoilt: Corrections, corrections: Corrections
) -> None:
    people = [list(cells(cpr=made_up_cpr(date(1960, 1, day), day))) for day in range(1, 5)]
    for place, text in spoilt.items():
        people[place.row - 2][place.column] = text
    read = table_of("liste.csv", csv_bytes(*people))
    numbers = {row.number for row in read.rows}
    within = {place: text for place, text in corrections.items() if place.row in numbers}
    for place, text in within.items():
        people[place.row - 2][place.column] = text
    again = come_to(lambda: list_of(table_of("liste.csv", csv_bytes(*people))))
    assert come_to(lambda: list_of(read, within)) == again


def come_to(read: Callable[[], CandidateList]) -> ParsedList | tuple[str, ...]:
    """What a list says, or why it is refused."""
    try:
        return read().parsed
    except Refused as refused:
        return refused.reasons


@given(spoilt=st.dictionaries(places, bad))
def test_no_fault_is_left_when_everything_that_is_shown_is_corrected(spoilt: Corrections) -> None:
    people = [list(cells(cpr=made_up_cpr(date(1960, 1, day), day))) for day in range(1, 5)]
    good = {Place(row, column): str(cell) for row, person in enumerate(people, 2) for column, cell in enumerate(person)}
    for place, text in spoilt.items():
        people[place.row - 2][place.column] = text
    read = table(*map(tuple, people))
    corrections: dict[Place, str] = {}
    for _ in range(len(HEADINGS)):
        found = faults(list_of(read, corrections).parsed)
        shown = to_correct(read, corrections, found)
        assert shown is not None
        answers = [(cell.place, good[cell.place]) for row in shown for cell in row.cells if cell.problems]
        corrections = typed(read, corrections, answers)
    assert not list_of(read, corrections).parsed.faults
    assert corrections.keys() <= spoilt.keys()


def test_a_row_shows_all_of_its_cells_and_no_number_when_one_of_them_is_faulty() -> None:
    read = table(cells(cpr=NUMBER, startdato="aldrig"), cells(cpr="123"), cells(navn=f"Olena {NUMBER}"))
    rows = to_correct(read, {}, faults(parse_rows(read)))
    assert rows is not None
    assert [[cell.label for cell in row.cells] for row in rows] == [list(HEADINGS)] * 3
    marked = [[(cell.label, cell.text) for cell in row.cells if cell.problems] for row in rows]
    assert marked == [[("Startdato", "aldrig")], [("CPR-nr.", "")], [("Navn", "")]]
    assert {row.cells[CPR].text for row in (rows[0], rows[2])} == {"******-****"}
    assert NUMBER not in repr(rows) + str([cell.text for row in rows for cell in row.cells])
    assert rows[0].cells[NAME].text == GOOD["Navn"]


def test_only_what_was_changed_is_a_correction_when_the_fields_come_back() -> None:
    read = table(cells(cpr="123", startdato="aldrig", telefon=f"{NUMBER}"))
    number, start, phone = (Place(2, column) for column in (CPR, START, PHONE))
    assert typed(read, {}, [(number, ""), (start, "aldrig"), (phone, "")]) == {}
    made = typed(read, {}, [(number, NUMBER), (start, "06-09-2026")])
    assert made == {number: NUMBER, start: "06-09-2026"}
    assert typed(read, made, [(number, ""), (start, "aldrig")]) == {number: NUMBER}


def test_a_day_is_written_as_danes_do_when_a_cell_has_one() -> None:
    read = table(cells(cpr="123", startdato=date(2026, 9, 6)))
    rows = to_correct(read, {}, faults(parse_rows(read)))
    assert rows is not None
    assert rows[0].cells[START].text == "06-09-2026"


def test_the_file_has_to_be_corrected_when_a_column_is_missing() -> None:
    read = Table(1, HEADINGS[1:], (Row(2, cells()[1:]),))
    assert to_correct(read, {}, faults(parse_rows(read))) is None


def test_a_row_can_be_left_out_when_its_fault_is_of_no_cell() -> None:
    read = table(cells(), (*cells(), "for meget"))
    rows = to_correct(read, {}, faults(parse_rows(read)))
    assert rows is not None
    assert [(row.row, len(row.problems), [cell for cell in row.cells if cell.is_asked]) for row in rows] == [(3, 1, [])]
    assert list_of(read, {}, {3}).parsed.faults == ()


@given(omitted=st.sets(st.integers(2, 5), max_size=3), corrections=st.dictionaries(places, bad))
def test_it_comes_to_the_same_when_rows_are_left_out_in_the_page_and_in_the_file(
    omitted: set[int], corrections: Corrections
) -> None:
    people = [cells(cpr=made_up_cpr(date(1960, 1, day), day)) for day in range(1, 5)]
    rows = tuple(Row(number, row) for number, row in enumerate(people, 2))
    rest = Table(1, HEADINGS, tuple(row for row in rows if row.number not in omitted))
    within = {place: text for place, text in corrections.items() if place.row not in omitted}
    there, here = (list_of(Table(1, HEADINGS, rows), corrections, omitted), list_of(rest, within))
    assert (there.parsed, there.rows, there.corrected) == (here.parsed, here.rows, here.corrected)
    assert (there.omitted, here.omitted) == (len(omitted), 0)


def test_the_other_one_is_taken_when_the_first_of_two_is_left_out() -> None:
    read = table(cells(), cells())
    assert [fault.row for fault in list_of(read).parsed.faults] == [3]
    assert [row.row for row in list_of(read, {}, {2}).parsed.rows] == [3]


def test_a_row_is_taken_in_again_when_it_is_shown_and_not_ticked() -> None:
    read = table(cells(), cells(), cells())
    assert left_out(read, {2}, [3, 4], [4]) == {2, 4}
    assert left_out(read, {2, 4}, [2], []) == {4}


@pytest.mark.parametrize("row", [0, 1, 5])
def test_it_is_refused_when_a_row_to_leave_out_is_not_in_the_list(row: int) -> None:
    for shown, ticked in (([row], []), ([], [row])):
        with pytest.raises(Refused, match="hører ikke til listen"):
            left_out(table(cells()), frozenset(), shown, ticked)


def test_what_there_is_can_be_chosen_when_a_cell_names_what_there_is_not() -> None:
    read = table(cells(værtsområde="Nord"), cells(værtsområde=" "), cells(værtsområde="syd", startdato="aldrig"))
    area = HEADINGS.index("Værtsområde")
    found = [(2, "Værtsområde", "Findes ikke."), (3, "Værtsområde", "Mangler."), (4, "Startdato", "Kan ikke læses.")]
    rows = to_correct(read, {}, found, {"area": [("Syd", "Syd"), ("Viby", "Viby")]})
    assert rows is not None
    others = [("Syd", "Syd", False), ("Viby", "Viby", False)]
    assert [list(row.cells[area].options) for row in rows] == [
        [("Nord", "Nord (findes ikke)", True), *others],
        [("", "Vælg …", True), *others],
        [("syd", "Syd", True), others[1]],
    ]


@pytest.mark.parametrize("place", [Place(1, 0), Place(3, 0), Place(2, len(HEADINGS)), Place(2, -1)])
def test_a_correction_is_refused_when_the_list_has_no_such_cell(place: Place) -> None:
    with pytest.raises(Refused, match="hører ikke til listen"):
        typed(table(cells()), {}, [(place, "x")])


def test_a_list_is_refused_when_nobody_is_left_in_it() -> None:
    with pytest.raises(Refused, match="ingen kandidater"):
        corrected(table(("x",)), {Place(2, 0): " "})
    with pytest.raises(Refused, match="Alle rækker er udeladt"):
        corrected(table(cells()), {}, {2})
