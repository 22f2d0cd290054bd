"""What one person should be told of one fact, by one way, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.years.cases import Fact
from tests.years.office import MANDATORY, NEVER, Person
from tests.years.servers import Arrived


@dataclass(slots=True, eq=False)
class Owed:
    """`first_chance`: when it could first have been told, by a server that works. `loose`: its owner chose otherwise
    while it waited, or hears of it elsewhere: it may be told, and at most once. `settled`: it had its turn while
    nothing is sent of it: its owner did not want it; or whoever stands in knew of it, or had no phone and had mail of
    it. `by_mail`: a delivery ran while whoever stands in had no phone, or a phone refused it; mail is what they get.
    `doubted`: it may have come, as our side noted; it is not begun anew. `due`: a delivery ran within its owner's
    hours; it waits for those of whoever stands in. `perhaps`: the case went to another area before its turn, and it is
    told there, unless the case is back by then; it is `settled` too, since nobody here knows which. `anyway`: whoever
    stands in heard of it by a message of their own, so that it may have counted as told before it was over.
    """

    fact: Fact
    person: Person
    channel: str
    arrived: Arrived | None = None
    known: bool = False
    doubted: bool = False
    over: str | None = None
    loose: bool = False
    settled: bool = False
    perhaps: bool = False
    by_mail: bool = False
    due: bool = False
    in_hand: bool = False
    anyway: bool = False
    said_late: bool = False
    first_chance: datetime | None = None

    def is_not_wanted(self) -> bool:
        """By what its owner chose since."""
        topic = self.fact.topic
        return self.loose and topic not in MANDATORY and self.person.pace(topic) == NEVER

    def has_its_turn(self, at: datetime) -> bool:
        """Whether it may be told at this moment, as its owner has chosen."""
        topic = self.fact.topic
        return self.person.may_be_told(topic, at) and at >= self.person.ready_at(topic, self.fact.made_at)

    def as_told_to(self, reader: str) -> tuple[object, str]:
        """By what it is known that somebody was told of this by this way: of each reminder of a visit once."""
        fact = self.fact
        return (fact.reference, fact.about) if fact.about else id(fact), reader + self.channel
