"""Everything that is owed to anybody: what of it waits, and what else is known of the same fact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from models.message import MAIL
from tests.years.cases import Fact
from tests.years.office import NEVER, SMS, Person
from tests.years.owed import Owed
from tests.years.reading import Line


@dataclass
class Ledger:
    """`waiting` by its owner and way, `all` by the case that it is of; of what is `new` the way is not known yet, and
    what somebody `refused` they are not told, as they chose. `undone` are the numbers of transitions, by case; of what
    is `unsure` our side may not know that it came.
    """

    new: list[tuple[Fact, Person]] = field(default_factory=list)
    refused: set[tuple[Fact, str]] = field(default_factory=set)
    waiting: dict[tuple[str, str], list[Owed]] = field(default_factory=lambda: defaultdict(list))
    all: dict[str, list[Owed]] = field(default_factory=lambda: defaultdict(list))
    undone: set[tuple[str, int]] = field(default_factory=set)
    unsure: list[Owed] = field(default_factory=list)

    def put(self, owed: Owed) -> None:
        if self.is_undone(owed.fact):
            owed.loose = owed.settled = True
        self.all[owed.fact.reference].append(owed)
        self.wait(owed)

    def is_undone(self, fact: Fact) -> bool:
        return fact.about is None and (fact.reference, fact.number) in self.undone

    def undo(self, reference: str, numbers: Collection[int]) -> None:
        """What nobody has been told of these transitions may be told in a digest, which says that they were undone."""
        self.undone |= {(reference, number) for number in numbers}
        for owed in self.all[reference]:
            if self.is_undone(owed.fact) and not owed.known:
                owed.loose = owed.settled = True

    def wait(self, owed: Owed) -> None:
        self.waiting[owed.person.email, owed.channel].append(owed)

    def cancel(self, unsent: Collection[Owed], why: str) -> int:
        """None of these waits any more; gives how many there were."""
        for owed in unsent:
            owed.over = why
            waiting = self.waiting[owed.person.email, owed.channel]
            if owed in waiting:
                waiting.remove(owed)
        return len(unsent)

    def waiting_for(self, email: str) -> list[Owed]:
        return [owed for (owner, _), waiting in self.waiting.items() if owner == email for owed in waiting]

    def may_come(self, email: str, channel: str) -> list[Owed]:
        """What could come for somebody by this channel: by mail too what a phone refused, or cannot get."""
        waiting = list(self.waiting[email, channel])
        if channel == MAIL:
            waiting += [o for o in self.waiting[email, SMS] if o.by_mail]
        return waiting

    def is_refused(self, email: str, said: Collection[Line]) -> None:
        """A phone refused for good what is for somebody: it goes by mail, without what mail tells anyway; where that is
        all of it, somebody sends it again.
        """
        left, refused = Counter(said), list[Owed]()
        for owed in sorted(self.waiting[email, SMS], key=lambda owed: owed.fact.made_at):
            line = (owed.fact.reference, owed.fact.words)
            if left[line] > 0:
                left[line] -= 1
                refused.append(owed)
        told_anyway = [owed for owed in refused if self.has_mail(owed)]
        if +left or len(told_anyway) == len(refused):
            return  # it is for somebody else, or given up
        for owed in refused:
            if owed in told_anyway:
                owed.loose = owed.settled = True
            else:
                owed.by_mail = True

    def has_mail(self, owed: Owed) -> bool:
        """Whether it is owed to the same person by mail too."""
        return any(o.person is owed.person and o.channel == MAIL for o in self._of_the_fact(owed))

    def is_heard_anyway(self, owed: Owed, there: Person) -> bool:
        """By a message of their own, of now or of the same occurrence and rung before; or, where they have no phone, by
        the other way of their colleague.
        """
        fact = owed.fact
        theirs = [o for o in self.all[fact.reference] if o.person is there]
        knows = any(
            o.fact is fact or (fact.about is not None and o.fact.about == fact.about and o.known) for o in theirs
        )
        return knows or (owed.channel != MAIL and there.phone is None and self.has_mail(owed))

    def was_told_before(self, fact: Fact, person: Person) -> bool:
        """Whether they were, whatever our side knows, or may have been, of the same occurrence and rung."""
        theirs = [o for o in self.all[fact.reference] if o.person is person and o.fact.about == fact.about]
        return fact.about is not None and any(o.arrived or o.known or o.doubted for o in theirs)

    def was_for_anybody_in_hand(self, reference: str, about: tuple[int, str]) -> bool:
        """Whether a delivery that was killed had this occurrence and rung in hand for anybody."""
        return any(o.in_hand and o.fact.about == about for o in self.all[reference])

    def was_for_anybody_heard_anyway(self, reference: str, about: tuple[int, str]) -> bool:
        """Whether this occurrence and rung was for somebody whose stand-in heard of it anyway, and over after that."""
        return any(o.anyway and o.over is not None and o.fact.about == about for o in self.all[reference])

    def heard_what_is_undone(self, fact: Fact, person: Person) -> bool:
        """Whether our side sent them anything of what this fact takes back."""
        theirs = (o for o in self.all[fact.reference] if o.person is person and o.known and o.fact.about is None)
        return any(o.fact.number in fact.takes_back for o in theirs)

    def may_have_heard_what_is_undone(self, fact: Fact, person: Person) -> bool:
        """Whether a delivery that was killed had anything of what this fact takes back in hand for them."""
        theirs = (o for o in self.all[fact.reference] if o.person is person and o.in_hand and o.fact.about is None)
        return any(o.fact.number in fact.takes_back for o in theirs)

    def was_heard_by_anybody(self, fact: Fact) -> bool:
        """Whether anything of what this fact takes back came to anybody."""
        theirs = (o for o in self.all[fact.reference] if o.arrived is not None and o.fact.about is None)
        return any(o.fact.number in fact.takes_back for o in theirs)

    def may_go_by_more_ways(self, person: Person) -> list[tuple[Fact, str]]:
        """What came to somebody while our side does not know it waits, as far as that goes, and may go by ways that
        they chose since.
        """
        self.unsure = [o for o in self.unsure if not o.known and not o.doubted]
        found = list[tuple[Fact, str]]()
        for fact in {id(o.fact): o.fact for o in self.unsure if o.person is person}.values():
            had = {o.channel for o in self.all[fact.reference] if o.fact is fact and o.person is person}
            found += [(fact, way) for way in person.ways(fact.topic) if way not in had]
        return found

    def is_told_by_another_way(self, owed: Owed) -> bool:
        """As far as our side knows."""
        return any(o.person is owed.person and (o.known or o.doubted) for o in self._of_the_fact(owed))

    def was_told_somehow(self, owed: Owed) -> bool:
        """By another way, to a stand-in, or not wanted by now."""
        if owed.person.pace(owed.fact.topic) == NEVER:
            return True
        others = [o for o in self._of_the_fact(owed) if o.arrived is not None]
        return any(o.person is owed.person for o in others) or bool(owed.person.away and others)

    def _of_the_fact(self, owed: Owed) -> Iterator[Owed]:
        return (o for o in self.all[owed.fact.reference] if o.fact is owed.fact)
