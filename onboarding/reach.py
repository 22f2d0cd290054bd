"""How far somebody reaches who enrols: over which cases they may write."""

from __future__ import annotations

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


#: Said, and no more than this, to whoever enrols somebody who is under way beyond their reach in another pathway.
LEFT_ALONE = "Kandidaten er også i gang et andet sted: det, der er kendt af personen, er ikke ændret."
#: What stands in the way of taking over a person who is under way beyond one's reach. It does not say where.
ELSEWHERE = "Kandidaten er allerede i gang et andet sted. Bed koordinatoren dér om at overdrage forløbet."
