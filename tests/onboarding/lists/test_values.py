from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from onboarding.lists import values
from onboarding.lists.cells import Cell, as_text
from tests.models.cpr_numbers import numbers


def cpr_number(cell: Cell) -> values.Read[str]:
    return values.cpr_number(cell, as_text(cell))


def day(cell: Cell) -> values.Read[date]:
    return values.day(cell, as_text(cell))


@given(numbers(), st.sampled_from(["dash", "blank", "bare", "int", "float"]))
def test_a_number_survives_when_a_spreadsheet_has_had_it(number: str, shape: str) -> None:
    shapes: dict[str, Cell] = {
        "dash": f"{number[:6]}-{number[6:]}",
        "blank": f" {number[:6]} {number[6:]} ",
        "bare": number,
        "int": int(number),
        "float": float(number),
    }
    read = cpr_number(shapes[shape])
    assert read.value == number
    lost_its_zero = shape in {"int", "float"} and number.startswith("0")
    assert (read.remark is not None) == (lost_its_zero or number[0] in "6789")


@pytest.mark.parametrize("cell", ["410900014", "41090-0014", 410900014, 410900014.0])
def test_a_lost_zero_is_put_back_and_told_when_nine_digits_are_left(cell: Cell) -> None:
    read = cpr_number(cell)
    assert read.value == "0410900014"
    assert read.remark is not None
    assert "nul" in read.remark


def test_a_replacement_number_is_told_when_it_is_read() -> None:
    read = cpr_number("610190-1234")
    assert read.value == "6101901234"
    assert read.remark is not None
    assert "erstatningspersonnummer" in read.remark


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "mangler"),
        (" ", "mangler"),
        ("999999999", "9 cifre"),
        (12345.0, "5 cifre"),
        (410900014.5, "ti cifre"),
        ("4,109E+08", "ti cifre"),
        (True, "ti cifre"),
        (date(1990, 1, 1), "formatér"),
        (timedelta(days=1), "formatér"),
        ("310299-1234", "findes"),
    ],
)
def test_the_remedy_is_told_when_a_cell_holds_no_cpr_number(cell: Cell, said: str) -> None:
    with pytest.raises(Refused, match=said):
        cpr_number(cell)


WRITTEN = (
    "{0:%d-%m-}{1}",
    "{0:%d.%m.}{1}",
    "{0:%d/%m/}{1}",
    "{1}{0:-%m-%d}",
    "{1}{0:-%m-%dT}00:00:00",
    "{0:%d-%m-}{1} 00:00",
    "{0.day}/{0.month}/{1}",
)


@given(st.dates(), st.sampled_from(WRITTEN))
def test_a_date_means_itself_when_it_is_written_in_any_accepted_way(on: date, way: str) -> None:
    assert day(way.format(on, f"{on.year:04d}")).value == on


@given(st.dates(), st.times())
def test_a_date_means_itself_when_the_cell_is_typed(on: date, at: time) -> None:
    assert day(on) == (on, None)
    assert day(datetime.combine(on, at)) == (on, None)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from([int, float]))
def test_a_date_is_read_and_told_when_the_cell_is_excels_number_for_it(on: date, kind: type) -> None:
    read = day(kind((on - date(1899, 12, 30)).days))
    assert read.value == on
    assert read.remark is not None
    assert f"{on:%d-%m-%Y}" in read.remark


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "mangler"),
        ("2026-13-45", "kalenderen"),
        ("29-02-2026", "kalenderen"),
        ("9/13/2026", "kalenderen"),
        ("06-09-26", "dd-mm-åååå"),
        ("06-09.2026", "dd-mm-åååå"),
        ("6. september", "dd-mm-åååå"),
        ("46271", "dd-mm-åååå"),
        (36525, "dd-mm-åååå"),
        (73051.0, "dd-mm-åååå"),
        (6092026, "dd-mm-åååå"),
        (float("nan"), "dd-mm-åååå"),
        (float("inf"), "dd-mm-åååå"),
        (True, "dd-mm-åååå"),
        (time(8), "dd-mm-åååå"),
    ],
)
def test_the_remedy_is_told_when_a_cell_holds_no_date(cell: Cell, said: str) -> None:
    with pytest.raises(Refused, match=said):
        day(cell)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("20 11 39 20", "+4520113920"),
        ("20113920", "+4520113920"),
        ("+45 20 11 39 20", "+4520113920"),
        ("0045 20113920", "+4520113920"),
        ("45 20 11 39 20", "+4520113920"),
        ("(+45) 2011-3920", "+4520113920"),
        ("+48 22 123 45 67", "+48221234567"),
        ("0048 221234567", "+48221234567"),
        ("", None),
    ],
)
def test_a_phone_number_is_kept_in_one_form_when_it_is_written_in_many(text: str, kept: str | None) -> None:
    assert values.phone(text, text) == (kept, None)


@pytest.mark.parametrize("text", ["123", "10 11 39 20", "20113920 / 20113921", "hemmeligt", "+0 20113920"])
def test_a_phone_number_is_kept_as_written_and_told_when_it_is_odd(text: str) -> None:
    read = values.phone(text, text)
    assert read.value == text
    assert read.remark is not None


def test_the_remedy_is_told_when_a_phone_number_is_a_story() -> None:
    with pytest.raises(Refused, match="ét nummer"):
        values.phone("", "ring helst efter klokken fire på hverdage, tak")


@pytest.mark.parametrize(
    "text", ["a@example.org", "A.B-c+d@sub.example.org", "søren@århus.dk", "o'brien@example.co.uk", "x_1@a1.dk"]
)
def test_an_address_is_taken_when_mail_could_reach_it(text: str) -> None:
    assert values.email(text, text).value == text
    assert values.coordinator(text, text).value == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        *("ikke-en-adresse", "a@b", "a@@example.org", "@example.org", "a@.org", "a@example.", "a@-x.dk"),
        *("a b@example.org", "a@example.org;b@example.org", "a@example.org, b@example.org", "<a@example.org>"),
        *(".a@example.org", "a.@example.org", "a..b@example.org", "a@exa mple.org", "a@127.0.0.1"),
        "a" * 65 + "@example.org",
        "a@" + "b." * 200 + "dk",
    ],
)
def test_the_remedy_is_told_when_mail_could_not_reach_an_address(text: str) -> None:
    with pytest.raises(Refused, match="navn@domæne"):
        values.email(text, text)
    with pytest.raises(Refused, match="navn@domæne"):
        values.coordinator(text, text)


@pytest.mark.parametrize("cell", ["ja", "JA", "Ja", "x", "X", "1", 1, 1.0, True, "true", "sand", "SAND", "yes"])
def test_consent_is_given_when_the_cell_says_so(cell: Cell) -> None:
    assert values.consent(cell, as_text(cell)) == (True, None)


@pytest.mark.parametrize("cell", ["nej", "NEJ", "no", "0", 0, 0.0, False, "falsk", "", "  "])
def test_consent_is_not_given_when_the_cell_says_so_or_is_empty(cell: Cell) -> None:
    assert values.consent(cell, as_text(cell)) == (False, None)


@pytest.mark.parametrize("cell", ["måske", "?", "ja nej", 2, "01-09-2026"])
def test_consent_is_asked_for_again_when_the_cell_says_something_else(cell: Cell) -> None:
    with pytest.raises(Refused, match="»ja«"):
        values.consent(cell, as_text(cell))


@pytest.mark.parametrize("text", ["#N/A", "#I/T", "#VÆRDI!", "#REFERENCE!", "#DIVISION/0!", "#NAVN?", "########"])
def test_a_formula_that_failed_is_told_when_excel_shows_its_error(text: str) -> None:
    with pytest.raises(Refused, match="fejl fra Excel"):
        values.check(text, "area")


@pytest.mark.parametrize("field", ["name", "phone", "email", "area", "coordinator", "mother_tongue", "consent"])
def test_the_cell_is_refused_when_a_cpr_number_stands_in_another_column(field: str) -> None:
    with pytest.raises(Refused, match="ligner et CPR-nummer"):
        values.check("010190-1234", field)


def test_a_cell_passes_when_a_foreign_phone_number_resembles_a_cpr_number() -> None:
    values.check("+31 12901234", "phone")
    values.check("+3112901234", "phone")
    values.check("#1 Syd", "area")


def test_the_cell_is_refused_when_it_is_longer_than_what_is_kept() -> None:
    values.check("a" * 200, "name")
    with pytest.raises(Refused, match="200 tegn"):
        values.check("a" * 201, "name")
