"""How far somebody reaches who enrols: over which cases they may write."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Reach:
    """How far whoever signs reaches: the enrolments that `covers`, a condition on rows of `ENROLMENT`, lets through.

    `refreshes` whether they may still say what is new of somebody beyond (a phone number, a consent) without handing
    them over, as a jobcenter does whose candidate another officer listed.
    """

    covers: ColumnElement[bool]
    refreshes: bool = False


#: What stands in the way of taking over a person who is under way beyond one's reach. It does not say where.
ELSEWHERE = "Kandidaten er allerede i gang et andet sted. Bed koordinatoren dér om at overdrage forløbet."
