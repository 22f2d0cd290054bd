"""The same rows come to the same sum on both databases, and others to another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from models.checksum import Checksum

#: What columns hold.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.binary(),
    st.dates(),
    st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
    st.dictionaries(st.text(), st.integers()),
)
ROWS = st.lists(st.tuples(VALUES, VALUES), max_size=8)


def _typed(row: Any) -> Any:
    return [(type(value), value) for value in row]


def summed(rows: list[Any]) -> tuple[int, str]:
    made = Checksum()
    for row in rows:
        made.add(row)
    return made.rows, str(made)


@given(ROWS, st.randoms())
def test_the_sum_is_the_same_when_the_rows_come_in_another_order(rows: list[Any], random: Any) -> None:
    other = list(rows)
    random.shuffle(other)
    assert summed(other) == summed(rows)


@given(ROWS, st.tuples(VALUES, VALUES), st.data())
def test_the_sum_is_another_when_one_value_is(rows: list[Any], changed: Any, data: st.DataObject) -> None:
    others = [*rows, (date(2026, 9, 1), "Østergaard")]
    place = data.draw(st.integers(0, len(others) - 1))
    if _typed(changed) != _typed(others[place]):
        assert summed([*others[:place], changed, *others[place + 1 :]]) != summed(others)


def test_the_sum_is_another_when_a_row_is_there_twice() -> None:
    row = (1, UUID(int=1), datetime(2026, 9, 1, tzinfo=UTC))
    assert len({summed([]), summed([row]), summed([row, row])}) == 3
