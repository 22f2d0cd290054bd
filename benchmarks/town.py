"""A municipality that has been at it for years: the ground on which the page is measured.

Unlike the ground of the sweep (`benchmarks.seed`), people here are in every stage of both tracks, on pause and ended,
have the names that people have, and each of them has a history, messages that were sent and looks that were noted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.seed import NOW, TODAY
from engine.conditions import Holds
from engine.pathway import Pathway, Step
from flows.tracks import TRACKS
from models import schema
from models.audit import FIRST, chained
from models.name_word import words_of
from models.session import Database
from onboarding.pathways import publish
from onboarding.staffing import add_area, add_staff

AREAS = 8
#: Somebody with one area of eight, somebody with all of them, and somebody who enrolled a quarter of everybody.
COORDINATOR, MANAGER, OFFICER = "koordinator0@example.org", "leder@example.org", "jobcenter@example.org"
_OFFICER_ID = AREAS + 2  # after the coordinators and the manager

_FIRST_NAMES = ("Olena", "Bogdan", "Aïsha", "Mikołaj", "Søren", "Amina", "Ülkü", "Fatima", "Jonas", "Mette", "Åse")
_LAST_NAMES = ("Kovalenko", "Popescu", "Hussein", "Østergaard", "Nowak", "Jensen", "Yılmaz", "Haddad", "Åkjær", "Tran")
_ENDINGS = (
    "ov",
    "enko",
    "ski",
    "sen",
    "ar",
    "ić",
    "al",
    "in",
    "or",
    "ez",
    "øj",
    "um",
    "ak",
    "ei",
    "yan",
    "oğlu",
    "lund",
)
_AT = "2026-08-15 07:00:00.000000"
_ENDED, _PAUSED, _LATE, _SOON = 0.30, 0.05, 0.05, 0.05  # what share of the people, in this order


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody's way so far. `due_in` is in how many days they should have left their stage."""

    number: int
    pathway: Pathway
    steps: tuple[Step, ...]
    status: str
    due_in: int
    name: str = field(repr=False)

    @property
    def stage(self) -> str:
        return self.steps[-1].target if self.steps else self.pathway.starts_in

    @property
    def area(self) -> int:
        return self.number % AREAS + 1


def build(path: Path, enrolments: int, random: Random) -> None:
    """Makes a new database of so many people. `random` decides their lives; the same one makes the same file."""
    database = Database(f"sqlite:///{path}")
    schema.make_ready(database)
    with database.write() as session:
        publish(session, [track.pathway for track in TRACKS], NOW)
        for number in range(AREAS):
            add_area(session, f"Område {number}")
            add_staff(
                session, f"koordinator{number}@example.org", f"Karen {number}", "coordinator", [f"Område {number}"]
            )
        add_staff(session, MANAGER, "Mette Leder", "manager", [])
        add_staff(session, OFFICER, "Jonna Jobcenter", "jobcenter_officer", [])
    database.close()
    lives = [_life(number, random) for number in range(1, enrolments + 1)]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    for table, rows in _tables(lives, random):
        _insert(connection, table, rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """The rows of one table name the same columns."""
    first = next(rows)
    columns = list(first)
    places = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  names of this file
    connection.execute(statement, [*first.values()])
    connection.executemany(statement, ([*row.values()] for row in rows))


def _life(number: int, random: Random) -> Life:
    pathway = TRACKS[0 if random.random() < 0.7 else -1].pathway
    ended = random.random() < _ENDED
    name = name_of(random)
    steps: list[Step] = []
    here = pathway.starts_in
    for _ in range(random.randrange(len(pathway.open_stages))):
        onward = [step for step in pathway.steps_from[here] if step.target in pathway.open_stages]
        if not onward:
            break
        steps.append(random.choice(onward))
        here = steps[-1].target
    out = [step for step in pathway.steps_from[here] if step.target in pathway.endings]
    if ended and out:
        return Life(number, pathway, (*steps, random.choice(out)), "ended", 0, name)
    lot = random.random()
    due_in = -random.randrange(1, 60) if lot < _LATE else random.randrange(14) if lot < _LATE + _SOON else 0
    status = "paused" if random.random() < _PAUSED else "open"
    return Life(number, pathway, tuple(steps), status, due_in or random.randrange(15, 400), name)


def name_of(random: Random) -> str:
    return f"{random.choice(_FIRST_NAMES)} {_last_name(random)}"


def _last_name(random: Random) -> str:
    """One of some thousands, as foreign to each other as last names are."""
    return random.choice(_LAST_NAMES)[:4] + random.choice(_ENDINGS) + random.choice(_ENDINGS)


def _tables(lives: list[Life], random: Random) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "candidate", (_candidate(life) for life in lives)
    yield "name_word", (row for life in lives for row in _words(life))
    yield "enrolment", (_enrolment(life) for life in lives)
    yield "transition", (row for life in lives for row in _history(life))
    yield "milestone", (row for life in lives for row in _milestones(life))
    yield "pause", (_pause(life, random) for life in lives if life.status == "paused")
    yield "message", (row for life in lives for row in _messages(life, random))
    yield "audit", _looks(lives)


def _candidate(life: Life) -> dict[str, Any]:
    number = life.number.to_bytes(32, "big")
    known = {"id": UUID(int=life.number).hex, "cpr_sealed": b"x", "cpr_index": number, "name": life.name}
    return known | {"birth_date": "1990-05-05", "created_by": "seed", "created_at": _AT}


def _words(life: Life) -> Iterator[dict[str, Any]]:
    for word in words_of(life.name):
        yield {"word": word, "candidate_id": UUID(int=life.number).hex}


def _enrolment(life: Life) -> dict[str, Any]:
    is_over = life.status == "ended"
    due_on = None if is_over else (TODAY + timedelta(days=life.due_in)).isoformat()
    return {
        "id": life.number,
        "reference": f"{life.pathway.reference_prefix}-{life.number:04d}",
        "candidate_id": UUID(int=life.number).hex,
        "pathway_key": life.pathway.key,
        "pathway_version": life.pathway.version,
        "area_id": life.area,
        "coordinator_id": life.area,
        "officer_id": _OFFICER_ID if life.number % 4 == 0 else None,
        "starts_on": "2026-02-01",
        "stage": life.stage,
        "status": life.status,
        "entered_on": "2026-08-15",
        "visit": len(life.steps) + 1,
        "seq": len(life.steps) + (2 if life.status == "paused" else 1),
        "last_on": "2026-08-15",
        "due_on": due_on,
        "next_due_on": due_on,
        "revision": len(life.steps) + 1,
        "created_by": "seed",
        "created_at": _AT,
    }


def _history(life: Life) -> Iterator[dict[str, Any]]:
    ways: list[tuple[str, str | None, str | None, str]] = [("enrol", None, None, life.pathway.starts_in)]
    ways += [("advance" if step.automatic else "move", step.key, step.source, step.target) for step in life.steps]
    if life.status == "paused":
        ways.append(("pause", None, life.stage, life.stage))
    for seq, (action, step, source, target) in enumerate(ways, start=1):
        yield {
            "enrolment_id": life.number,
            "seq": seq,
            "action": action,
            "step": step,
            "from_stage": source,
            "to_stage": target,
            "occurred_on": "2026-08-15" if seq > 1 else "2026-02-01",
            "reason": "illness" if action == "pause" else None,
            "review_on": "2026-12-24" if action == "pause" else None,
            "by": COORDINATOR,
            "at": _AT,
            "command_id": f"c-{life.number}-{seq}",
        }


def _milestones(life: Life) -> Iterator[dict[str, Any]]:
    asked = [condition for step in life.steps for condition in step.when if isinstance(condition, Holds)]
    for key, value in {condition.milestone: condition.value for condition in asked}.items():
        made = {"enrolment_id": life.number, "key": key, "value": value, "achieved_on": "2026-08-15"}
        yield made | {"by": COORDINATOR, "at": _AT, "command_id": f"m-{life.number}-{key}"}


def _pause(life: Life, random: Random) -> dict[str, Any]:
    review_on = (TODAY + timedelta(days=random.randrange(-10, 60))).isoformat()
    return {
        "enrolment_id": life.number,
        "seq": len(life.steps) + 2,
        "reason": "illness",
        "from_on": "2026-08-15",
        "review_on": review_on,
    }


def _messages(life: Life, random: Random) -> Iterator[dict[str, Any]]:
    """Two for each transition but a pause, one in two thousand of them given up."""
    for seq in range(1, len(life.steps) + 2):
        for audience, recipient in (("coordinator", life.area), ("manager", AREAS + 1)):
            yield {
                "cause": f"transition:{life.number}:{seq}",
                "kind": "moved",
                "topic": "moves",
                "audience": audience,
                "recipient_id": recipient,
                "enrolment_id": life.number,
                "seq": seq,
                "on_day": "2026-08-15",
                "meant_on": "2026-08-15",
                "state": "dead" if random.random() < 1 / 2000 else "sent",
                "attempts": 1,
                "send_after": _AT,
                "created_at": _AT,
                "finished_at": _AT,
            }


def _looks(lives: list[Life]) -> Iterator[dict[str, Any]]:
    """One of each case."""
    last = FIRST
    for life in lives:
        subject = f"{life.pathway.reference_prefix}-{life.number:04d}"
        hashed = chained(last, NOW, COORDINATOR, "look", subject, "own_case")
        row = {"at": _AT, "by": COORDINATOR, "action": "look", "subject": subject, "purpose": "own_case"}
        yield row | {"previous_hash": last, "hash": hashed}
        last = hashed
