"""A database with many enrolments, some of them due: the ground that every contestant starts from.

The due ones are in the Danish course, have lasted and have passed: one automatic step is waiting, and it tells two
people. The rest have the same history and are not due for a long while.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
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

_STARTED, _ADMITTED = "2026-08-01", "2026-08-15"
_DUE_ON, _NOT_DUE_ON = "2026-11-07", "2027-06-01"
_AT = "2026-08-15 07:00:00.000000"


def seed(path: Path, enrolments: int, due: int) -> None:
    """Makes `enrolments` of which `due` are due on `TODAY`, spread evenly over the table."""
    database = Database(f"sqlite:///{path}")
    schema.make_ready(database)
    with database.write() as session:
        publish(session, [track.pathway for track in TRACKS], NOW)
        for number in range(AREAS):
            add_area(session, f"Område {number}")
            add_staff(session, f"koordinator{number}@example.org", "K", "coordinator", [f"Område {number}"])
            add_staff(session, f"jobcenter{number}@example.org", "J", "jobcenter_officer", [f"Område {number}"])
    database.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    for statement, rows in _tables(enrolments, due):
        connection.executemany(statement, rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")
    connection.close()


def _tables(enrolments: int, due: int) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    numbers = range(1, enrolments + 1)
    every = enrolments // due if due else 0

    def is_due(number: int) -> bool:
        return bool(every) and number % every == 0

    yield (
        "INSERT INTO candidate (id, cpr_sealed, cpr_index, name, birth_date, created_by, created_at)"
        " VALUES (?, ?, ?, ?, '1990-05-05', 'seed', ?)",
        ((UUID(int=n).hex, b"x", n.to_bytes(32, "big"), f"Kandidat {n:07d}", _AT) for n in numbers),
    )
    yield (
        "INSERT INTO enrolment (id, reference, candidate_id, pathway_key, pathway_version, area_id, coordinator_id,"
        " starts_on, stage, status, entered_on, visit, seq, last_on, due_on, next_due_on, revision, created_by,"
        " created_at) VALUES (?, ?, ?, 'immigrant_track', 1, ?, ?, ?, 'danish_course', 'open', ?, 2, 2, ?, ?, ?, 2,"
        " 'seed', ?)",
        (
            (
                n,
                f"IM-{n:04d}",
                UUID(int=n).hex,
                n % AREAS + 1,
                2 * (n % AREAS) + 1,
                _STARTED,
                _ADMITTED,
                _ADMITTED,
                _DUE_ON if is_due(n) else _NOT_DUE_ON,
                _DUE_ON if is_due(n) else _NOT_DUE_ON,
                _AT,
            )
            for n in numbers
        ),
    )
    yield (
        "INSERT INTO transition (enrolment_id, seq, action, step, from_stage, to_stage, occurred_on, by, at,"
        " command_id) VALUES (?, ?, ?, ?, ?, ?, ?, 'seed', ?, ?)",
        (row for n in numbers for row in _history(n)),
    )
    yield (
        "INSERT INTO milestone (enrolment_id, key, achieved_on, by, at, command_id) VALUES (?, ?, ?, 'seed', ?, ?)",
        (
            (n, key, _ADMITTED, _AT, f"m-{n}")
            for n in numbers
            for key in ("interest_confirmed", "consent_given", "danish_course_passed")
            if key != "danish_course_passed" or is_due(n)
        ),
    )


def _history(number: int) -> Iterator[tuple[Any, ...]]:
    yield (number, 1, "enrol", None, None, "intake", _STARTED, _AT, f"e-{number}")
    yield (number, 2, "move", "admit", "intake", "danish_course", _ADMITTED, _AT, f"a-{number}")


def batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(items, size)):
        yield batch
