"""Who works there, and what each of them chose: as the product is told it, and as the oracle remembers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from engine.topic import Topic
from models.message import MAIL, Pace
from onboarding.absences import CannotStandIn, be_away
from onboarding.contacts import put_contact
from onboarding.preferences import choose_times, choose_topic
from onboarding.staffing import add_area, add_staff, remove_staff
from onboarding.users import put_staff
from tests.municipality import OFFICER, Municipality
from tests.years.danish_time import Hours, is_open, last_slot, next_slot

SMS = "sms"
AT_ONCE, DIGEST, NEVER = "at_once", "digest", "never"
#: What the documents promise: these are told whatever somebody chooses.
MANDATORY = frozenset({"escalations", "deadlines", "handovers"})
#: How long after its slot a digest may come (decision 43), when a delivery was killed at that.
SLOT_LASTS = timedelta(hours=1)
OFFICE_HOURS: Hours = (time(7), time(17))
_HOURS = (None, None, None, "always", "12:00-13:00", "06:00-22:00", "02:00-03:30", "15:00-16:45")
_DIGESTS = ((None, None), (None, None), ("12345", "15:30"), ("7", "02:30"), ("1", "07:30"), ("24", "12:00"))


@dataclass
class Person:
    """`hours` is None for somebody who may be disturbed at any time."""

    email: str
    role: str
    area: str | None
    phone: str | None = None
    hours: Hours | None = OFFICE_HOURS
    digest_days: str = "12345"
    digest_at: time = time(7, 30)
    paces: dict[str, str] = field(default_factory=dict)
    by: dict[str, tuple[str, ...]] = field(default_factory=dict)
    away: list[tuple[date, date, str | None]] = field(default_factory=list)
    gone: bool = False

    @property
    def can_leave(self) -> bool:
        return self.role != "manager" or self.area is not None

    def pace(self, topic: str) -> str:
        usual = DIGEST if self.role == "manager" and topic in ("moves", "endings") else AT_ONCE
        return self.paces.get(topic, usual)

    def ways(self, topic: str) -> tuple[str, ...]:
        return self.by.get(topic) or (MAIL,)

    def ready_at(self, topic: str, made_at: datetime) -> datetime:
        """From when it may be told, apart from their hours."""
        if self.pace(topic) == AT_ONCE:
            return made_at
        return next_slot(self.digest_days, self.digest_at, made_at)

    def may_be_told(self, topic: str, at: datetime, there: Person | None = None, *, gathered: bool = False) -> bool:
        """Within their hours, or `gathered` at the slot of their digest; in those of whoever is `there` instead."""
        reader = there or self
        slot_is_now = at - last_slot(reader.digest_days, reader.digest_at, at) < SLOT_LASTS
        return is_open(reader.hours, at) or ((gathered or self.pace(topic) == DIGEST) and slot_is_now)


@dataclass
class Office:
    """The people by their e-mail."""

    town: Municipality
    random: Random
    people: dict[str, Person] = field(default_factory=dict)

    def opens(self, areas: list[str]) -> None:
        """In each area two coordinators and two managers; one manager and two officers for all of them. The
        officer whom every town has works no more.
        """
        with self.town.database.write() as session:
            remove_staff(session, OFFICER)
        for area in areas:
            with self.town.database.write() as session:
                add_area(session, area)
            for role in ("coordinator", "coordinator", "manager", "manager"):
                self._hires(role, area)
        self._hires("manager", None)
        self._hires("jobcenter_officer", None)
        self._hires("jobcenter_officer", None)
        for person in self.people.values():
            if self.random.random() < 0.8:
                self.chooses(person)

    def _hires(self, role: str, area: str | None) -> None:
        email = f"{role}{len(self.people)}@example.org"
        with self.town.database.write() as session:
            add_staff(session, email, f"Ansat {len(self.people)}", role, [area] if area else [])
        self.people[email] = Person(email, role, area)

    def hires_beside(self, person: Person) -> Person:
        """Somebody new, who does the same work from this moment."""
        number = len(self.people)
        email, areas = f"{person.role}{number}@example.org", [person.area] if person.area else []
        with self.town.database.write() as session:
            put_staff(session, email, f"Ansat {number}", person.role, areas, by="cli:test", at=self.town.clock.now)
        self.people[email] = Person(email, person.role, person.area)
        return self.people[email]

    def leaves(self, person: Person) -> None:
        """Somebody is taken out, and nothing is left of what they had chosen."""
        with self.town.database.write() as session:
            remove_staff(session, person.email)
        person.gone, person.away, person.phone, person.hours = True, [], None, OFFICE_HOURS
        person.paces, person.by, person.digest_days, person.digest_at = {}, {}, "12345", time(7, 30)
        for other in self.people.values():  # who is theirs no more when they come back either
            other.away = [(first, last, None if to == person.email else to) for first, last, to in other.away]

    def comes_back(self, person: Person) -> None:
        name, areas = person.email.partition("@")[0], [person.area] if person.area else []
        with self.town.database.write() as session:
            put_staff(session, person.email, name, person.role, areas, by="cli:test", at=self.town.clock.now)
        person.gone = False

    def here(self) -> list[Person]:
        return [person for person in self.people.values() if not person.gone]

    def chooses(self, person: Person) -> None:
        """Other hours, other days, another pace for a topic, other ways: whatever comes to mind."""
        self._chooses_times(person)
        for topic in self.random.sample(list(Topic), 3):
            paces = [AT_ONCE, DIGEST] if topic in MANDATORY else [AT_ONCE, DIGEST, NEVER]
            pace = AT_ONCE if topic == "escalations" else self.random.choice(paces)
            ways = self.random.choice([(), (), (MAIL,), (MAIL, SMS), (SMS, MAIL), (SMS,)])
            if SMS in ways and person.phone is None:
                self._gets_a_phone(person)
            with self.town.database.write() as session:
                choose_topic(session, person.email, topic, Pace(pace), ways)
            person.paces[topic], person.by[topic] = pace, ways

    def _chooses_times(self, person: Person) -> None:
        hours = self.random.choice(_HOURS)
        days, at = self.random.choice(_DIGESTS)
        with self.town.database.write() as session:
            choose_times(session, person.email, hours=hours, digest_days=days, digest_at=at)
        person.hours = OFFICE_HOURS
        if hours is not None:
            first, _, last = hours.partition("-")
            person.hours = None if hours == "always" else (time.fromisoformat(first), time.fromisoformat(last))
        person.digest_days, person.digest_at = days or "12345", time.fromisoformat(at or "07:30")

    def _gets_a_phone(self, person: Person) -> None:
        person.phone = f"+45{20000000 + len(person.email) + 100 * list(self.people).index(person.email)}"
        with self.town.database.write() as session:
            put_contact(session, self.town.keyring, person.email, SMS, person.phone, self.town.signed(person.email))

    def goes_away(self, person: Person, first: date, last: date) -> None:
        """Somebody who does the same work stands in; nothing happens where nobody can."""
        could = [
            other
            for other in self.here()
            if other is not person and other.role == person.role and other.area in (person.area, None)
        ]
        if person.role == "jobcenter_officer" or person.area is None or not could:
            return
        other = self.random.choice(could)
        busy = [(a, b) for one in (person, other) for a, b, _ in one.away if a <= last and b >= first]
        if busy:
            return
        try:
            with self.town.database.write() as session:
                be_away(session, person.email, first, last, other.email, self.town.signed(person.email))
        except CannotStandIn:
            return
        person.away.append((first, last, other.email))

    def who_is_there(self, email: str, on: date) -> str:
        """Who gets what is for somebody on this day."""
        seen, there = {email}, email
        while True:
            instead = [to for first, last, to in self.people[there].away if first <= on <= last]
            if not instead:
                return there
            if instead[0] is None or instead[0] in seen:
                return email
            there = instead[0]
            seen.add(there)

    def of_address(self, address: str) -> str:
        """The e-mail of whoever is reached there."""
        return next(p.email for p in self.people.values() if address in (p.email, p.phone))

    def told(self, audience: str, area: str, coordinator: str, officer: str | None) -> list[str]:
        """Who is behind an audience of a case."""
        if audience == "coordinator":
            return [coordinator]
        if audience == "jobcenter_officer" and officer is not None and not self.people[officer].gone:
            return [officer]
        return [p.email for p in self.here() if p.role == audience and p.area in (area, None)]
