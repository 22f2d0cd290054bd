"""How far somebody reaches who enrols: over which cases they may write."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from onboarding.entry import DETAILS


@dataclass(frozen=True, slots=True)
class Reach:
    """How far whoever signs reaches: the enrolments that `covers`, a condition on rows of `ENROLMENT`, lets through.

    `refreshes` whether they may still say what is new of somebody beyond (a phone number, a consent) without handing
    them over, as a jobcenter does whose candidate another officer listed. What somebody is called is not news.
    """

    covers: ColumnElement[bool]
    refreshes: bool = False

    @property
    def beyond(self) -> frozenset[str]:
        """The details that may be changed of a person who is under way beyond it."""
        return frozenset(DETAILS) - {"name"} if self.refreshes else frozenset()


def left_alone(changeable: Set[str]) -> str:
    """Said, and no more than this, of somebody who is under way beyond the reach too, when these may be changed."""
    what = "navnet" if changeable else "det, der er kendt af personen,"
    return f"Kandidaten er også i gang et andet sted: {what} er ikke ændret."


#: What stands in the way of taking over a person who is under way beyond one's reach. It does not say where.
ELSEWHERE = "Kandidaten er allerede i gang et andet sted. Bed koordinatoren dér om at overdrage forløbet."
