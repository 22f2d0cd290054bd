"""A municipality that has been at it for years: the ground on which the page is measured.

Unlike the ground of the sweep (`benchmarks.seed`), people here are in every stage of both tracks, on pause and ended,
have the names that people have, and each of them has a history, messages that were sent and looks that were noted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.lives import Life, lived
from benchmarks.seed import NOW
from engine.audience import Audience
from engine.history import Verb
from engine.pathway import Step
from engine.topic import topic_of
from flows.tracks import TRACKS
from models import schema
from models.audit import FIRST, chained
from models.keys import Keyring
from models.name_word import words_of
from models.session import Database
from notifications.queue import kind_of, told_of
from onboarding.pathways import publish
from onboarding.staffing import add_area, add_staff
from onboarding.writing import state_of

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
_INSTANT = datetime(2026, 8, 15, 7, tzinfo=UTC)
_AT = f"{_INSTANT:%Y-%m-%d %H:%M:%S.%f}"
_GIVEN_UP = 2000  # one message in so many
_ENDED, _PAUSED, _LATE, _SOON = 0.30, 0.05, 0.05, 0.05  # what share of the people, in this order


def build(path: Path, enrolments: int, random: Random, keyring: Keyring) -> None:
    """Makes a new database of so many people. `random` decides their lives; their CPR numbers are sealed."""
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
    for table, rows in _tables(lives, keyring):
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
        return lived(number, pathway, (*steps, random.choice(out)), name, 0, None, random)
    lot = random.random()
    late, soon = -random.randrange(1, 60), random.randrange(14)
    due_in = late if lot < _LATE else soon if lot < _LATE + _SOON else random.randrange(15, 400)
    review_in = random.randrange(-10, 60) if random.random() < _PAUSED else None
    return lived(number, pathway, tuple(steps), name, due_in, review_in, random)


def name_of(random: Random) -> str:
    return f"{random.choice(_FIRST_NAMES)} {_last_name(random)}"


def _last_name(random: Random) -> str:
    """One of some thousands, as foreign to each other as last names are."""
    return random.choice(_LAST_NAMES)[:4] + random.choice(_ENDINGS) + random.choice(_ENDINGS)


def _tables(lives: list[Life], keyring: Keyring) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "candidate", (_candidate(life, keyring) for life in lives)
    yield "name_word", (row for life in lives for row in _words(life))
    yield "enrolment", (_enrolment(life) for life in lives)
    yield "transition", (row for life in lives for row in _history(life))
    yield "milestone", (row for life in lives for row in _milestones(life))
    yield "pause", (row for life in lives for row in _pauses(life))
    yield "message", _messages(lives)
    yield "attempt", (_attempt(message) for message in _messages(lives))
    yield "audit", _looks(lives)


def _area(life: Life) -> int:
    return life.number % AREAS + 1


def _reference(life: Life) -> str:
    return f"{life.pathway.reference_prefix}-{life.number:04d}"


def _candidate(life: Life, keyring: Keyring) -> dict[str, Any]:
    number = UUID(int=life.number)
    sealed = {"cpr_sealed": keyring.seal(life.cpr, number), "cpr_index": keyring.index(life.cpr)}
    known = {"id": number.hex, **sealed, "name": life.name, "birth_date": life.born.isoformat()}
    return known | {"created_by": "seed", "created_at": _AT}


def _words(life: Life) -> Iterator[dict[str, Any]]:
    for word in words_of(life.name):
        yield {"word": word, "candidate_id": UUID(int=life.number).hex}


def _enrolment(life: Life) -> dict[str, Any]:
    return {
        "id": life.number,
        "reference": _reference(life),
        "candidate_id": UUID(int=life.number).hex,
        "pathway_key": life.pathway.key,
        "pathway_version": life.pathway.version,
        "area_id": _area(life),
        "coordinator_id": _area(life),
        "officer_id": _OFFICER_ID if life.number % 4 == 0 else None,
        "starts_on": life.case.starts_on.isoformat(),
        **{name: _plain(value) for name, value in state_of(life.decision).items()},
        "revision": life.case.seq,
        "created_by": "seed",
        "created_at": _AT,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _history(life: Life) -> Iterator[dict[str, Any]]:
    for transition in life.transitions:
        yield {
            "enrolment_id": life.number,
            "seq": transition.seq,
            "action": transition.action,
            "step": transition.step,
            "from_stage": transition.source,
            "to_stage": transition.target,
            "occurred_on": transition.on.isoformat(),
            "reason": transition.reason,
            "review_on": _plain(transition.review_on),
            "coordinator_id": _area(life) if transition.action is Verb.ENROL else None,
            "by": COORDINATOR,
            "at": _AT,
            "command_id": f"c-{life.number}-{transition.seq}",
        }


def _milestones(life: Life) -> Iterator[dict[str, Any]]:
    for key, fact in life.case.milestones.items():
        made = {"enrolment_id": life.number, "key": key, "value": fact.value, "achieved_on": fact.on.isoformat()}
        yield made | {"by": COORDINATOR, "at": _AT, "command_id": f"m-{life.number}-{key}"}


def _pauses(life: Life) -> Iterator[dict[str, Any]]:
    for pause in life.case.pauses:
        days = {"from_on": pause.from_on.isoformat(), "review_on": pause.review_on.isoformat()}
        yield {"enrolment_id": life.number, "seq": pause.seq, "reason": pause.reason, **days}


def _messages(lives: list[Life]) -> Iterator[dict[str, Any]]:
    """To whoever is told of each transition; one in two thousand of them given up."""
    numbers = count(1)
    for life in lives:
        recipients = {Audience.COORDINATOR: _area(life), Audience.MANAGER: AREAS + 1}
        for transition in life.transitions:
            kind = kind_of(transition, paused=False)
            for audience in told_of(life.pathway, transition):
                number = next(numbers)
                yield {
                    "id": number,
                    "cause": f"transition:{life.number}:{transition.seq}",
                    "kind": kind,
                    "topic": topic_of(kind, ends=transition.ends),
                    "audience": audience,
                    "recipient_id": recipients.get(Audience(audience), _OFFICER_ID),
                    "enrolment_id": life.number,
                    "seq": transition.seq,
                    "on_day": transition.on.isoformat(),
                    "meant_on": transition.on.isoformat(),
                    "state": "dead" if number % _GIVEN_UP == 0 else "sent",
                    "reason": "too_many_attempts" if number % _GIVEN_UP == 0 else None,
                    "attempts": 1,
                    "send_after": _AT,
                    "created_at": _AT,
                    "finished_at": _AT,
                }


def _attempt(message: dict[str, Any]) -> dict[str, Any]:
    went = {"ok": message["state"] == "sent", "detail": "OK", "at": _AT}
    return {"message_id": message["id"], "number": 1, "channel": "mail", **went}


def _looks(lives: list[Life]) -> Iterator[dict[str, Any]]:
    """One of each case."""
    last = FIRST
    for life in lives:
        hashed = chained(last, _INSTANT, COORDINATOR, "look", _reference(life), "own_case")
        row = {"at": _AT, "by": COORDINATOR, "action": "look", "subject": _reference(life), "purpose": "own_case"}
        yield row | {"previous_hash": last, "hash": hashed}
        last = hashed
