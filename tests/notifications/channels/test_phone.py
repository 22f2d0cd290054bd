from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.phone import BadNumber, as_e164


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("20123456", "+4520123456"),
        (" 20 12 34 56 ", "+4520123456"),
        ("20.12.34-56", "+4520123456"),
        ("+45 20 12 34 56", "+4520123456"),
        ("0045 20123456", "+4520123456"),
        ("+46 (70) 123-45 67", "+46701234567"),
    ],
)
def test_a_number_is_kept_in_one_way_however_it_is_written(said: str, kept: str) -> None:
    assert as_e164(said) == kept


@pytest.mark.parametrize(
    "said",
    ["", "112", "1234567", "10123456", "2012345678", "010190-1234", "+45 2012345", "+45201234567", "+0123456789",
     "+1234567890123456", "20123456, 20123457", "ring til mig", "٢٠١٢٣٤٥٦"],
)  # fmt: skip
def test_it_is_refused_when_it_is_not_one_number(said: str) -> None:
    with pytest.raises(BadNumber):
        as_e164(said)


@given(st.from_regex(r"\+(?:45[2-9][0-9]{7}|46[0-9]{9})", fullmatch=True))
def test_a_number_that_is_kept_is_kept_again_the_same(kept: str) -> None:
    assert as_e164(kept) == kept
