"""Made-up CPR numbers for properties, built from cpr.dk's table of centuries and from nothing in the code."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

_FIRST, _LAST = date(1858, 1, 1), date(2057, 12, 31)
_CENTURY_DIGITS = ((1899, "5678"), (1936, "0123"), (1999, "012349"), (2036, "456789"), (2057, "5678"))


def _digits(year: int) -> str:
    return next(digits for last, digits in _CENTURY_DIGITS if year <= last)


@st.composite
def born_and_number(draw: st.DrawFn, *, replacement: bool = False) -> tuple[date, str]:
    """A birth date and ten digits for someone born that day."""
    born = draw(st.dates(_FIRST, _LAST))
    century = draw(st.sampled_from(_digits(born.year)))
    rest = draw(st.integers(0, 999))
    day = born.day + (60 if replacement else 0)
    return born, f"{day:02d}{born:%m%y}{century}{rest:03d}"


def numbers() -> st.SearchStrategy[str]:
    """Ten digits, of real and of replacement numbers."""
    return st.booleans().flatmap(lambda replacement: born_and_number(replacement=replacement)).map(lambda pair: pair[1])
