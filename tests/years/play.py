"""Years in a municipality, day by day: what people do, what time does, and all that stands still for days.

All chance comes of one seed.
"""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from sqlalchemy import select

from models.enrolment import Enrolment
from models.message import MAIL, State
from models.session import Database
from models.staff import Staff
from models.types import table
from notifications.channels.destination import Destination
from notifications.channels.envelope import Envelope
from onboarding import trial
from onboarding.deliver import deliver
from onboarding.outbox import resend
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.post import Post
from onboarding.store import TRANSITION
from onboarding.telling_rows import AREA
from tests.municipality import MESSAGE, PATHWAYS, PUBLIC_URL, RENDERER, Municipality
from tests.support import Clock
from tests.years.cases import Case, Fact, is_quiet
from tests.years.comings import Comings
from tests.years.danish_time import instant, is_clock_changed_on, local, next_open
from tests.years.office import SMS, Office
from tests.years.oracle import PATIENCE, SOON, Oracle
from tests.years.people_act import Acting
from tests.years.reading import LIST, NEW_ONES
from tests.years.servers import OK, REFUSED, Killed, Server
from tests.years.stops import Stops
from tests.years.storms import MOST_AN_HOUR

ENROLMENT, STAFF = table(Enrolment), table(Staff)
BEGINS = date(2026, 9, 7)
#: When deliveries are tried: a little after each slot that somebody can choose, and in between. Danish time.
DELIVERIES = (time(2, 31), time(7, 1), time(7, 31), time(12, 1), time(13, 20), time(15, 31), time(16, 40), time(20))
SWEPT_AT, CHOSEN_AT, RESENT_AT, ACTED_AT = time(6), time(5), time(9), (time(10), time(14))
#: How many of those who arrive do so in a list, with a few others.
LISTED = 0.1
#: Of how many who arrive one begins in a class, with so many others who get the same coordinator: a storm.
CLASSED, CLASS = 30, (MOST_AN_HOUR, MOST_AN_HOUR + 4)


class Play:
    def __init__(self, town: Municipality, seed: int, enrolments: int, days: int, areas: int) -> None:
        self.town, self.random, self.days = town, Random(seed), days
        self.office = Office(town, self.random)
        self.oracle = Oracle(self.office)
        self.servers = {name: self._server(name) for name in (MAIL, SMS)}
        self.arrivals = sorted(self.random.randrange(days * 9 // 10) for _ in range(enrolments))
        self.classes = self.random.sample(self.arrivals, -(-enrolments // CLASSED))
        self.acting = Acting(town, self.random, self.office, self.oracle)
        self.comings = Comings(self.random, self.oracle, self.acting, self._observes)
        self.areas = [f"Område {chr(65 + number)}" for number in range(areas)]
        self.tries_in_vain, self.rests = 0.06, False
        self.seen = self.transitions = self.sweeps = 0
        self._events: list[tuple[datetime, int, int, Callable[[], None]]] = []
        self._number = count()
        town.clock = Clock(BEGINS)

    def _server(self, name: str) -> Server:
        return Server(name, self.random, lambda: self.town.clock(), self.oracle.hears, self._failed, self.oracle.doubts)

    def live(self, progress: Callable[[int], None] = lambda _: None) -> Oracle:
        self.office.opens(self.areas)
        with self.town.database.write() as session:
            trial.turn(session, on=False, by="cli:test", at=self.town.clock.now)
        self.stops = Stops(self.random, BEGINS, self.days)
        for day in range(self.days):
            self._lives_a_day(BEGINS + timedelta(days=day), self.arrivals.count(day), self.classes.count(day))
            progress(day)
        self.acting.rests = True
        self.rests = True
        self.comings.are_back()
        for server in self.servers.values():
            server.mode, server.mishaps = OK, 0
        for day in range(12):  # what is still on its way arrives; the weekly digests too
            self._lives_a_day(BEGINS + timedelta(days=self.days + day), 0, sweeps=False)
        self.oracle.ends()
        return self.oracle

    # What stands still

    def _is_stopped(self, *whats: str) -> bool:
        return not self.rests and self.stops.hold(self.town.clock.now, *whats)

    def _failed(self, channel: str, envelope: Envelope, what: str) -> None:
        """Whatever waits for them takes longer; what was refused goes by mail, or until somebody sends it again."""
        until = now = self.town.clock.now
        email = self.office.of_address(envelope.recipient)
        if what == REFUSED:
            until = instant(local(now).date() + timedelta(days=1), RESENT_AT) + SOON
            if channel == SMS:
                self.oracle.is_refused(email, envelope.subject, envelope.html, now)
        principals = [p for p, person in self.office.people.items() if email in {p, *(to for _, _, to in person.away)}]
        for principal in principals:
            self.oracle.had_trouble(principal, max(now + PATIENCE, until))

    # A day

    def _lives_a_day(self, day: date, arrivals: int, classes: int = 0, *, sweeps: bool = True) -> None:
        events: list[tuple[datetime, int, Callable[[], None]]] = [
            (instant(day, at), 2, self._delivers) for at in self._deliveries(day)
        ]
        if sweeps:
            events.append((instant(day, SWEPT_AT), 0, self._sweeps))
            events.append((instant(day, CHOSEN_AT), 0, self._chooses))
        events += [(instant(day, at), 1, self._acts) for at in ACTED_AT]
        events.append((instant(day, time(9, 50)), 1, lambda: self._enrols(arrivals, classes)))
        events.append((instant(day, RESENT_AT), 0, self._resends))
        for event in events:
            self._then(*event)
        while self._events:
            self.town.clock.now, _, _, what = heapq.heappop(self._events)
            what()

    def _then(self, at: datetime, weight: int, what: Callable[[], None]) -> None:
        """Something more that happens on this day; of what happens at the same moment the lighter first."""
        heapq.heappush(self._events, (at, weight, next(self._number), what))

    def _deliveries(self, day: date) -> list[time]:
        night = [time(hour, minute) for hour in range(4) for minute in (0, 20, 40)] if is_clock_changed_on(day) else []
        return [*DELIVERIES, *night, time(8, self.random.randrange(40)), time(11, self.random.randrange(60))]

    def _sweeps(self) -> None:
        if self._is_stopped("all", "sweeps"):
            return
        now, today = self.town.clock.now, local(self.town.clock.now).date()
        swept = self.town.sweeps(today)
        assert swept.incidents == 0
        self.sweeps += 1
        self._observes()
        for case in self.oracle.cases.values():
            for fact in case.is_swept(today, now):
                self.oracle.owes(fact)

    def _delivers(self) -> None:
        """One that should send nothing is tried now and then: it must not."""
        if self._is_stopped("all", "deliveries"):
            return
        if not self.oracle.can_be_told(self.town.clock.now) and self.random.random() > self.tries_in_vain:
            return
        mode = OK if self.rests else self.stops.mode(self.town.clock.now)
        for server in self.servers.values():
            server.mode = mode
        self.oracle.delivery_begins(self.town.clock.now)
        takes_longer = self._delivers_once()
        for server in self.servers.values():
            if server.broken is not None:
                raise server.broken
        if mode != OK:
            takes_longer = PATIENCE
        for email, person in self.office.people.items() if takes_longer else ():
            until = self.town.clock.now + takes_longer
            self.oracle.had_trouble(email, until if takes_longer < PATIENCE else next_open(person.hours, until) + SOON)
        self.oracle.delivery_ends(self.town.clock.now, works=not takes_longer)

    def _delivers_once(self) -> timedelta:
        """How much longer whatever waits may take: it was killed, or gave up."""
        with contextlib.suppress(Killed):
            if deliver(self.town.database, self._post()).stopped is None:
                return timedelta(0)
        return PATIENCE

    def _post(self) -> Post:
        post = self.town.post(seed=self.random.randrange(10**6))
        ways = dict.fromkeys(self.servers, Destination.WORLD)
        more = {"open_address": self.town.keyring.open, "most_an_hour": MOST_AN_HOUR}
        return replace(post, channels=self.servers, destinations=ways, renderer=RENDERER, public_url=PUBLIC_URL, **more)

    def _resends(self) -> None:
        """Somebody looks at what was given up, and sends it again."""
        m = MESSAGE.c
        with self.town.database.write() as session:
            dead = session.connection().execute(select(m.id, m.reason).where(m.state == State.DEAD)).all()
            ids = [row.id for row in dead if self._is_resent(row.reason)]
            reasons = {row.reason for row in dead}
            assert reasons <= {MAY_BE_RECEIVED, "refused_for_good", "too_many_attempts"}, reasons
            if ids:
                resend(session, ids, self.town.clock.now)

    def _is_resent(self, reason: str) -> bool:
        """What may have come is left alone."""
        return reason != MAY_BE_RECEIVED

    def _chooses(self) -> None:
        """Now and then somebody changes their mind, leaves for good or by mistake, or goes away."""
        if self.random.random() < 0.03:
            person = self.random.choice(self.office.here())
            self.office.chooses(person)
            self.oracle.chose_otherwise(person)
        today = local(self.town.clock.now).date()
        self.comings.on_a_day(today)
        if self.random.random() < 0.05:
            first = today + timedelta(days=self.random.randint(1, 9))
            person = self.random.choice(self.office.here())
            self.office.goes_away(person, first, first + timedelta(days=self.random.randint(0, 20)))

    def _enrols(self, arrivals: int, classes: int) -> None:
        for _ in range(classes):
            self.acting.enrols(self.random.choice(self.areas), self.random.randint(*CLASS))
            self._observes()
        for _ in range(arrivals):
            if self.random.random() < LISTED:
                self._imports()
            else:
                self.acting.enrols(self.random.choice(self.areas))
                self._observes()

    def _imports(self) -> None:
        """Each coordinator is told of the list once, and of no case of it by itself."""
        coordinators = self.acting.imports(self.random.choice(self.areas))
        fact = Fact(LIST, NEW_ONES, "handovers", ("coordinator",), self.town.clock.now)
        self._observes(listed=True)
        self.oracle.owes_to(coordinators, fact)

    def _acts(self) -> None:
        for case in list(self.oracle.cases.values()):
            if case.status != "ended" and self.acting.acts(case):
                self._observes()
                if self.random.random() < 0.03 and self.acting.undoes(case):
                    self._observes()

    # What happened, as the table of transitions has it

    def _observes(self, *, listed: bool = False) -> None:
        """`listed`: what is new came in a list, of which is told and not of each."""
        for row in _new_transitions(self.town.database, self.seen):
            self.seen, self.transitions = row["id"], self.transitions + 1
            case = self.oracle.cases.get(row["reference"]) or self._gets_to_know(row)
            if row["action"] == "assign":
                case.coordinator, case.area = row["coordinator"], row["area"]
                self.oracle.successors().of_a_hand_over(case)
            fact, over = case.follows(row, self.town.clock.now)
            told = not listed and not is_quiet(row, case.coordinator)
            if row["to_stage"] == "mistaken":
                told = self.oracle.overtaken().is_mistaken(case)
            elif over is not None:
                self.oracle.overtaken().is_over(case, over)
            self.oracle.successors().of_what_was_in_hand(case, local(self.town.clock.now).date())
            if case.prolonging_undone:
                self.oracle.overtaken().holds_again(case)
            self.oracle.owes(fact, quiet=not told)

    def _gets_to_know(self, row: dict[str, object]) -> Case:
        key, reference = str(row["pathway_key"]), str(row["reference"])
        officer = None if row["officer"] is None else str(row["officer"])
        definition = PATHWAYS[key].definition()
        case = Case(reference, key, definition, str(row["area"]), str(row["coordinator"]), officer)
        self.oracle.cases[reference] = case
        return case


def _new_transitions(database: Database, after: int) -> list[dict[str, object]]:
    t, e, officer = TRANSITION.c, ENROLMENT.c, STAFF.alias("officer")
    case = (e.reference, e.pathway_key, AREA.c.name.label("area"), STAFF.c.email.label("coordinator"))
    wanted = (
        select(TRANSITION, *case, officer.c.email.label("officer"))
        .join(ENROLMENT, t.enrolment_id == e.id)
        .join(AREA, e.area_id == AREA.c.id)
        .join(STAFF, e.coordinator_id == STAFF.c.id)
        .outerjoin(officer, e.officer_id == officer.c.id)
        .where(t.id > after)
        .order_by(t.id)
    )
    # The transition's own column of that name says less: only who was named with it.
    with database.read() as session:
        return [dict(row._mapping) for row in session.connection().execute(wanted)]
