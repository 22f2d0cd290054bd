"""Whoever leaves for good and is followed by somebody new, and whoever is taken out by mistake and put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from tests.years.office import Person
from tests.years.oracle import Oracle
from tests.years.people_act import Acting

#: For how long what somebody is told may wait for a digest, and for what stands still.
LONGEST_WAIT = timedelta(days=20)
#: How likely on a day a manager, a coordinator or an officer is followed by another.
FOLLOWED = 0.02
#: How likely on a day a coordinator is taken out by mistake, and after how many days at most they are back.
TAKEN_OUT, BACK_WITHIN = 0.01, 9


@dataclass
class Comings:
    """`observes` has the account look at what happened."""

    random: Random
    oracle: Oracle
    acting: Acting
    observes: Callable[[], None]
    out: list[tuple[date, Person]] = field(default_factory=list)

    def on_a_day(self, today: date) -> None:
        self.are_back(today)
        office = self.oracle.office
        if self.random.random() < FOLLOWED:
            self._is_followed(self.random.choice([person for person in office.here() if person.can_leave]))
        if self.random.random() < TAKEN_OUT:
            self._is_taken_out(today)

    def are_back(self, today: date = date.max) -> None:
        """Whoever is to be back by this day."""
        for day, person in [*self.out]:
            if day <= today:
                self.out.remove((day, person))
                self.oracle.office.comes_back(person)
                self.oracle.chose_otherwise(person)  # nothing of what they had chosen is left
                self.oracle.may_have_been_told(person)
                self.oracle.counts["came back"] += 1

    def _is_taken_out(self, today: date) -> None:
        """A coordinator who has a colleague in the area: new cases are given to somebody."""
        here = [person for person in self.oracle.office.here() if person.role == "coordinator"]
        some = [p for p in here if any(other is not p and other.area == p.area for other in here)]
        if some:
            person = self.random.choice(some)
            self.oracle.office.leaves(person)
            self.out.append((today + timedelta(days=self.random.randint(1, BACK_WITHIN)), person))

    def _is_followed(self, person: Person) -> None:
        """Somebody leaves for good, and somebody new does their work; cases are given to any colleague in the area,
        before or after that.
        """
        office, successors = self.oracle.office, self.oracle.successors()
        leaves = [partial(office.leaves, person), partial(self._hands_over, person)]
        office.hires_beside(person)
        for happens in self.random.sample(leaves, 2):
            happens()
        self.oracle.counts["cancelled"] += successors.of(person)
        successors.newcomer(person.role, office.town.clock.now - LONGEST_WAIT)
        self.oracle.counts[f"{person.role} followed"] += 1

    def _hands_over(self, person: Person) -> None:
        for case in self.oracle.cases.values():
            if case.coordinator == person.email and case.status != "ended":
                self.acting.hands_over(case)
                self.observes()
