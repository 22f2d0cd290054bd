"""A small municipality to act in: two host areas, their staff, a clock, a postbox, and candidates who do things.

The sentences of the journeys are made of it: `olena.records("amu_certificate")`, `viby.reads_messages()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session
from sqlmodel import select as select_rows

from engine.pathway import Pathway
from flows.tracks import TRACKS
from models.keys import Keyring
from models.message import MAIL, Attempt, Message
from models.session import Database
from models.types import table
from notifications.channels.destination import Destination
from notifications.channels.envelope import Channel, Envelope
from notifications.render import Renderer
from onboarding.acting import Answer
from onboarding.advance import Advanced, advance
from onboarding.assign import assign
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.drop import drop
from onboarding.enrol import Applicant, enrol
from onboarding.import_list import import_list, read_list
from onboarding.move import move
from onboarding.pathways import publish
from onboarding.pause import pause, resume
from onboarding.post import Post
from onboarding.prolong import prolong
from onboarding.record import record
from onboarding.signed import Signed, new_command_id
from onboarding.snooze import elsewhere, remind, snooze
from onboarding.sorting import sort, unsorted
from onboarding.staffing import add_area, add_staff
from onboarding.transfer import transfer
from onboarding.undo import undo
from onboarding.withdraw import withdraw
from reports.case import show
from tests.support import Clock, Postbox, made_up_cpr

VIBY_AREA, SYD_AREA = "Viby-Højbjerg", "Syd"
VIBY, SYD = "koordinator.viby@example.org", "koordinator.syd@example.org"
VIBY_MANAGER, SYD_MANAGER = "leder.viby@example.org", "leder.syd@example.org"
OFFICER = "jobcenter@example.org"

ATTEMPT, MESSAGE = table(Attempt), table(Message)
PATHWAYS = {track.pathway.key: track.pathway for track in TRACKS}
#: Templates are compiled once for all tests of a process.
RENDERER = Renderer(tracks={track.pathway.key: track.templates for track in TRACKS})
PUBLIC_URL = "https://sosu.example.org"


def furnish(database: Database, clock: Clock) -> None:
    """The pathways published, the areas and the staff made."""
    with database.write() as session:
        publish(session, PATHWAYS.values(), clock.now)
        for area in (VIBY_AREA, SYD_AREA):
            add_area(session, area)
        for email, name, role, area in (
            (VIBY, "Karen Viby", "coordinator", VIBY_AREA),
            (SYD, "Lars Syd", "coordinator", SYD_AREA),
            (VIBY_MANAGER, "Mette Leder", "manager", VIBY_AREA),
            (SYD_MANAGER, "Jens Leder", "manager", SYD_AREA),
        ):
            add_staff(session, email, name, role, [area])
        add_staff(session, OFFICER, "Pia Jobcenter", "jobcenter_officer")


@dataclass
class Municipality:
    database: Database
    keyring: Keyring
    clock: Clock = field(default_factory=Clock)
    postbox: Postbox = field(default_factory=Postbox)
    _enrolled: int = 0

    def signed(self, by: str = VIBY, on: date | None = None, command_id: str | None = None) -> Signed:
        day = on or self.clock.today
        chosen = new_command_id() if command_id is None else command_id
        return Signed(by=by, on=day, at=self.clock.now, command_id=chosen)

    def applicant(self, name: str = "Olena Kovalenko", **more: Any) -> Applicant:
        """Somebody nobody knows yet, 36 years old unless `born` says otherwise."""
        self._enrolled += 1
        born = more.pop("born", date(1990, 1, 1) + timedelta(days=self._enrolled))
        given: dict[str, Any] = {
            "cpr": made_up_cpr(born, self._enrolled),
            "area": VIBY_AREA,
            "coordinator": VIBY,
            "starts_on": self.clock.today,
            "consent": True,
        }
        return Applicant(name=name, **(given | more))

    def enrols(self, name: str = "Olena Kovalenko", pathway: str = "immigrant_track", **more: Any) -> Candidate:
        """A candidate whom the jobcenter officer enrols; `by`, `on` and `command_id` sign, the rest is applied for."""
        signature: dict[str, Any] = {key: more.pop(key) for key in ("by", "on", "command_id") if key in more}
        applicant = self.applicant(name, **more)
        with self.database.write() as session:
            signed = self.signed(**({"by": OFFICER} | signature))
            answer = enrol(session, self.keyring, pathway, applicant, signed)
        return Candidate(self, answer["enrolment"], applicant)

    def imports(self, path: Path, pathway: str = "immigrant_track", on: date | None = None) -> Answer:
        candidates = read_list(path)
        with self.database.write() as session:
            return import_list(session, self.keyring, candidates, pathway, self.signed("cli:test", on))

    def sweeps(self, on: date | None = None, pathway: str | None = None) -> Advanced:
        return advance(self.database, on or self.clock.today, self.clock.now, pathway)

    def sweeps_every_day_until(self, day: date) -> None:
        """As the schedule would: each day from tomorrow to `day`, that one included."""
        while self.clock.today < day:
            self.clock.passes(days=1)
            self.sweeps()

    def post(
        self,
        channel: Channel | None = None,
        renderer: Renderer | None = None,
        seed: int = 1,
        destination: Destination = Destination.FOLDER,
    ) -> Post:
        by = channel or self.postbox
        return Post.by_mail(by, destination, renderer or RENDERER, PUBLIC_URL, self.clock, Random(seed))

    def delivers(self, channel: Channel | None = None, destination: Destination = Destination.FOLDER) -> Delivered:
        return deliver(self.database, self.post(channel, destination=destination))

    def sorts(self, *further: str) -> None:
        """Says of what is new how it goes, by mail or by further channels, as a delivery does first."""
        ways = dict.fromkeys((MAIL, *further), Destination.FOLDER)
        with self.database.write() as session:
            sort(session, unsorted(session, self.clock.now), ways, self.clock.now)

    def publishes(self, *pathways: Pathway) -> list[str]:
        with self.database.write() as session:
            return publish(session, pathways, self.clock.now)

    def rows(self, of: Table, *order: str) -> list[dict[str, Any]]:
        """Every row of a table, in this order (otherwise by id)."""
        wanted = of.select().order_by(*(of.c[name] for name in order or ("id",)))
        with self.database.read() as session:
            return [dict(row._mapping) for row in session.connection().execute(wanted)]

    def messages(self, **wanted: Any) -> list[dict[str, Any]]:
        """Outbox rows that hold all these values."""
        return [row for row in self.rows(MESSAGE) if all(row[name] == value for name, value in wanted.items())]

    def changes(self, of: Table, where: dict[str, Any], values: dict[str, Any]) -> None:
        """Changes rows behind the verbs' back, as a fault in the machine room would."""
        conditions = [of.c[name] == value for name, value in where.items()]
        with self.database.write() as session:
            session.connection().execute(of.update().where(*conditions).values(values))

    def count(self, model: Any) -> int:
        with self.database.read() as session:
            return len(session.exec(select_rows(model)).all())


@dataclass
class Candidate:
    """A candidate on the way, and what staff do with them on the day that the clock shows."""

    town: Municipality
    reference: str
    applicant: Applicant

    def _act(self, verb: Any, *asked: Any, by: str = VIBY, command_id: str | None = None, **more: Any) -> Answer:
        on = more.pop("on", None)
        with self.town.database.write() as session:
            return self._call(session, verb, asked, self.town.signed(by, on, command_id), more)

    def _call(self, session: Session, verb: Any, asked: tuple[Any, ...], signed: Signed, more: Any) -> Answer:
        made: Answer = verb(session, self.reference, *asked, signed, **more)
        return made

    def records(self, *milestones: str, **more: Any) -> Answer:
        """Records each; gives the answer to the last. `on`, `by`, `command_id`, `value`, `achieved_on` as the verb."""
        return [self._act(record, milestone, **more) for milestone in milestones][-1]

    def withdraws(self, milestone: str, **more: Any) -> Answer:
        return self._act(withdraw, milestone, **more)

    def moves(self, step: str, **more: Any) -> Answer:
        return self._act(move, step, **more)

    def pauses(self, reason: str = "illness", review_on: date | None = None, **more: Any) -> Answer:
        return self._act(pause, reason=reason, review_on=review_on, **more)

    def prolongs(self, review_on: date, reason: str | None = None, **more: Any) -> Answer:
        return self._act(prolong, review_on=review_on, reason=reason, **more)

    def resumes(self, **more: Any) -> Answer:
        return self._act(resume, **more)

    def snoozes(self, until: date, reason: str = "agreed", **more: Any) -> Answer:
        return self._act(snooze, until=until, reason=reason, **more)

    def is_handled_elsewhere(self, reason: str = "jobcenter", **more: Any) -> Answer:
        return self._act(elsewhere, reason=reason, **more)

    def is_reminded_again(self, **more: Any) -> Answer:
        return self._act(remind, **more)

    def drops_out(self, reason: str = "moved", **more: Any) -> Answer:
        return self._act(drop, reason, **more)

    def transfers(self, to_pathway: str, **more: Any) -> Candidate:
        answer = self._act(transfer, to_pathway, **more)
        return Candidate(self.town, answer["enrolment"], self.applicant)

    def is_assigned(self, coordinator: str, area: str | None = None, **more: Any) -> Answer:
        return self._act(assign, coordinator, area, **more)

    def undoes(self, **more: Any) -> Answer:
        return self._act(undo, **more)

    def shown(self, on: date | None = None) -> dict[str, Any]:
        with self.town.database.read() as session:
            return show(session, self.reference, on or self.town.clock.today)

    @property
    def stage(self) -> str:
        return str(self.shown()["stage"])

    @property
    def status(self) -> str:
        return str(self.shown()["status"])

    def forecast(self) -> dict[str, str | None]:
        """The day on which each stage is expected to be left."""
        return {stage["stage"]: stage["forecast_end"] for stage in self.shown()["plan"]}

    def planned(self) -> dict[str, str | None]:
        return {stage["stage"]: stage["planned_end"] for stage in self.shown()["plan"]}

    def happened(self) -> list[tuple[str, str | None, str]]:
        """Each transition as (action, from, to)."""
        return [(t["action"], t["from"], t["to"]) for t in self.shown()["transitions"]]

    def told(self, kind: str | None = None) -> list[tuple[str, str]]:
        """(kind, recipient) of every message about this enrolment, or of those of one kind."""
        shown = [(m["kind"], m["recipient"] or "") for m in self.shown()["messages"]]
        return [message for message in shown if kind in (None, message[0])]


@dataclass
class Inbox:
    """A member of staff who reads what the postbox has for them."""

    postbox: Postbox
    email: str
    _read: int = 0

    def reads_messages(self) -> list[Envelope]:
        """Those that have come since the last time."""
        everything = self.postbox.to(self.email)
        new, self._read = everything[self._read :], len(everything)
        return new

    def reads_subjects(self) -> list[str]:
        return [envelope.subject for envelope in self.reads_messages()]
