"""What is over before it was told, and what a weightier reminder says: nobody is told of it any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from tests.years.cases import Case, Fact, Over
from tests.years.ledger import Ledger
from tests.years.office import Person
from tests.years.owed import Owed
from tests.years.reading import OF_RUNG
from tests.years.successors import LEFT

#: The reminders in the order of their weight.
WEIGHTS = ("before", "on", "after", "escalation", "review", "forgotten")


@dataclass(frozen=True)
class Overtaken:
    ledger: Ledger
    counts: Counter[str]

    def is_over(self, case: Case, over: Over) -> None:
        """What nobody has been told yet of a stage or a pause that is over is not told any more."""
        about = [o for o in self.ledger.all[case.reference] if o.fact.about and o.fact.about[0] == over.occurrence]
        new = [fact for fact, _ in self.ledger.new if fact.reference == case.reference and fact.about]
        unsent = [o for o in about if not o.known and not o.settled and o.over is None]
        self.ledger.new = [(f, p) for f, p in self.ledger.new if not (f.reference == case.reference and f.about)]
        self._cancel(unsent, f"prolong {case.person['seq']}" if over.why == "prolong" else over.why)
        # Whoever had it by another way was told: a way that they chose while it waited may never have been gone.
        had = {(id(o.person), o.fact.about) for o in about if o.arrived or o.known or o.doubted}
        missed = [*unsent, *(o for o in about if o.over == LEFT)]  # it did not reach all whom it was for
        rungs = {o.fact.about for o in missed if (id(o.person), o.fact.about) not in had} | {f.about for f in new}
        if over.why != "prolong":
            for rung in filter(None, rungs):
                case.is_not_used(rung)

    def speaks_for(self, case: Case, occurrence: int, rung: str) -> None:
        """What waits of lighter reminders is not told beside this one; nor is this one where a dead delivery had it in
        hand: then the lighter ones may be.
        """
        lighter = {(occurrence, one) for one in WEIGHTS[: WEIGHTS.index(rung)]}
        about = [o for o in self.ledger.all[case.reference] if o.fact.about in lighter]
        unsent = [o for o in about if not o.known and not o.settled and o.over is None]
        if self.ledger.was_for_anybody_in_hand(case.reference, (occurrence, rung)):
            for owed in unsent:
                owed.loose = owed.settled = True
            return
        theirs = [one for one in self.ledger.new if one[0].reference == case.reference and one[0].about in lighter]
        self.ledger.new = [one for one in self.ledger.new if one not in theirs]
        self._cancel(unsent, "a weightier one")
        for untold in {o.fact.about for o in unsent} | {fact.about for fact, _ in theirs}:
            if untold is not None and not any(o.known or o.doubted for o in about if o.fact.about == untold):
                case.is_not_used(untold)

    def may_count_as_told(self, fact: Fact) -> bool:
        """Whether a dead delivery had this reminder in hand, for whomever, or a stand-in heard it before it was over;
        or of a weightier one, which may be told again and then speaks for it. Nobody here knows whether this is told.
        """
        if fact.about is None:
            return False
        occurrence, rung = fact.about
        these = [(occurrence, one) for one in WEIGHTS[WEIGHTS.index(rung) :]]
        in_doubt = (self.ledger.was_for_anybody_in_hand, self.ledger.was_for_anybody_heard_anyway)
        return any(is_in_doubt(fact.reference, one) for one in these for is_in_doubt in in_doubt)

    def may_be_lighter(self, fact: Fact, coordinator: Person) -> None:
        """Where a dead delivery had this reminder in hand, it may count as told; then a lighter one is what is due."""
        if fact.about is None or not self.ledger.was_for_anybody_in_hand(fact.reference, fact.about):
            return
        occurrence, rung = fact.about
        for one in WEIGHTS[: WEIGHTS.index(rung)]:
            other = replace(fact, words=OF_RUNG[one], topic="deadlines", about=(occurrence, one))
            if not self.ledger.was_told_before(other, coordinator):
                for channel in coordinator.ways(other.topic):
                    self.ledger.put(Owed(other, coordinator, channel, loose=True, settled=True))

    def is_mistaken(self, case: Case) -> bool:
        """Nothing that waits about a case is told any more; gives whether its coordinator had heard of it."""
        heard = any(o.known and o.person.email == case.coordinator for o in self.ledger.all[case.reference])
        self.ledger.new = [(fact, person) for fact, person in self.ledger.new if fact.reference != case.reference]
        self._cancel([o for o in self.ledger.all[case.reference] if not o.known and o.over is None], "annul")
        return heard

    def holds_again(self, case: Case) -> None:
        """A prolonging was taken back: what it held back is owed after all; not what one before it held back."""
        for owed in self.ledger.all[case.reference]:
            if owed.over == f"prolong {case.prolonging_undone}" and not owed.known:
                owed.over, owed.first_chance, owed.loose = None, None, True
                self.ledger.wait(owed)

    def _cancel(self, unsent: Collection[Owed], why: str) -> None:
        self.counts["cancelled"] += self.ledger.cancel(unsent, why)
