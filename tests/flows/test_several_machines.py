"""A sweep shared by two workers, of whom one dies, the database is cut off and Prefect's server begins anew: in the end
the rows are those of a sweep that nothing happened to.

`make several` does the same without a hand: thirty seconds without the database, and what is left undone by the dead is
found by Prefect's heartbeats and the schedule alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select, true

from engine import kinds
from flows.composition import today
from models.keys import Keyring
from models.types import UtcDateTime
from onboarding.advance import advance
from onboarding.store import ENROLMENT, MILESTONE, REMINDER, TRANSITION
from tests.conftest import NewPostgres
from tests.crash.crowd import INCIDENT, MESSAGE, count_of, gather, opened
from tests.flows.cable import Cable
from tests.flows.machine import Machine, wait_until
from tests.flows.several import Several, ended
from tests.forked import PATIENCE
from tests.municipality import Municipality
from tests.support import Clock

WHOLE = "SOSU_SEVERAL" in os.environ
#: Seconds without the database; in the suite, those that Prefect's server takes to begin anew are enough.
CUT = 30 if WHOLE else 5
IMMIGRANTS, ASSISTANTS = (8_000, 2_000) if WHOLE else (1_600, 0)
ON = today()
#: As long as somebody else holds a lock in the database, whoever is past this many moves into the AMU course waits. So
#: each of the two has written some pages, and is in the middle of one.
_WRITTEN = IMMIGRANTS * 11 // 16
_LOCK = 1107
GATE = f"""
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.enrolment_id > {_WRITTEN} AND NEW.to_stage = 'amu_course' THEN
        PERFORM pg_advisory_xact_lock_shared({_LOCK});
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gate BEFORE INSERT ON transition FOR EACH ROW EXECUTE FUNCTION wait();
"""
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
DUE = ENROLMENT.c.next_due_on <= ON


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    """Machines of which Prefect's server comes up."""
    # In the suite each run is asked for: a schedule would start others when the machine has enough to do.
    settings = {} if WHOLE else {"SOSU_DELIVER_EVERY": "100000"}
    settings |= {"SOSU_SWEEP_EVERY": "1" if WHOLE else "100000"}
    with ended(Several(Machine(tmp_path, settings))) as made:
        made.start_server()
        yield made


@pytest.fixture
def crowd(new_postgres: NewPostgres, postgres_template: str, tmp_path: Path) -> str:
    """The URL of a database in which everybody is due today, and three of four will move."""
    url = new_postgres(postgres_template)
    with opened(url) as database:
        town = Municipality(database, Keyring.at(tmp_path / "keys.json"), Clock(ON - timedelta(days=93)))
        gather(town, tmp_path, IMMIGRANTS, ASSISTANTS)
    return url


@pytest.fixture
def undisturbed(crowd: str, new_postgres: NewPostgres) -> str:
    """The same after one sweep, by one process, to which nothing happened."""
    url = new_postgres(str(make_url(crowd).database))
    with opened(url) as database:
        advance(database, ON, Clock(ON).now)
    return url


_NOT_COMPARED = {
    TRANSITION: ("id", "command_id"),
    REMINDER: ("id",),
    MILESTONE: ("id",),
    INCIDENT: ("id",),
    ENROLMENT: (),
    # How far a message has come on its way says nothing of the sweep.
    MESSAGE: ("id", "lease", "state", "reason", "attempts", "digest_id", "channel", "pace"),
}


def rows(url: str) -> dict[str, list[str]]:
    """What a sweep wrote, without ids and instants, in an order of its own."""
    said = {}
    with opened(url) as database, database.read() as session:
        for of, differs in _NOT_COMPARED.items():
            wanted = [c for c in of.c if c.name not in differs and not isinstance(c.type, UtcDateTime)]
            # A digest tells what it gathered, and a delivery may have made some meanwhile.
            which = MESSAGE.c.kind != kinds.DIGEST if of is MESSAGE else true()
            found = session.connection().execute(select(*wanted).where(which))
            said[of.name] = sorted(str(tuple(row)) for row in found)
    return said


def moved(url: str) -> int:
    return count_of(url, TRANSITION, TRANSITION.c.action == "advance")


def due(url: str) -> int:
    return count_of(url, ENROLMENT, DUE)


def test_the_rows_are_those_of_an_undisturbed_sweep_when_a_worker_the_database_and_prefect_fail(
    several: Several, crowd: str, undisturbed: str
) -> None:
    tell = Diary()
    several.connect(Cable(crowd))
    several.await_server()
    tell("Prefect's server answers")
    for name in ("one", "two"):
        several.start_worker(name)
    with _gate(crowd) as waiting:
        assert several.machine("deploy", "--json").json["shards"] == 2
        if not WHOLE:
            several.sweep("immigrant-track", ON)
        tell("two workers, and due are", due(crowd))
        wait_until(lambda: waiting() == 2)
        dead = _dies_and_is_cut_off(several, crowd, tell)
    assert 0 < moved(crowd) < moved(undisturbed), "nothing failed in the middle of the sweep"
    _begins_anew(several, tell)
    if not WHOLE:
        several.do_again(dead, ON)  # a minute and a half sooner than Prefect and the schedule would
    wait_until(lambda: not due(crowd), 600 if WHOLE else PATIENCE)
    tell("nobody is due any more; moved", moved(crowd))
    assert rows(crowd) == rows(undisturbed)
    with opened(crowd) as database:
        assert advance(database, ON, Clock(ON).now).due == 0
    if WHOLE:
        wait_until(lambda: not _says_running(several, dead), 300)
        tell("Prefect knows who died")


@contextmanager
def _gate(url: str) -> Iterator[Callable[[], int]]:
    """Gives what tells how many wait at the gate; at the end it is opened, and gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(GATE.encode())
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield lambda: (connection.execute(_WAITING.encode()).fetchone() or (0,))[0]
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        connection.execute("DROP TRIGGER gate ON transition")


def _dies_and_is_cut_off(several: Several, crowd: str, tell: Diary) -> set[int]:
    """One worker dies, the other one loses the database; gives who died."""
    tell("both are in the middle of a page; moved", moved(crowd))
    dead = several.kill_worker("one")
    tell("a worker is killed; processes that died with it", len(dead))
    assert several.cable
    lost = several.cable.cut()
    tell("the database is cut off; connections lost", lost)
    assert dead
    assert lost
    return dead


def _begins_anew(several: Several, tell: Diary) -> None:
    """Prefect's server, while the database is away; then the database, and a worker in place of the dead one."""
    cut_at = time.monotonic()
    several.stop_server()
    several.start_server()
    several.await_server()
    tell("Prefect's server was stopped, began anew and answers")
    time.sleep(max(0.0, CUT - (time.monotonic() - cut_at)))
    assert several.cable
    several.cable.mend()
    tell("the database is back after seconds", round(time.monotonic() - cut_at))
    several.start_worker("three")


def _says_running(several: Several, dead: set[int]) -> list[str]:
    return [run["name"] for run in several.runs("RUNNING") if int(run["infrastructure_pid"]) in dead]


class Diary:
    """When what happened, for whoever reads the output (`make several`)."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str, number: int | None = None) -> None:
        said = what if number is None else f"{what}: {number}"
        sys.stdout.write(f"{time.monotonic() - self._began:6.1f} s  {said}\n")
        sys.stdout.flush()
