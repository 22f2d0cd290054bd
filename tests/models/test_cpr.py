from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.dk.cpr import checksum

from engine.refusal import Refused
from models import cpr
from tests.models.cpr_numbers import born_and_number, numbers

WAYS = ("{0}{1}", "{0}-{1}", "{0} {1}", "{0} - {1}", "{0}\u2013{1}", "{0}\u00a0{1}", "  {0}{1}\t")


@given(numbers(), st.sampled_from(WAYS))
def test_ten_digits_come_out_when_a_number_is_written_in_any_usual_way(number: str, way: str) -> None:
    assert cpr.normalise(way.format(number[:6], number[6:])) == number


#: As dates and other numbers are written. `normalise` asks for it anew: a list is corrected, and not guessed at.
LOOSE_WAYS = (
    "{0} {1} {2} {3}",
    "{0}-{1}-{2}-{3}",
    "{0}.{1}.{2}-{3}",
    "{0}/{1}/{2} {3}",
    "{0}/{1}-{2} {3}",
    "{0} - {1} - {2} - {3}",
    "{0}\u00a0{1}\u00a0{2}\u00a0{3}",
    "{0}{1}{2}.{3}",
    "{0}{1}{2}/{3}",
    "{0}{1}{2} / {3}",
    "{0}{1}{2}\u200b{3}",
    "{0}{1}{2}\u00ad-{3}",
    "{0}{1}{2}, {3}",
    "{0}{1}{2} ({3}",
    "{0}{1}{2}({3}",
    "{0}{1}{2}:{3}",
    "{0}{1}{2}\u00b7{3}",
    "{0}\u2022{1}\u2022{2}\u2022{3}",
    "{0}{1}{2}_{3}",
)

#: Of digits that are no 0 to 9: Arabic, Persian, Devanagari, full width, bold.
SCRIPTS = ("\u0660", "\u06f0", "\u0966", "\uff10", "\U0001d7ce")


@given(born_and_number())
def test_the_birth_date_is_read_when_the_century_stands_in_the_seventh_digit(pair: tuple[date, str]) -> None:
    born, number = pair
    assert cpr.birth_date(number) == born
    assert not cpr.is_replacement(number)


@given(born_and_number(replacement=True))
def test_the_birth_date_is_read_when_the_number_is_a_replacement(pair: tuple[date, str]) -> None:
    born, number = pair
    assert cpr.normalise(number) == number
    assert cpr.birth_date(number) == born
    assert cpr.is_replacement(number)


def test_a_number_is_taken_when_it_fails_modulus_11() -> None:
    number = "0101650001"
    assert checksum(number) != 0
    assert cpr.normalise("010165-0001") == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ti cifre"),
        ("ukendt", "ti cifre"),
        ("010190-12A4", "ti cifre"),
        ("010190/1234", "ti cifre"),
        ("010190-123", "har 9 cifre"),
        ("010190-12345", "har 11 cifre"),
        ("010190-" + "1" * 5000, "har 5006 cifre"),
        ("0101-901234", "forkert sted"),
        ("310299-1234", "dato, der findes"),
        ("920190-1234", "dato, der findes"),
        ("600190-1234", "dato, der findes"),
        ("000190-1234", "dato, der findes"),
        ("011390-1234", "dato, der findes"),
        ("290200-0001", "dato, der findes"),  # 1900 had no leap day
        ("\u0660\u0661\u0660\u0661\u0669\u0660\u0661\u0662\u0663\u0664", "ti cifre"),
    ],
)
def test_the_refusal_says_what_is_wrong_when_a_text_is_no_number(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        cpr.normalise(text)
    assert not re.search(r"\d{5}", str(refused.value)), "a refusal must not repeat the number"


@given(numbers(), st.sampled_from(WAYS), st.sampled_from(["", "kandidat ", "CPR", "cpr=", "(", "e-mail: "]))
def test_a_number_is_found_when_it_stands_anywhere_in_a_text(number: str, way: str, before: str) -> None:
    text = f"{before}{way.format(number[:6], number[6:])}, ring i morgen"
    assert cpr.looks_like_cpr(text)
    redacted = cpr.redact(text)
    assert redacted.startswith(before)
    assert redacted.endswith(", ring i morgen")
    assert cpr.MASK in redacted
    assert not re.search(r"\d", redacted)


@given(numbers(), st.sampled_from(LOOSE_WAYS), st.sampled_from(["", "kandidat ", "IM-0042 ", "CPR:", "("]))
def test_a_number_is_found_when_it_is_written_as_a_date_with_more_behind_it(number: str, way: str, before: str) -> None:
    text = f"{before}{way.format(number[:2], number[2:4], number[4:6], number[6:])}, ring i morgen"
    assert cpr.looks_like_cpr(text)
    assert cpr.redact(text) == f"{before}{cpr.MASK}, ring i morgen"


@given(numbers(), st.sampled_from([" ", "\u00a0"]), st.sampled_from(["", "kandidat ", "IM-0042 ", "CPR:", "("]))
def test_a_number_is_found_when_it_is_written_in_pairs(number: str, blank: str, before: str) -> None:
    text = f"{before}{blank.join(re.findall('..', number))}, ring i morgen"
    assert cpr.looks_like_cpr(text)
    assert cpr.redact(text) == f"{before}{cpr.MASK}, ring i morgen"


@given(numbers(), st.sampled_from((*WAYS[:-1], "{0}, {1}")), st.sampled_from(SCRIPTS))
def test_a_number_is_found_when_it_is_written_in_another_script(number: str, way: str, zero: str) -> None:
    written = way.format(number[:6], number[6:]).translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)})
    assert cpr.looks_like_cpr(f"Æ {written}, ring i morgen")
    assert cpr.redact(f"Æ {written}, ring i morgen").split() == ["Æ", f"{cpr.MASK},", "ring", "i", "morgen"]


@pytest.mark.parametrize(
    "text",
    [
        "/søg?q=010190%2D1234",
        "/søg?q=010190%201234",
        "/p/0101901234/vis",
        "/søg?q=01%2F01%2F90%201234",
        "/søg?q=010190%2C%201234",
        "/søg?q=010190%281234",
        "/søg?q=010190%C2%B71234",
        "/søg?q=01%2001%2090%2012%2034",
    ],
)
def test_a_number_is_found_when_it_stands_in_an_address(text: str) -> None:
    assert cpr.looks_like_cpr(text)
    assert "1234" not in cpr.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "+45 20 39 75 66",
        "+4520397566",
        "0045 20397566",
        "20113920",
        "2026-09-06",
        "06-09-2026",
        "2026-09-06T10:10:10.123456+00:00",
        "20260906 1234",
        "IM-0042",
        "01019012345",
        "991390-1234",
        "410190-1234",
        "10.190, 1.234 kr.",
        "01.01.26, 1200",
        "01.01.26 (1200 pladser)",
        "01-01-26: 1200",
        "01.01.2026, 1200",
        "01 01 2026 12 34",
        "2026_09_06_12_3456",
        "kl. 12:10:26:1234",
        "20 11 12 10\t12",
        "010190\n1234",
        "01-01-90\n1234",
        "12 34 56 78",
        "20 11 12 10 8000 Aarhus C",
        "+45 20 11 12 10 8000 Aarhus C",
        "20 11 12 10, 20 11 12 11",
        "+33 6 12 34 56 78",
        "01.01.2026",
        "01/01/2026 1200",
        "01-01-2026-1234",
        "01.01.26-31.12.26",
        "01.01.2026-31.12.2026",
        "01-01-26 12:00",
        "01-01-26 kl. 1200",
        "2026-09-06 1234",
        "2026-09-06-12-3456",
        "2026/09/06 1234",
        "27.03.00-A00-5-19",
        "192.10.12.1234",
        "0101 9012 3456",
        "01 01 90 12345",
        "32.01.90-1234",
        "01-13-90-1234",
        "",
    ],
)
def test_nothing_is_found_when_a_text_only_holds_other_numbers(text: str) -> None:
    assert not cpr.looks_like_cpr(text)
    assert cpr.redact(text) == text


@given(st.uuids())
def test_nothing_is_found_when_a_link_holds_an_id(row_id: UUID) -> None:
    link = f"https://sosu.example.org/forloeb/{row_id}/{row_id.hex}"
    assert cpr.redact(link) == link


def test_nothing_is_found_when_an_id_happens_to_hold_ten_digits_like_a_number() -> None:
    link = "https://sosu.example.org/forloeb/ab010190-1234-4111-8111-0101901234ab"
    assert not cpr.looks_like_cpr(link)
    assert cpr.looks_like_cpr(link + "?cpr=010190-1234")


@given(st.text(alphabet=st.sampled_from("0123456789 -,_(abc%2D\n\u0661"), max_size=60))
def test_nothing_is_left_to_find_when_a_text_has_been_redacted(text: str) -> None:
    assert not cpr.looks_like_cpr(cpr.redact(text))
