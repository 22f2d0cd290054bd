"""Candidates whose pathways end, for tests of what is told of it."""

from __future__ import annotations

from tests.municipality import Municipality


def ends(town: Municipality, count: int) -> list[str]:
    """So many are enrolled and not admitted; gives their references."""
    candidates = [town.enrols() for _ in range(count)]
    for candidate in candidates:
        candidate.moves("reject")
    return [candidate.reference for candidate in candidates]
