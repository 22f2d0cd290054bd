"""What somebody was not told goes to whoever does the same work by then: manages the area, has the case, or is an
officer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tests.engine.naive_truths import occurrence
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
        """Of whoever left nobody hears any more; what they were told by no way is told to those who do their work by
        now. Gives how much of it waited.
        """
        everything = self.ledger.waiting_for(person.email)
        waiting = [owed for owed in everything if not owed.settled]
        self.ledger.cancel(waiting, LEFT)
        new = [fact for fact, one in self.ledger.new if one is person]
        self.ledger.new = [(fact, one) for fact, one in self.ledger.new if one is not person]
        untold = [owed.fact for owed in waiting if not self.ledger.is_told_by_another_way(owed)]
        for fact in _once([*new, *untold]):
            self._pass_on(fact, person.role, perhaps=False)
        for fact in _once([owed.fact for owed in everything if owed.perhaps]):
            self._pass_on(fact, person.role, perhaps=True)
        return len(waiting)

    def newcomer(self, role: str, since: datetime) -> None:
        """What was not told since then to one who left is told when its turn comes, also to one who came meanwhile."""
        untold = [o for owed in self.ledger.all.values() for o in owed if o.over == LEFT and o.person.role == role]
        for fact in _once([o.fact for o in untold if o.fact.made_at > since and o.fact.about is None]):
            self._pass_on(fact, role, perhaps=True)

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
                self._pass_on(owed.fact, owed.person.role, perhaps=True)

    def of_what_was_in_hand(self, case: Case, on: date) -> None:
        """A reminder that a dead delivery had in hand when it was over goes all the same where it is none any more by
        the end of the lease, to whoever has the case by then. Of when that is we know nothing: it may come, once.
        """
        here = occurrence(case.person) if case.status != "ended" else None
        rests_until = case.person["quiet"].get(here, ("", date.min))[1]
        if here is None or rests_until is None or rests_until > on:
            return
        theirs = [o for o in self.ledger.all[case.reference] if o.fact.about and o.fact.about[0] == here]
        for fact in _once([o.fact for o in theirs if o.in_hand and not o.known]):
            for owed in theirs:
                if owed.fact.about != fact.about or owed.known or owed.over is None or is_beyond(owed.person, case):
                    continue
                owed.over, owed.loose, owed.settled = None, True, True
                if owed.arrived is None:
                    self.ledger.wait(owed)
            for role in fact.audiences:
                self._pass_on(fact, role, perhaps=True)

    def is_for_another(self, owed: Owed) -> bool:
        """Whether it tells of a case that somebody else has by now, and not that what they know of was undone."""
        case = self.cases.get(owed.fact.reference)
        return case is not None and is_beyond(owed.person, case) and not self.heard_or_may_have(owed)

    def heard_or_may_have(self, owed: Owed) -> bool:
        """Of what this takes back."""
        fact, person, ledger = owed.fact, owed.person, self.ledger
        return ledger.heard_what_is_undone(fact, person) or ledger.may_have_heard_what_is_undone(fact, person)

    def _pass_on(self, fact: Fact, role: str, *, perhaps: bool) -> None:
        case = self.cases.get(fact.reference)
        if fact.words in _YOURS:
            return  # whoever has it by now is told that by a fact of their own
        for email in self.office.told(role, case.area, case.coordinator, case.officer) if case else ():
            person = self.office.people[email]
            if person.gone:  # the case ended as theirs
                continue
            told = [o.fact for o in self.ledger.all[fact.reference] if o.person is person]
            told += [one for one, who in self.ledger.new if who is person]
            same = any(one is fact or (fact.about and one.about == fact.about) for one in told)
            for channel in () if same or (fact, email) in self.ledger.refused else person.ways(fact.topic):
                self.ledger.put(Owed(fact, person, channel, loose=True, settled=perhaps, perhaps=perhaps))


def _once(facts: list[Fact]) -> list[Fact]:
    return list({id(fact): fact for fact in facts}.values())


def can_open(person: Person, case: Case) -> bool:
    """Whether somebody has the case, or works in its area."""
    return person.email == case.coordinator or person.area in (None, case.area)


def is_beyond(person: Person, case: Case) -> bool:
    """Whether it is in an area that this manager does not manage, or another's than this coordinator's."""
    if person.role == "coordinator":
        return person.email != case.coordinator
    return person.role == "manager" and person.area not in (None, case.area)
