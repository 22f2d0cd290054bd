"""Lengths of time in days, weeks, months and working days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.spans import Span, Unit, add_months, days, months, weeks, working_days
from tests.engine import naive_calendar

any_day = st.dates(date(2020, 1, 1), date(2060, 12, 31))
any_span = st.builds(Span, st.integers(1, 60), unit=st.sampled_from(Unit))


def test_a_month_ends_on_its_last_day_when_the_start_lies_beyond_it() -> None:
    assert months(1).after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert months(1).after(date(2028, 1, 31)) == date(2028, 2, 29)
    assert months(1).before(date(2026, 3, 31)) == date(2026, 2, 28)


def test_the_year_turns_when_months_pass_december() -> None:
    assert months(14).after(date(2026, 11, 15)) == date(2028, 1, 15)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert add_months(date(2026, 12, 15), 0) == date(2026, 12, 15)


def test_a_span_lands_where_its_unit_says_when_it_is_added() -> None:
    friday = date(2026, 3, 6)
    assert days(3).after(friday) == date(2026, 3, 9)
    assert weeks(2).after(friday) == date(2026, 3, 20)
    assert working_days(3).after(friday) == date(2026, 3, 11)
    assert working_days(3).before(friday) == date(2026, 3, 3)


@given(any_day, any_span)
def test_a_span_ends_where_counting_one_by_one_ends_when_any_is_given(day: date, span: Span) -> None:
    assert span.after(day) == naive_calendar.shift(day, span.count, span.unit, 1)
    assert span.before(day) == naive_calendar.shift(day, span.count, span.unit, -1)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (days(1), "1 dag"),
        (days(2), "2 dage"),
        (weeks(1), "1 uge"),
        (weeks(12), "12 uger"),
        (months(1), "1 måned"),
        (months(34), "34 måneder"),
        (working_days(1), "1 arbejdsdag"),
        (working_days(5), "5 arbejdsdage"),
    ],
)
def test_a_span_is_danish_when_put_into_words(span: Span, words: str) -> None:
    assert span.in_words() == words


@pytest.mark.parametrize("count", [0, -1, 3661])
def test_a_span_is_refused_when_it_is_not_a_length_of_time(count: int) -> None:
    with pytest.raises(ValidationError):
        days(count)
