"""What a message is about, as somebody chooses how to be told of it."""

from __future__ import annotations

from enum import StrEnum

from engine import kinds

_TO_YOU = frozenset({kinds.ASSIGNED, kinds.LIST_IMPORTED, kinds.LIST_UNDONE})


class Topic(StrEnum):
    """In the order in which a digest tells of them."""

    ESCALATIONS = "escalations"
    DEADLINES = "deadlines"
    ENDINGS = "endings"
    HANDOVERS = "handovers"
    MOVES = "moves"


def topic_of(kind: str, *, ends: bool = False) -> Topic:
    """`ends`: whether what it tells of ends an enrolment, or takes such an ending back."""
    if kind in kinds.GOES_UP:
        return Topic.ESCALATIONS
    if kind in kinds.REMINDERS:
        return Topic.DEADLINES
    if kind in _TO_YOU:
        return Topic.HANDOVERS
    return Topic.ENDINGS if ends else Topic.MOVES
