"""What each person should have received, known by other means than the product's, and what they did receive.

Every fact is owed to whoever is behind its audiences, by each way that they chose, until it arrives or is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.years.cases import Case, Fact
from tests.years.danish_time import is_open, local
from tests.years.ledger import Ledger
from tests.years.mornings import Mornings
from tests.years.office import AT_ONCE, MANDATORY, NEVER, SMS, Office, Person
from tests.years.overtaken import Overtaken
from tests.years.owed import Owed
from tests.years.reading import is_single, is_true, lines, sayings
from tests.years.servers import Arrived
from tests.years.storms import Storms
from tests.years.successors import Successors, can_open, is_beyond

#: How long after a mishap whatever it touched is not called late: the longest wait between two tries, and some.
PATIENCE = timedelta(hours=13)
#: How much longer than the first good moment something may take: a storm is told once an hour.
SOON = timedelta(hours=2)


@dataclass
class Oracle:
    office: Office
    cases: dict[str, Case] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    trouble_until: dict[str, datetime] = field(default_factory=dict)
    _ledger: Ledger = field(default_factory=Ledger)
    _by_message: dict[str, list[Owed]] = field(default_factory=dict)
    _heard: dict[tuple[object, str], Owed] = field(default_factory=dict)
    _mornings: Mornings = field(default_factory=Mornings)
    _storms: Storms = field(default_factory=Storms)

    # What there is to tell

    def owes(self, fact: Fact, quiet: bool = False) -> None:
        """A fact is owed to everybody behind its audiences, once each."""
        case = self.cases[fact.reference]
        told = [
            email
            for audience in fact.audiences
            for email in self.office.told(audience, case.area, case.coordinator, case.officer)
        ]
        if fact.takes_back:
            told += [p.email for p in self.office.here() if self._ledger.heard_what_is_undone(fact, p)]
            for person in self.office.here():
                if person.email not in told and self._ledger.may_have_heard_what_is_undone(fact, person):
                    for channel in person.ways(fact.topic):
                        self._put(Owed(fact, person, channel, loose=True, settled=True))
        self.counts["facts"] += 1
        if fact.about is not None:
            self.overtaken().speaks_for(case, *fact.about)
            self.overtaken().may_be_lighter(fact, self.office.people[case.coordinator])
        self._ledger.undo(fact.reference, fact.takes_back)
        if not quiet:
            self._ledger.new += [(fact, self.office.people[email]) for email in dict.fromkeys(told)]

    def owes_to(self, emails: Iterable[str], fact: Fact) -> None:
        """A fact that is of no single case."""
        self.counts["facts"] += 1
        self._ledger.new += [(fact, self.office.people[email]) for email in emails]

    def overtaken(self) -> Overtaken:
        return Overtaken(self._ledger, self.counts)

    def successors(self) -> Successors:
        return Successors(self.office, self._ledger, self.cases)

    def chose_otherwise(self, person: Person) -> None:
        """Whatever waits for somebody may go as they chose before, or as they choose now."""
        waiting = self._ledger.waiting_for(person.email)
        by_fact = {id(o.fact): o.fact for o in waiting}
        for owed in waiting:
            owed.loose = True
        for fact in by_fact.values():
            had = {o.channel for o in self._ledger.all[fact.reference] if o.fact is fact and o.person is person}
            waits = [o for o in waiting if o.fact is fact]
            settled, perhaps = all(o.settled for o in waits), all(o.perhaps for o in waits)
            for channel in sorted({*person.ways(fact.topic)} - had):
                self._put(Owed(fact, person, channel, loose=True, settled=settled, perhaps=perhaps))
        for fact, channel in self._ledger.may_go_by_more_ways(person):
            self._put(Owed(fact, person, channel, loose=True, settled=True))
        self.counts["loose"] += len(waiting)

    def can_be_told(self, at: datetime) -> bool:
        """Whether there is anything for a delivery to do at this moment, by our account."""
        return bool(self._ledger.new) or any(
            (owed.person.may_be_told(owed.fact.topic, at) or owed.person.may_be_told(owed.fact.topic, at, there=there))
            and at >= owed.person.ready_at(owed.fact.topic, owed.fact.made_at)
            for waiting in self._ledger.waiting.values()
            for owed in waiting
            for there in (self._who_gets(owed, at),)
        )

    def _who_gets(self, owed: Owed, at: datetime) -> Person:
        """Whoever stands in, unless they cannot open the case."""
        there, case = self._there(owed.person.email, at), self.cases.get(owed.fact.reference)
        return there if case is None or can_open(there, case) else owed.person

    def _there(self, email: str, at: datetime) -> Person:
        return self.office.people[self.office.who_is_there(email, local(at).date())]

    # What a delivery does

    def delivery_begins(self, at: datetime) -> None:
        """What is new goes by the ways that its owner has by now, or not at all."""
        self._put_new()
        for (_, channel), waiting in self._ledger.waiting.items():
            for owed in waiting:
                owed.settled = owed.settled or owed.is_not_wanted()
                if channel == SMS and self._who_gets(owed, at).phone is None:
                    owed.by_mail = owed.by_mail or not self._ledger.has_mail(owed)

    def _put_new(self) -> None:
        new, self._ledger.new = self._ledger.new, []
        for fact, person in new:
            if person.pace(fact.topic) == NEVER and fact.topic not in MANDATORY:
                self.counts["refused by choice"] += 1
                self._ledger.refused.add((fact, person.email))
                continue
            told_before = self._ledger.was_told_before(fact, person)  # before it was over, and it comes again
            perhaps = self.overtaken().may_count_as_told(fact)
            for channel in () if told_before else person.ways(fact.topic):
                self._put(Owed(fact, person, channel, loose=perhaps, settled=perhaps))

    def _put(self, owed: Owed) -> None:
        self._ledger.put(owed)
        self.counts["owed"] += 1

    def hears(self, arrived: Arrived) -> None:
        said = lines(arrived.subject, arrived.html)
        self.counts["arrived"] += 1
        self.counts["digests"] += len(said) != 1
        if not said:
            self._is_wrong("unreadable", arrived, arrived.subject)
        if arrived.message_id in self._by_message:
            self._hears_again(arrived)
            return
        found = self._by_message[arrived.message_id] = [
            owed for reference, words in said if (owed := self._match(arrived, reference, words)) is not None
        ]
        # What comes at the time of a digest is alone in one; what a dead delivery had in hand is not gathered.
        at_once = all(owed.person.pace(owed.fact.topic) == AT_ONCE and not owed.in_hand for owed in found)
        if at_once and (count := self._storms.hears(self.office.of_address(arrived.address), arrived)):
            self._is_wrong("a storm", arrived, f"{count} single messages within an hour")
        for owed in found:
            owed.arrived, owed.known, owed.doubted = arrived, arrived.known, arrived.doubted
            self._ledger.unsure.append(owed)
            self._ledger.waiting[owed.person.email, owed.channel].remove(owed)
            self._check(owed, arrived, not is_single(arrived.subject))
            if is_single(arrived.subject) and self._ledger.is_undone(owed.fact):
                self._is_wrong("undone", arrived, f"{owed.fact}")
            if self.successors().is_for_another(owed):
                self._is_wrong("beyond", arrived, f"{owed.fact} for {owed.person.email}")
        for reference, words in sayings(arrived.subject, arrived.html):
            if reference in self.cases and not is_true(
                words, local(arrived.at).date(), self.cases[reference].ends_on()
            ):
                self._is_wrong("untrue", arrived, f"{reference}: {words}")
        if len(said) > 1:
            for apart in self._mornings.hears(found, arrived, self.trouble_until):
                self._is_wrong("apart", arrived, apart)

    def _hears_again(self, arrived: Arrived) -> None:
        """The same message once more: right only where our side never heard that it came."""
        self.counts["came again after a lost answer"] += 1
        before = self._by_message[arrived.message_id]
        if any(owed.known for owed in before):
            self._is_wrong("repeated", arrived, arrived.subject)
        said = Counter(lines(arrived.subject, arrived.html))
        for owed in before:
            line = (owed.fact.reference, owed.fact.words)
            owed.known = owed.known or (arrived.known and said[line] > 0)
            owed.doubted = owed.doubted or (arrived.doubted and said[line] > 0)
            said[line] -= 1
            if owed.over is not None and said[line] >= 0:
                self._is_wrong("over", arrived, f"{line} after {owed.over}")

    def was_in_hand(self, email: str, reference: str, about: tuple[int, str] | None) -> None:
        """A delivery was killed that had it in hand: it may have come, as far as anybody else knows."""
        for owed in self._ledger.all[reference]:
            if owed.person.email == email and owed.fact.about == about and not owed.known:
                owed.in_hand = True

    def may_have_been_told(self, person: Person) -> None:
        """They were taken out, and are back. What a dead delivery had in hand counts as told; and nobody is told that
        what they had heard of others' cases, or nobody of at all, was undone meanwhile.
        """
        for owed in self._ledger.waiting_for(person.email):
            case = self.cases.get(owed.fact.reference)
            no_news = (case and is_beyond(person, case)) or not self._ledger.was_heard_by_anybody(owed.fact)
            owed.settled = owed.settled or owed.in_hand or (bool(owed.fact.takes_back) and no_news)

    def doubts(self, message_id: str) -> None:
        """It came, and our side knows no more than that it may have."""
        for owed in self._by_message.get(message_id, ()):
            owed.doubted = True

    def _match(self, arrived: Arrived, reference: str, words: str) -> Owed | None:
        """What this line settles: owed to whoever reads it or to somebody they stand in for, what is to come first."""
        reader = self.office.of_address(arrived.address)
        owners = dict.fromkeys([*self._owners(reader, arrived.at), reader])
        theirs = [o for email in owners for o in self._ledger.may_come(email, arrived.channel)]
        waiting = [o for o in theirs if self._who_gets(o, arrived.at).email == reader]

        def last(owed: Owed) -> tuple[bool, ...]:
            ready_at = owed.person.ready_at(owed.fact.topic, owed.fact.made_at)
            is_early = local(ready_at).date() > local(arrived.at).date()  # a catch-up has what is due later that day
            return is_early, owed.settled, owed.person.email != reader, owed.loose

        for owed in sorted(waiting, key=last):
            if (owed.fact.reference, owed.fact.words) == (reference, words) and not self._is_known(owed, reader):
                self._heard[owed.as_told_to(reader)] = owed
                return owed
        self._is_wrong("repeated, over or nobody's", arrived, f"{reference}: {words}")
        return None

    def _owners(self, reader: str, at: datetime) -> list[str]:
        """Whose messages somebody gets at this moment."""
        today = local(at).date()
        return [email for email in self.office.people if self.office.who_is_there(email, today) == reader]

    def is_refused(self, reader: str, subject: str, body: str, at: datetime) -> None:
        """Their phone refused this for good."""
        for email in self._owners(reader, at):
            self._ledger.is_refused(email, lines(subject, body))

    def _is_known(self, owed: Owed, reader: str) -> bool:
        """Whether they had it; for somebody else, whose delivery died with it, counts only as far as our side knows."""
        had = self._heard.get(owed.as_told_to(reader))
        return had is not None and (had is owed or had.known or had.doubted)

    def _check(self, owed: Owed, arrived: Arrived, gathered: bool) -> None:
        person, topic, at = owed.person, owed.fact.topic, arrived.at
        if owed.loose:
            return
        if person.pace(topic) == NEVER and topic not in MANDATORY:
            self._is_wrong("not wanted", arrived, f"{owed.fact}")
        ready_at = person.ready_at(topic, owed.fact.made_at)
        if at < ready_at and not (gathered and local(at).date() == local(ready_at).date()):  # a catch-up has it too
            self._is_wrong("before its slot", arrived, f"{owed.fact}")
        there = self.office.people[self.office.of_address(arrived.address)]
        if not person.may_be_told(topic, at, there, gathered=gathered):
            self._is_wrong("outside hours", arrived, f"{owed.fact} hours {there.hours} gathered {gathered}")

    def delivery_ends(self, at: datetime, *, works: bool) -> None:
        """What could have been told by now and was not is late, unless something went wrong lately."""
        for (email, _), waiting in self._ledger.waiting.items():
            if not waiting or self.office.people[email].gone:
                continue
            for owed in waiting:
                there = self._who_gets(owed, at)
                if there is not owed.person:
                    owed.due = owed.due or owed.has_its_turn(at)
                    if self._ledger.is_heard_anyway(owed, there):
                        owed.loose = owed.anyway = True
                        owed.settled = owed.settled or (works and owed.due)
                calm = all(at >= self.trouble_until.get(one, at) for one in (email, there.email))
                if works and calm and is_open(there.hours, at) and (owed.due or there is owed.person):
                    self._is_late(owed, at)

    def _is_late(self, owed: Owed, at: datetime) -> None:
        if owed.loose or owed.said_late or at < owed.person.ready_at(owed.fact.topic, owed.fact.made_at):
            return
        if owed.first_chance is None:
            owed.first_chance = at
        elif at >= owed.first_chance + SOON:
            owed.said_late = True
            self.wrong.append(f"late: {owed.fact} for {owed.person.email} by {owed.channel} at {local(at)}")
            self.counts["late"] += 1

    def had_trouble(self, email: str, until: datetime) -> None:
        self.trouble_until[email] = max(until, self.trouble_until.get(email, until))
        for owed in self._ledger.waiting_for(email):
            owed.first_chance = None

    # How it ended

    def ends(self) -> None:
        """Whatever is still owed was lost."""
        for waiting in self._ledger.waiting.values():
            for owed in waiting:
                if owed.settled or (owed.loose and self._ledger.was_told_somehow(owed)):
                    continue
                self.counts["lost"] += 1
                self.wrong.append(f"lost: {owed.fact} for {owed.person.email} by {owed.channel}, loose: {owed.loose}")

    def _is_wrong(self, what: str, arrived: Arrived, why: str) -> None:
        self.counts[what] += 1
        self.wrong.append(f"{what}: {arrived.address} by {arrived.channel} at {local(arrived.at)}: {why}")
