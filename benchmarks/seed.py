"""A database with many enrolments, some of them due: the ground that every contestant starts from.

The due ones are in the Danish course, have lasted and have passed: one automatic step is waiting, and it tells two
people. The rest have the same history and are not due for a long while.

It holds what a sweep reads and no more: nobody was told of anything, and no CPR number is sealed, so `sosu doctor
--deep` would find much to say. `benchmarks.town` is whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flows.tracks import TRACKS
from models import schema
from models.session import Database
from onboarding.pathways import publish
from onboarding.staffing import add_area, add_staff

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 5, tzinfo=UTC)
AREAS = 8

_VERSION = next(track.pathway.version for track in TRACKS if track.pathway.key == "immigrant_track")
_STARTED, _ADMITTED = "2026-08-25", "2026-09-08"
_DUE_ON, _NOT_DUE_ON = "2026-12-01", "2027-06-01"  # nothing is late: what is late is told together
_AT = "2026-09-08 07:00:00.000000"


def seed(path: Path, enrolments: int, due: int, areas: int = AREAS) -> None:
    """Makes `enrolments` of which `due` are due on `TODAY`, spread evenly over the table and nearly so over the areas,
    each of which has a coordinator and a jobcenter officer.
    """
    furnish(f"sqlite:///{path}", areas)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    for statement, rows in tables(enrolments, due, areas):
        connection.executemany(statement, rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")
    connection.close()


def furnish(url: str, areas: int) -> None:
    """The tables, the pathways, the areas and who works there."""
    database = Database(url)
    schema.make_ready(database)
    with database.write() as session:
        publish(session, [track.pathway for track in TRACKS], NOW)
        for number in range(areas):
            add_area(session, f"Område {number}")
            add_staff(session, f"koordinator{number}@example.org", "K", "coordinator", [f"Område {number}"])
            add_staff(session, f"jobcenter{number}@example.org", "J", "jobcenter_officer", [f"Område {number}"])
    database.close()


def tables(enrolments: int, due: int, areas: int = AREAS) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """A statement for SQLite and its rows for each table, of `enrolments` of which `due` are due."""
    numbers, every = range(1, enrolments + 1), enrolments // due if due else 0
    yield (
        "INSERT INTO candidate (id, cpr_sealed, cpr_index, name, birth_date, created_by, created_at)"
        " VALUES (?, ?, ?, ?, '1990-05-05', 'seed', ?)",
        ((UUID(int=n).hex, b"x", n.to_bytes(32, "big"), f"Kandidat {n:07d}", _AT) for n in numbers),
    )
    yield (
        "INSERT INTO enrolment (id, reference, candidate_id, pathway_key, pathway_version, area_id, coordinator_id,"
        " starts_on, stage, status, entered_on, visit, seq, last_on, due_on, next_due_on, revision, created_by,"
        " created_at) VALUES (?, ?, ?, 'immigrant_track', ?, ?, ?, ?, 'danish_course', 'open', ?, 2, 2, ?, ?, ?, 2,"
        " 'seed', ?)",
        (_enrolment(n, areas, is_due=_is_due(n, every)) for n in numbers),
    )
    yield (
        "INSERT INTO transition (enrolment_id, seq, action, step, from_stage, to_stage, occurred_on, by, at,"
        " command_id) VALUES (?, ?, ?, ?, ?, ?, ?, 'seed', ?, ?)",
        (row for n in numbers for row in _history(n)),
    )
    yield (
        "INSERT INTO milestone (enrolment_id, key, achieved_on, by, at, command_id) VALUES (?, ?, ?, 'seed', ?, ?)",
        ((n, key, _ADMITTED, _AT, f"m-{n}") for n in numbers for key in _held(is_due=_is_due(n, every))),
    )


def due_references(enrolments: int, due: int) -> list[str]:
    """Of those that `tables` makes due, in their order."""
    return [f"IM-{n:04d}" for n in range(1, enrolments + 1) if _is_due(n, enrolments // due)]


def _is_due(number: int, every: int) -> bool:
    """One in each block of `every`, and not the same one in each: nobody who divides by the number gets them all."""
    return bool(every) and (number - 1) % every == (number - 1) // every % every


def _enrolment(number: int, areas: int, *, is_due: bool) -> tuple[Any, ...]:
    area = number % areas
    day = _DUE_ON if is_due else _NOT_DUE_ON
    who = (number, f"IM-{number:04d}", UUID(int=number).hex, _VERSION)
    at_home = (area + 1, 2 * area + 1)
    return (*who, *at_home, _STARTED, _ADMITTED, _ADMITTED, day, day, _AT)


def _held(*, is_due: bool) -> tuple[str, ...]:
    return ("interest_confirmed", "consent_given", *(("danish_course_passed",) if is_due else ()))


def _history(number: int) -> Iterator[tuple[Any, ...]]:
    yield (number, 1, "enrol", None, None, "intake", _STARTED, _AT, f"e-{number}")
    yield (number, 2, "move", "admit", "intake", "danish_course", _ADMITTED, _AT, f"a-{number}")
