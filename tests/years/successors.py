"""What managers were not told goes to whoever manages the area by then, and what a coordinator was not to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.years.cases import Case, Fact
from tests.years.ledger import Ledger
from tests.years.office import Office, Person
from tests.years.owed import Owed
from tests.years.reading import OF_ACTION

#: Why somebody is not told any more: they have left.
LEFT = "left"
#: What tells a coordinator that a case is theirs.
_YOURS = (OF_ACTION["enrol"], OF_ACTION["assign"])


@dataclass(frozen=True)
class Successors:
    office: Office
    ledger: Ledger
    cases: Mapping[str, Case]

    def of(self, person: Person) -> int:
        """Of whoever left nobody hears any more; what they were not told is told to those who manage the area by now.
        Gives how much of it waited.
        """
        everything = self.ledger.waiting_for(person.email)
        waiting = [owed for owed in everything if not owed.settled]
        self.ledger.cancel(waiting, LEFT)
        new = [fact for fact, one in self.ledger.new if one is person]
        self.ledger.new = [(fact, one) for fact, one in self.ledger.new if one is not person]
        for fact in _once([*new, *(owed.fact for owed in waiting)]):
            self._pass_on(fact, perhaps=False)
        for fact in _once([owed.fact for owed in everything if owed.perhaps]):
            self._pass_on(fact, perhaps=True)
        return len(waiting)

    def of_a_hand_over(self, case: Case) -> None:
        """What managers were not told of what happened in the area before goes to those of the new one, and what its
        coordinator was not to the new one, unless the case is back before its turn comes: it may be told to either,
        once.
        """
        new = [(fact, p) for fact, p in self.ledger.new if fact.reference == case.reference and is_beyond(p, case)]
        self.ledger.new = [one for one in self.ledger.new if one not in new]
        for fact, person in new:
            for channel in person.ways(fact.topic):
                self.ledger.put(Owed(fact, person, channel))
        unsent = [o for o in self.ledger.all[case.reference] if not o.known and o.over is None]
        for owed in [o for o in unsent if o.fact.about is None and is_beyond(o.person, case)]:
            if self.ledger.heard_what_is_undone(owed.fact, owed.person):
                continue
            if not owed.settled or owed.perhaps:
                owed.loose = owed.settled = owed.perhaps = True
                self._pass_on(owed.fact, perhaps=True, to=owed.person.role)

    def is_for_another(self, owed: Owed) -> bool:
        """Whether it tells of a case that somebody else has by now, and not that what they know of was undone."""
        case = self.cases.get(owed.fact.reference)
        heard = self.ledger.heard_what_is_undone(owed.fact, owed.person)
        return case is not None and is_beyond(owed.person, case) and not heard

    def _pass_on(self, fact: Fact, *, perhaps: bool, to: str = "manager") -> None:
        case = self.cases.get(fact.reference)
        if to == "coordinator" and fact.words in _YOURS:
            return  # the new one is told that by a fact of their own
        for email in self.office.told(to, case.area, case.coordinator, None) if case else ():
            person = self.office.people[email]
            told = [o.fact for o in self.ledger.all[fact.reference] if o.person is person]
            told += [one for one, who in self.ledger.new if who is person]
            same = any(one is fact or (fact.about and one.about == fact.about) for one in told)
            for channel in () if same or (fact, email) in self.ledger.refused else person.ways(fact.topic):
                self.ledger.put(Owed(fact, person, channel, loose=True, settled=perhaps, perhaps=perhaps))


def _once(facts: list[Fact]) -> list[Fact]:
    return list({id(fact): fact for fact in facts}.values())


def is_beyond(person: Person, case: Case) -> bool:
    """Whether it is in an area that this manager does not manage, or another's than this coordinator's."""
    if person.role == "coordinator":
        return person.email != case.coordinator
    return person.role == "manager" and person.area not in (None, case.area)
