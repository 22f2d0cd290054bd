"""What whoever reads a report can reckon with: how its counts add up, and what follows from the pathway's steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.pathway import Outcome, Pathway
from reports.behind import COMPLETED
from reports.discretion import Sum

Key = tuple[Any, ...]
Counts = Mapping[Key, int]

OUTCOMES = tuple(outcome for outcome in Outcome if outcome.counted)


def sums(counts: Counts, published: Mapping[int, Pathway]) -> Iterator[Sum]:
    """Of counts by their keys in a report (`reports.report`). With a period that has a first day, some were there
    before it. `published` is the pathway's versions, the newest first.
    """
    yield from _of_status(counts)
    yield from _of_endings(counts, published)
    yield from _of_stages(counts, published)
    yield from _of_groups(counts)


def _all(counts: Counts, name: str) -> tuple[Key, ...]:
    return tuple(key for key in counts if key[0] == name)


def _of_status(counts: Counts) -> Iterator[Sum]:
    completed = [("status", str(outcome)) for outcome in OUTCOMES if outcome.completed]
    gone = [("status", str(outcome)) for outcome in OUTCOMES if not outcome.completed]
    enrolled, active = ("status", "enrolled"), ("status", "active")
    yield Sum((active, ("status", COMPLETED), *gone), (enrolled,), more=True)
    yield Sum((("status", COMPLETED),), tuple(completed))
    yield Sum((("status", Outcome.DROPPED_OUT.value),), _all(counts, "reason"))
    yield Sum((active,), _all(counts, "now"), more=True)
    yield Sum((enrolled,), _all(counts, "began"))


def _of_endings(counts: Counts, published: Mapping[int, Pathway]) -> Iterator[Sum]:
    oldest_first = reversed(list(published.values()))
    counts_as = {key: one.counts_as for pathway in oldest_first for key, one in pathway.endings.items()}
    for outcome in OUTCOMES:
        keys = tuple(key for key in _all(counts, "ending") if counts_as.get(key[1]) is outcome)
        yield Sum((("status", outcome.value),), keys)


def _of_stages(counts: Counts, published: Mapping[int, Pathway]) -> Iterator[Sum]:
    """Who came to a stage left it or is there; and whoever came to the next ones or to an ending left one of these."""
    pathway = next(iter(published.values()))
    yield Sum((("status", "enrolled"),), (("reached", pathway.starts_in),))
    for key in pathway.open_stages:
        yield Sum((("left", key), ("now", key)), (("reached", key),), more=True)
        only_from_here = [
            target
            for target in pathway.open_stages
            if target != pathway.starts_in and {s.source for s in pathway.steps if s.target == target} == {key}
        ]
        if only_from_here:
            yield Sum((("left", key),), tuple(("reached", target) for target in only_from_here), more=True)
    for sources, targets in crossroads(published.values()):
        lefts = tuple(("left", key) for key in sources if ("left", key) in counts)
        came = (("ending", key) if ("ending", key) in counts else ("reached", key) for key in targets)
        yield Sum(lefts, tuple(key for key in came if key in counts), more=True)


def _of_groups(counts: Counts) -> Iterator[Sum]:
    """Whoever is kept was kept before: a difference is how many were lost in between. And whoever is there still or
    has completed is among those who were kept for as long as is known.
    """
    latest: dict[Key, Key] = {}
    for began in _all(counts, "began"):
        known = [began, *(key for key in _all(counts, "kept") if key[1:3] == began[1:3])]
        latest[began] = known[-1]
        for number, earlier in enumerate(known):
            for later in known[number + 1 :]:
                yield Sum((earlier,), (later,), more=True)
    yield Sum(tuple(latest.values()), (("status", "active"), ("status", COMPLETED)), more=True)


def crossroads(pathways: Iterable[Pathway]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Stages that lead to some of the same places, and all those places: whoever came there left one of these."""
    found: list[tuple[frozenset[str], frozenset[str]]] = []
    for step in (step for pathway in pathways for step in pathway.steps):
        sources, targets = frozenset({step.source}), frozenset({step.target})
        apart = []
        for others, places in found:
            if sources & others or targets & places:
                sources, targets = sources | others, targets | places
            else:
                apart.append((others, places))
        found = [*apart, (sources, targets)]
    return found
