"""What leaves the unit tells nobody's small count: held against every table that a reader could think of."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from reports.discretion import FEWEST, HIDDEN, UNDER, Sum, is_small, marks


def test_a_small_count_and_the_next_smallest_are_hidden_when_their_total_is_told() -> None:
    counts = {"all": 40, "a": 3, "b": 30, "c": 7}
    assert marks(counts, [Sum(("all",), ("a", "b", "c"))]) == {"a": UNDER, "c": HIDDEN}


def test_nothing_is_hidden_when_nobody_is_in_a_group_of_few() -> None:
    assert marks({"all": 12, "a": 5, "b": 7, "c": 0}, [Sum(("all",), ("a", "b", "c"))]) == {}


def test_two_small_counts_are_enough_when_each_could_be_another() -> None:
    assert marks({"all": 35, "a": 3, "b": 30, "c": 2}, [Sum(("all",), ("a", "b", "c"))]) == {"a": UNDER, "c": UNDER}


def test_more_is_hidden_when_two_small_counts_can_only_be_one_each() -> None:
    assert marks({"all": 32, "a": 1, "b": 30, "c": 1}, [Sum(("all",), ("a", "b", "c"))]).keys() == {"a", "b", "c"}


def test_the_total_is_hidden_when_there_is_nothing_else_beside_a_small_count() -> None:
    assert marks({"all": 3, "a": 3, "b": 0}, [Sum(("all",), ("a", "b"))]) == {"all": UNDER, "a": UNDER}
    assert marks({"all": 30, "same": 30}, [Sum(("all",), ("same",))]) == {}


def test_it_is_not_even_said_that_they_are_few_when_that_alone_would_tell() -> None:
    """Four who are each at least one, and together under five, are one each."""
    counts = {"all": 4, "a": 1, "b": 1, "c": 1, "d": 1}
    assert set(marks(counts, [Sum(("all",), ("a", "b", "c", "d"))]).values()) == {HIDDEN}


def test_a_difference_of_few_is_hidden_when_two_large_counts_would_tell_it() -> None:
    assert marks({"came": 30, "stayed": 28}, [Sum(("came",), ("stayed",), more=True)]) == {"stayed": HIDDEN}
    assert marks({"came": 30, "stayed": 25}, [Sum(("came",), ("stayed",), more=True)]) == {}


def test_a_count_is_hidden_in_both_tables_when_it_is_a_part_of_two_totals() -> None:
    counts = {"ended": 50, "dropped": 12, "done": 38, "ill": 2, "moved": 10, "same": 12}
    sums = [Sum(("ended",), ("dropped", "done")), Sum(("dropped",), ("ill", "moved")), Sum(("same",), ("dropped",))]
    assert marks(counts, sums) == {"ill": UNDER, "moved": HIDDEN}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """A small tree of sums, with one that crosses it: as the report's are."""
    leaves = draw(st.lists(st.integers(0, 9), min_size=4, max_size=6))
    counts = {f"leaf{n}": count for n, count in enumerate(leaves)}
    cut = draw(st.integers(1, len(leaves) - 1))
    first, second = tuple(list(counts)[:cut]), tuple(list(counts)[cut:])
    counts["first"], counts["second"] = (sum(counts[leaf] for leaf in some) for some in (first, second))
    counts["all"] = counts["first"] + counts["second"]
    counts["kept"] = draw(st.integers(0, counts["first"]))
    sums = [Sum(("first",), first), Sum(("second",), second), Sum(("all",), ("first", "second"))]
    return counts, [*sums, Sum(("first",), ("kept",), more=True)]


@given(tables())
def test_no_small_count_can_be_worked_out_when_a_table_has_left(made: tuple[dict[str, int], list[Sum]]) -> None:
    """Every table of small numbers that looks like this one is tried, without any of the program's own reckoning."""
    counts, sums = made
    shown = marks(counts, sums)
    assert {key for key, count in counts.items() if is_small(count)} <= shown.keys()
    leaves = [key for key in counts if key.startswith("leaf")]
    could: dict[str, set[int]] = {key: set() for key in shown}
    lost: set[int] = set()
    for values in product(*(_possible(key, counts, shown) for key in (*leaves, "kept"))):
        other = dict(zip((*leaves, "kept"), values, strict=True))
        other["first"] = sum(other[leaf] for leaf in sums[0].parts)
        other["second"] = sum(other[leaf] for leaf in sums[1].parts)
        other["all"] = other["first"] + other["second"]
        if other["first"] >= other["kept"] and all(_looks_like(key, other, counts, shown) for key in counts):
            lost.add(other["first"] - other["kept"])
            for key, seen in could.items():
                seen.add(other[key])
    for key in shown:
        assert len(could[key]) > 1 or not is_small(counts[key]), (key, counts, shown)
    assert len(lost) > 1 or not is_small(counts["first"] - counts["kept"]), (counts, shown)


def _possible(key: str, counts: dict[str, int], shown: dict[str, str]) -> range:
    if key not in shown:
        return range(counts[key], counts[key] + 1)
    return range(1, FEWEST) if shown[key] == UNDER else range(max(1, counts[key] - 1), counts[key] * 2 + 2)


def _looks_like(key: str, other: dict[str, int], counts: dict[str, int], shown: dict[str, str]) -> bool:
    if key not in shown:
        return other[key] == counts[key]
    return is_small(other[key]) if shown[key] == UNDER else other[key] > 0
