"""Danish working days: public holidays, the three closing days, and counting them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workdays import add_working_days, is_holiday, is_working_day, working_day_until
from tests.engine import naive_calendar

any_day = st.dates(date(2015, 1, 1), date(2070, 12, 31))


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 6, 5),  # Constitution Day
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2026, 3, 7),  # a Saturday
    ],
)
def test_nobody_works_when_the_municipality_is_closed(closed: date) -> None:
    assert not is_working_day(closed)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 6), date(2026, 3, 6)),
        (date(2026, 3, 8), date(2026, 3, 6)),  # a Sunday
        (date(2026, 4, 6), date(2026, 4, 1)),  # Easter Monday
        (date(2026, 12, 26), date(2026, 12, 23)),
    ],
)
def test_the_last_working_day_is_found_when_the_day_itself_may_be_none(day: date, worked: date) -> None:
    assert working_day_until(day) == worked


def test_great_prayer_day_is_worked_when_it_has_been_abolished() -> None:
    assert not is_working_day(date(2023, 5, 5))
    assert is_working_day(date(2024, 4, 26))


def test_the_first_of_may_is_worked_when_it_falls_on_a_weekday() -> None:
    assert is_working_day(date(2026, 5, 1))


@given(any_day)
def test_working_days_are_the_ones_counted_from_easter_when_any_year_is_asked(day: date) -> None:
    assert is_working_day(day) == naive_calendar.is_working_day(day)


@given(any_day)
def test_holidays_are_the_ones_counted_from_easter_when_any_day_of_the_week_is_asked(day: date) -> None:
    assert is_holiday(day) == naive_calendar.is_holiday(day)


def test_easter_week_is_skipped_when_working_days_are_counted_across_it() -> None:
    assert add_working_days(date(2026, 4, 1), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 7), -1) == date(2026, 4, 1)


def test_a_closed_day_stays_when_no_working_days_are_added() -> None:
    assert add_working_days(date(2026, 12, 25), 0) == date(2026, 12, 25)


@given(any_day, st.integers(1, 60))
def test_the_nth_working_day_has_n_minus_one_between_when_counted_either_way(day: date, count: int) -> None:
    later, earlier = add_working_days(day, count), add_working_days(day, -count)
    between = [day + timedelta(days=n) for n in range(1, (later - day).days)]
    before = [earlier + timedelta(days=n) for n in range(1, (day - earlier).days)]
    assert is_working_day(later)
    assert is_working_day(earlier)
    assert sum(map(is_working_day, between)) == count - 1
    assert sum(map(is_working_day, before)) == count - 1
