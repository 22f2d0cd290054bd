"""Two made-up years in two tracks: what `sosu demo` lives through, with the same verbs as everyone.

Chance decides who passes in time, who is late, ill, leaves or comes back; the seed decides chance. The world here knows
nothing that a coordinator would not: it sees in which stage somebody is, and from then on plans what will happen to
them there.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from cli import demo_people
from engine.case import Status
from engine.conditions import Holds
from engine.pathway import Pathway, Stage, Step
from engine.refusal import Refused
from models.area import HostArea
from models.candidate import Candidate
from models.enrolment import Enrolment
from models.keys import Keyring
from models.session import Database
from models.staff import Staff
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.drop import drop
from onboarding.enrol import Applicant, enrol
from onboarding.import_list import import_list, read_list
from onboarding.move import move
from onboarding.pause import pause, resume
from onboarding.post import Post
from onboarding.record import record
from onboarding.signed import Signed
from onboarding.staffing import add_area, add_staff
from onboarding.store import ENROLMENT, cases, enrolments, find
from onboarding.transfer import transfer
from onboarding.undo import undo

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LISTS = (
    ("immigrant_track", "immigrantprojekt-hold-1.xlsx"),
    ("ped_assistant_track", "ledige-paedagogiske-assistenter.csv"),
)
BEGINS = date(2026, 9, 1)
WEEKS = 104

_STAFF = (
    ("koordinator.viby@example.org", "Karen Koordinator", "coordinator", "Viby-Højbjerg"),
    ("koordinator.syd@example.org", "Kurt Koordinator", "coordinator", "Syd"),
    ("leder.viby@example.org", "Lise Leder", "manager", "Viby-Højbjerg"),
    ("leder.syd@example.org", "Lars Leder", "manager", "Syd"),
)
_OFFICER = ("jobcenter@example.org", "Jonna Jobcenter", "jobcenter_officer")


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely something is, for each stage that somebody enters."""

    drops_out: float = 0.06
    pauses: float = 0.10
    is_late: float = 0.22
    clicks_wrong: float = 0.02
    transfers: float = 0.01
    comes_back: float = 0.40
    takes_first_step: float = 0.92


@dataclass(order=True, slots=True)
class _Event:
    day: date
    number: int
    reference: str = field(compare=False)
    visit: int = field(compare=False)
    what: Callable[[Session, Signed], Any] = field(compare=False)


@dataclass(slots=True)
class Lived:
    """What the two years held, in numbers."""

    actions: int = 0
    refused: int = 0
    moved: int = 0
    reminders: int = 0
    came_back: int = 0
    delivered: Delivered = field(default_factory=Delivered)


class World:
    """The people of the two lists, and what will happen to them."""

    def __init__(self, database: Database, keyring: Keyring, post: Callable[[date], Post], seed: int) -> None:
        self.database, self.keyring, self.post = database, keyring, post
        self.random, self.chances, self.lived = Random(seed), Chances(), Lived()  # noqa: S311  a play, not a secret
        self._events: list[_Event] = []
        self._numbers = count()
        self._visits: dict[str, int] = {}
        self._coming_back: list[tuple[date, str]] = []
        self._names: dict[str, list[str]] = {}

    def begin(self) -> None:
        """Makes the areas and the staff, and reads the two lists in."""
        with self.database.write() as session:
            for area in ("Viby-Højbjerg", "Syd"):
                add_area(session, area)
            for email, name, role, area in _STAFF:
                add_staff(session, email, name, role, [area])
            add_staff(session, *_OFFICER)
        for key, name in LISTS:
            candidates = read_list(SAMPLES / name)
            with self.database.write() as session:
                signed = self._signed(BEGINS, _OFFICER[0], f"import-{key}")
                made = import_list(session, self.keyring, candidates, key, signed)
            self._visits.update(dict.fromkeys(made["enrolments"], 0))
            self._names[key] = [row.name for row in candidates.parsed.rows]

    def live(self, weeks: int, progress: Callable[[int], None]) -> Lived:
        """Lets the weeks pass: on each day a sweep, what people do, and the post."""
        for week in range(weeks):
            monday = BEGINS + timedelta(weeks=week)
            if week in demo_people.WEEKS:
                self._a_group_begins(monday)
            for day in (monday + timedelta(days=number) for number in range(7)):
                self._sweep(day)
                self._people_act(until=day + timedelta(days=1))
                self._deliver(day)
            progress(1)
        return self.lived

    def _a_group_begins(self, day: date) -> None:
        for key, size in demo_people.GROUP.items():
            for number in range(size):
                coordinator, _, _, area = _STAFF[number % 2]
                person = demo_people.newcomer(self.random, self._names[key], area, coordinator, day)
                with self.database.write() as session:
                    signed = self._signed(day, _OFFICER[0], f"group-{next(self._numbers)}")
                    self._visits[enrol(session, self.keyring, key, person, signed)["enrolment"]] = 0

    def _sweep(self, day: date) -> None:
        swept = advance(self.database, day, _morning(day))
        self.lived.moved += swept.moved
        self.lived.reminders += swept.reminders
        self._plan_new_visits()

    def _deliver(self, day: date) -> None:
        went = deliver(self.database, self.post(day))
        for name in ("sent", "failed", "skipped", "dead"):
            setattr(self.lived.delivered, name, getattr(self.lived.delivered, name) + getattr(went, name))
        self.lived.delivered.left = went.left

    def _people_act(self, until: date) -> None:
        while self._events and self._events[0].day < until:
            event = heapq.heappop(self._events)
            if self._visits.get(event.reference) == event.visit:
                self._act(event.day, event.reference, event.what)
                self._plan_new_visits(event.reference)
        for day, reference in [item for item in self._coming_back if item[0] < until]:
            self._coming_back.remove((day, reference))
            self._come_back(day, reference)

    def _act(self, day: date, reference: str, what: Callable[[Session, Signed], Any]) -> Any:
        """Does something as the candidate's own coordinator would; a refusal is part of life and is counted."""
        self.lived.actions += 1
        try:
            with self.database.write() as session:
                coordinator = _coordinator_of(session, reference)
                return what(session, self._signed(day, coordinator, f"{reference}-{next(self._numbers)}"))
        except Refused:
            self.lived.refused += 1
            return None

    def _plan_new_visits(self, only: str | None = None) -> None:
        """Plans what will happen to everybody who has come into a stage since last time."""
        wanted = enrolments().where(ENROLMENT.c.status != Status.ENDED)
        if only is not None:
            wanted = wanted.where(ENROLMENT.c.reference == only)
        with self.database.read() as session:
            rows = session.connection().execute(wanted.order_by(ENROLMENT.c.id)).all()
            arrived = [row for row in rows if row.visit != self._visits[row.reference]]
            loaded = cases(session, arrived) if arrived else []
        for case in loaded:
            place = case.case.place
            self._visits[case.row.reference] = place.visit
            self._plan(case.row.reference, case.pathway, case.pathway.open_stages[place.stage], place.entered_on)

    def _plan(self, reference: str, pathway: Pathway, stage: Stage, entered_on: date) -> None:
        chance = self.random.random
        days = (stage.lasts.after(entered_on) - entered_on).days if stage.lasts else 60
        steps = pathway.steps_from[stage.key]
        step = self._choose(steps)
        if chance() < self.chances.drops_out:
            self._will_leave(reference, pathway, entered_on + timedelta(days=int(days * (0.2 + 0.7 * chance()))))
            return
        if chance() < self.chances.transfers:
            other = next(key for key, _ in LISTS if key != pathway.key)
            self._at(entered_on + timedelta(days=days // 2), reference, self._transfer(reference, other))
            return
        delay = self._will_pause(reference, pathway, entered_on, days) if chance() < self.chances.pauses else 0
        if chance() < self.chances.is_late:
            delay += self.random.randint(7, 35)
        self._will_pass(reference, step, steps, entered_on, days, delay)

    def _choose(self, steps: tuple[Step, ...]) -> Step:
        """By hand mostly the first step; at a branch either one."""
        if all(step.automatic for step in steps):
            return self.random.choice(steps)
        return steps[0] if self.random.random() < self.chances.takes_first_step else steps[-1]

    def _will_leave(self, reference: str, pathway: Pathway, day: date) -> None:
        reason = self.random.choice(list(pathway.dropout_reasons))
        self._at(day, reference, lambda session, signed: drop(session, reference, reason, signed))
        if self.random.random() < self.chances.comes_back:
            self._coming_back.append((day + timedelta(weeks=self.random.randint(8, 30)), reference))

    def _will_pause(self, reference: str, pathway: Pathway, entered_on: date, days: int) -> int:
        """Plans a pause of some weeks; gives its days."""
        begins = entered_on + timedelta(days=int(days * (0.1 + 0.5 * self.random.random())))
        length = 7 * self.random.randint(2, 10)
        reason, review = self.random.choice(list(pathway.pause_reasons)), begins + timedelta(weeks=4)
        self._at(begins, reference, lambda session, signed: pause(session, reference, signed, reason, review))
        self._at(begins + timedelta(days=length), reference, lambda s, signed: resume(s, reference, signed))
        return length

    def _will_pass(
        self, reference: str, step: Step, steps: tuple[Step, ...], entered_on: date, days: int, delay: int
    ) -> None:
        wanted = [condition for condition in step.when if isinstance(condition, Holds)]
        for condition in wanted:
            day = entered_on + timedelta(days=int(days * (0.6 + 0.35 * self.random.random())) + delay)
            self._at(day, reference, self._record(reference, condition))
        if self.random.random() < self.chances.clicks_wrong and not step.automatic and len(steps) > 1:
            wrong = steps[-1] if step is steps[0] else steps[0]
            self._at(entered_on + timedelta(days=2), reference, self._click_wrong(reference, wrong))
        if not step.automatic:
            day = entered_on + timedelta(days=int(days * (0.75 + 0.25 * self.random.random())) + delay)
            self._at(day, reference, lambda session, signed: move(session, reference, step.key, signed))
            # Whoever was refused tries again when what was missing is there.
            self._at(
                day + timedelta(days=14), reference, lambda session, signed: move(session, reference, step.key, signed)
            )

    def _record(self, reference: str, condition: Holds) -> Callable[[Session, Signed], Any]:
        return lambda session, signed: record(session, reference, condition.milestone, signed, condition.value)

    def _click_wrong(self, reference: str, step: Step) -> Callable[[Session, Signed], Any]:
        def click_and_undo(session: Session, signed: Signed) -> None:
            move(session, reference, step.key, signed)
            undo(session, reference, self._signed(signed.on, signed.by, f"{signed.command_id}-undo"))

        return click_and_undo

    def _transfer(self, reference: str, to: str) -> Callable[[Session, Signed], Any]:
        def go(session: Session, signed: Signed) -> None:
            self._visits[transfer(session, reference, to, signed)["enrolment"]] = 0

        return go

    def _come_back(self, day: date, reference: str) -> None:
        def enter_again(session: Session, signed: Signed) -> None:
            loaded = find(session, reference)
            person = session.get_one(Candidate, loaded.row.candidate_id)
            applicant = Applicant(
                cpr=self.keyring.open(person.cpr_sealed, person.id),
                name=person.name,
                area=session.get_one(HostArea, loaded.row.area_id).name,
                coordinator=signed.by,
                starts_on=day,
                consent=True,
            )
            answer = enrol(session, self.keyring, loaded.pathway.key, applicant, signed)
            self._visits[answer["enrolment"]] = 0
            self.lived.came_back += 1

        self._act(day, reference, enter_again)

    def _at(self, day: date, reference: str, what: Callable[[Session, Signed], Any]) -> None:
        heapq.heappush(self._events, _Event(day, next(self._numbers), reference, self._visits[reference], what))

    def _signed(self, day: date, by: str, command_id: str) -> Signed:
        return Signed(by=by, on=day, at=_morning(day), command_id=command_id)


def _coordinator_of(session: Session, reference: str) -> str:
    wanted = select(Staff.email).join(Enrolment, col(Enrolment.coordinator_id) == Staff.id)
    return session.exec(wanted.where(Enrolment.reference == reference)).one()


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7), tzinfo=UTC)
