"""The work that other engines are measured by (»onboarding-advance«), done by this one: arguments and line as theirs.

Six stages, one guard a stage, two messages a transition, rendered from the small templates that all of them use, and a
sender that only counts. Their `harness.py` and `workload.py` are looked for beside this file and in `PEERS_DIR`.

What is timed is the product: `advance`, then `deliver`. Of it only the words are exchanged for theirs, and the storm
guard is out of the way, since a thousand messages an hour to one coordinator is what they measure. Where theirs holds
the candidate's name, ours holds the reference: a message with a name in it does not leave.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session

from engine.audience import COORDINATOR, JOBCENTER_OFFICER
from engine.conditions import Holds, Lasted
from engine.pathway import Ending, Milestone, Outcome, Pathway, Stage, Step
from engine.spans import weeks
from engine.topic import Topic
from models import schema
from models.bulk import insert
from models.message import State
from models.session import Database as OurDatabase
from models.staff import Staff
from models.types import table
from notifications.because import because
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from notifications.queue import MESSAGE
from notifications.render import MessageContext, Rendered, Renderer
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.outbox import ATTEMPT
from onboarding.pathways import publish
from onboarding.post import Post
from onboarding.staffing import add_area, add_staff
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, TRANSITION

sys.path.insert(0, os.environ.get("PEERS_DIR", str(Path(__file__).parent)))
try:
    import harness
    import workload
except ImportError:
    raise SystemExit("Set PEERS_DIR to the folder with harness.py and workload.py of the other engines.") from None

STAFF = table(Staff)
KEY, PAGE = "onboarding", 1000
LASTS = {"danish_course": 1, "amu": 32, "practice_placement": 4, "fixed_term_position": 26, "sosu_education": 60}
#: The guard of each stage. A number that has to be reached is a milestone here: whoever records it has looked.
ASKS = {
    "danish_course": ("danish_exam_passed", "danish_level_2"),
    "amu": ("amu_weeks_attended", "amu_certificate"),
    "practice_placement": ("placement_satisfactory",),
    "fixed_term_position": ("contract_served",),
    "sosu_education": ("sosu_exam_passed",),
}
PATHWAY = Pathway(
    key=KEY,
    version=1,
    title="Onboarding",
    reference_prefix="ON",
    source="onboarding-advance",
    starts_in="danish_course",
    milestones=tuple(Milestone(key, key.replace("_", " ")) for keys in ASKS.values() for key in keys),
    stages=(
        *(Stage(key, key, lasts=weeks(lasts)) for key, lasts in LASTS.items()),
        Ending("completed", "completed", counts_as=Outcome.EMPLOYED),
    ),
    steps=tuple(
        Step(
            f"leave_{stage}",
            stage,
            target,
            f"leave {stage}",
            automatic=True,
            when=(Lasted(), *map(Holds, ASKS[stage])),
            tell=(JOBCENTER_OFFICER,),
        )
        for stage, target in workload.NEXT.items()
    ),
)
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ROLES = {because(COORDINATOR, Topic.MOVES): "coordinator", because(JOBCENTER_OFFICER, Topic.MOVES): "manager"}


class Words(Renderer):
    """The others' templates, for our messages. »candidate« is a word of theirs."""

    own = frozenset({"candidate"})

    def render(self, pathway_key: str, kind: str, context: MessageContext, because: str) -> Rendered:  # noqa: ARG002  as theirs
        subject, body = workload.render(
            ROLES[because],
            id=int(context.reference.rpartition("-")[2]),
            name=context.reference,
            from_stage=context.from_title,
            to_stage=context.stage_title,
            why=workload.GUARDS[context.from_title][0],
            at=NOW,
        )
        return Rendered(subject, body, "", self.own)


class Sender:
    """A channel on this machine that counts."""

    name = "null"

    def __init__(self) -> None:
        self.null = workload.NullSender()

    def send(self, envelope: Envelope) -> Answer:
        self.null.send(envelope.recipient, envelope.subject, envelope.text)
        return Answer(True, "OK")


def seed(database: OurDatabase, count: int) -> None:
    schema.make_ready(database)
    with database.write() as session:
        publish(session, [PATHWAY], NOW)
        add_area(session, "Aarhus")
        people = [workload.candidate(number) for number in range(1, count + 1)]
        for role, ours in (("coordinator", "coordinator"), ("manager", "jobcenter_officer")):
            for email in sorted({person[role] for person in people}):
                add_staff(session, email, email.partition("@")[0], ours, ["Aarhus"])
        known = session.connection().execute(select(STAFF.c.email, STAFF.c.id))
        numbers = {row.email: row.id for row in known}
        for begin in range(0, count, PAGE):
            for into, rows in _rows(people[begin : begin + PAGE], numbers):
                insert(session, into, rows)


ENTERED, AT = TODAY - timedelta(weeks=1), NOW - timedelta(weeks=1)
_MADE = {"created_by": "seed", "created_at": AT}
_HERE = {"pathway_key": KEY, "pathway_version": 1, "area_id": 1, "stage": "danish_course", "status": "open"}
_THEN = {"starts_on": ENTERED, "entered_on": ENTERED, "last_on": ENTERED, "due_on": TODAY, "next_due_on": TODAY}
_ONCE = {"visit": 1, "seq": 1, "revision": 1}
_BEGUN = {"seq": 1, "action": "enrol", "step": None, "from_stage": None, "to_stage": "danish_course"}
_SEEDED = {"by": "seed", "at": AT}


def _rows(people: list[dict[str, Any]], staff: dict[str, int]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """What there is of these people in each table, before any sweep."""
    yield CANDIDATE, [_person(p["id"], p["name"]) for p in people]
    yield ENROLMENT, [_enrolment(p["id"], staff[p["coordinator"]], staff[p["manager"]]) for p in people]
    begun = ({"enrolment_id": p["id"], "occurred_on": ENTERED, "command_id": f"e-{p['id']}"} for p in people)
    yield TRANSITION, [one | _SEEDED | _BEGUN for one in begun]
    held = ((p["id"], key) for p in people for key in ASKS["danish_course"])
    recorded = {"achieved_on": ENTERED, "command_id": "m"} | _SEEDED
    yield MILESTONE, [{"enrolment_id": number, "key": key} | recorded for number, key in held]


def _person(number: int, name: str) -> dict[str, Any]:
    born = {"name": name, "birth_date": date(1990, 5, 5)}
    return {"id": UUID(int=number), "cpr_sealed": b"x", "cpr_index": number.to_bytes(32, "big")} | born | _MADE


def _enrolment(number: int, coordinator: int, officer: int) -> dict[str, Any]:
    who = {"id": number, "reference": f"ON-{number:05d}", "candidate_id": UUID(int=number)}
    return who | {"coordinator_id": coordinator, "officer_id": officer} | _ONCE | _HERE | _THEN | _MADE


def counts(session: Session) -> list[int]:
    asked = (
        select(func.count()).where(ENROLMENT.c.stage == "amu"),
        select(func.count()).where(TRANSITION.c.action == "advance"),
        select(func.count()).where(MESSAGE.c.state == State.SENT),
        select(func.count()).where(ATTEMPT.c.ok),
    )
    return [session.connection().execute(one).scalar_one() for one in asked]


def main() -> None:
    arguments = harness.parse_args("sosu-onboarding", ("sqlite", "sqlite-wal", "postgres"))
    gc.freeze()  # as the program does when it has loaded what it needs
    gc.set_threshold(50_000)
    sender = Sender()
    with harness.Database(arguments.db, arguments.workdir, arguments.keep) as ground:
        database = OurDatabase(ground.url())
        ways = ({"mail": sender}, {"mail": Destination.FOLDER})
        post = Post(*ways, Words(), "http://127.0.0.1", lambda: NOW, Random(1), most_an_hour=10**9)

        def sweep() -> tuple[int, dict[str, float]]:
            began = time.perf_counter()
            moved = advance(database, TODAY, NOW).moved
            advanced = time.perf_counter()
            deliver(database, post)
            return moved, {"advance": advanced - began, "deliver": time.perf_counter() - advanced}

        def check(count: int) -> None:
            with database.read() as session:
                found = [*counts(session), sender.null.count]
            assert found == [count, count, 2 * count, 2 * count, 2 * count], found

        def make_overdue() -> None:
            with database.write() as session:
                session.connection().execute(update(ENROLMENT).values(next_due_on=TODAY - timedelta(days=1)))

        harness.run(
            "sosu-onboarding",
            arguments,
            ground,
            seed=lambda count: seed(database, count),
            sweep=sweep,
            check=check,
            make_overdue=make_overdue,
        )
        database.close()


if __name__ == "__main__":
    main()
