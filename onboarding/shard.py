"""A part of all enrolments, so that several can sweep at once and none has what another one has.

Which part an enrolment belongs to follows from its id alone, and so stays the same for as long as there are as many.
Nothing depends on it but speed: two who sweep the same shard, or one who sweeps them all, do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true

from engine.refusal import Refused

#: More than this is a slip of the hand: each shard of each track is a process that starts, at every sweep.
MOST = 64


@dataclass(frozen=True, slots=True)
class Shard:
    """The enrolments whose id leaves `number` when it is divided by `of`: from 0 up to and without `of`."""

    number: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.of <= MOST:
            raise Refused(f"Forløbene kan deles i 1 til {MOST} dele.")
        if not 0 <= self.number < self.of:
            raise Refused(f"Delene har numrene 0 til {self.of - 1}.")

    def holds(self, enrolment_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.of == 1 else enrolment_id % self.of == self.number


WHOLE = Shard()
