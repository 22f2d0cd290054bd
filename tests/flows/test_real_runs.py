"""Flows run by Prefect, against a real server: they do what the commands do, and tell Prefect nothing of people."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.environment import prefect_environment
from models.all import metadata
from models.keys import Keyring
from models.session import Database
from models.types import UtcDateTime
from tests.flows.machine import Machine, lived_in, run_python, wait_until
from tests.municipality import SYD, SYD_AREA, Municipality
from tests.support import MONDAY, Clock

DAY = MONDAY + timedelta(weeks=17)


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with candidates who are due on `DAY`. Nothing has been swept."""
    machine = Machine(tmp_path_factory.mktemp("lived"))
    shutil.copy(sqlite_template, machine.database)
    lived_in(machine, since=MONDAY).database.close()
    return machine


def _copied(machine: Machine, to: Path, **settings: str) -> Machine:
    copy = Machine(to, settings)
    shutil.copy(machine.database, copy.database)
    return copy


def _run_flows(machine: Machine, on: date = DAY) -> dict[str, str]:
    done = run_python(machine, "-m", "tests.flows.run_flows", on.isoformat())
    assert done.returncode == 0, done.stderr
    states: dict[str, str] = json.loads(done.stdout)
    return states


@pytest.fixture(scope="module")
def by_flows(prefect_server: Machine, lived: Machine, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A copy of `lived` after one run of every flow."""
    environment = prefect_environment(prefect_server.prefect_settings)
    machine = _copied(lived, tmp_path_factory.mktemp("flows"), **environment)
    states = _run_flows(machine)
    assert {state.partition(":")[0] for state in states.values()} == {"Completed"}, states
    return machine


def test_both_ways_end_in_the_same_rows_when_one_copy_is_swept_by_commands_and_one_by_flows(
    by_flows: Machine, lived: Machine, tmp_path: Path
) -> None:
    by_commands = _copied(lived, tmp_path)
    swept = by_commands("advance", "--on", DAY.isoformat(), "--json").json
    sent = by_commands("deliver", "--json").json

    assert swept["moved"] == 7
    assert swept["incidents"] == 1
    assert sent["sent"] + sent["gathered"] > 20
    assert _rows(by_flows) == _rows(by_commands)
    assert by_flows.letters() == by_commands.letters()


def _rows(machine: Machine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without the instants and the random ids that differ between any two sweeps."""
    database = Database(f"sqlite:///{machine.database}")
    try:
        with database.read() as session:
            return {
                table.name: [
                    {
                        name: value
                        for name, value in row.items()
                        if name != "command_id" and not isinstance(table.c[name].type, UtcDateTime)
                    }
                    for row in session.connection().execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for table in metadata.sorted_tables
            }
    finally:
        database.close()


def test_prefect_shows_the_stages_that_somebody_was_due_in(by_flows: Machine, prefect_server: Machine) -> None:
    query = """
        SELECT flow.name, task_run.name, task_run.state_name FROM task_run
        JOIN flow_run ON flow_run.id = task_run.flow_run_id JOIN flow ON flow.id = flow_run.flow_id
    """
    assert by_flows.letters()
    wait_until(lambda: len(prefect_server.remembered(query)) >= 4)
    assert {
        ("immigrant-track", "danish_course", "Completed"),
        ("immigrant-track", "intake", "Completed"),
        ("immigrant-track", "nowhere", "Completed"),
        ("ped-assistant-track", "work_placement", "Completed"),
    } <= set(prefect_server.remembered(query))


def test_prefect_has_a_table_and_an_event_of_each_sweep(by_flows: Machine, prefect_server: Machine) -> None:
    assert by_flows.letters()
    tables = "SELECT key, data FROM artifact"
    told = {key: json.loads(json.loads(data)) for key, data in prefect_server.remembered(tables)}
    assert {row["stage"]: row["due"] for row in told["immigrant-track"]} == {
        "danish_course": 4,
        "intake": 3,
        "nowhere": 1,
    }
    assert told["deliver-messages"][0]["sent"] == by_flows.letters()
    events = "SELECT event FROM events WHERE event LIKE 'sosu.%'"
    wait_until(
        lambda: (
            {
                ("sosu.immigrant-track.finished",),
                ("sosu.ped-assistant-track.finished",),
                ("sosu.deliver-messages.finished",),
            }
            <= set(prefect_server.remembered(events))
        )
    )


SPILL = "Olena Kovalenko 010190-1234"


@pytest.fixture(scope="module")
def spilling(prefect_server: Machine, lived: Machine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The states of flows run over a database that answers every write to one stage with somebody's name and number.

    To the delivery it answers so too, with an error that is told as a refusal. There is somebody in Syd to be told of
    a candidate: whoever waits for the stage that is not swept is not told yet.
    """
    environment = prefect_environment(prefect_server.prefect_settings)
    machine = _copied(lived, tmp_path_factory.mktemp("spilling"), **environment)
    database = Database(f"sqlite:///{machine.database}")
    keyring = Keyring.at(lived.home / "keys.json")
    yesterday = Clock(datetime.now(UTC).date() - timedelta(days=1))
    Municipality(database, keyring, yesterday, _enrolled=100).enrols(area=SYD_AREA, coordinator=SYD)
    of_the_stage = "(SELECT stage FROM enrolment WHERE id = {}) = 'danish_course'"
    with database.write() as session:
        for event, enrolment in (("UPDATE ON enrolment", "OLD.id"), ("INSERT ON incident", "NEW.enrolment_id")):
            session.connection().exec_driver_sql(
                f"CREATE TRIGGER spill_{event.split()[-1]} BEFORE {event} "
                f"WHEN {of_the_stage.format(enrolment)} BEGIN SELECT RAISE(ABORT, '{SPILL}'); END"
            )
        session.connection().exec_driver_sql(  # »no such table: Olena …«
            f"CREATE TRIGGER spill_attempt BEFORE INSERT ON attempt BEGIN INSERT INTO '{SPILL}' SELECT 1; END"
        )
    database.close()
    return _run_flows(machine)


def test_the_other_stages_are_swept_when_one_fails(spilling: dict[str, str]) -> None:
    assert spilling["immigrant_track"].startswith("Failed: ")
    assert "not swept: danish_course" in spilling["immigrant_track"]
    assert spilling["ped_assistant_track"].startswith("Completed")
    assert spilling["deliver"].startswith("Failed: ")
    assert "SOSU_DATABASE_URL" in spilling["deliver"]


def test_prefect_keeps_nothing_of_people_when_flows_have_run_well_and_badly(
    by_flows: Machine, spilling: dict[str, str], lived: Machine, prefect_server: Machine
) -> None:
    assert by_flows.letters()
    assert spilling
    told = (b"not swept: danish_course", b"SOSU_DATABASE_URL")
    wait_until(lambda: all(words in prefect_server.everything_of_prefect() for words in told))
    kept = prefect_server.everything_of_prefect()
    for key in (b"danish_course", b"immigrant-track", b"IntegrityError", b"Refused"):
        assert key in kept, "these are told to Prefect, so this test looks in the right place"
    for secret in _secrets(lived):
        assert secret.encode() not in kept


def _secrets(machine: Machine) -> Iterator[str]:
    """Names, parts of names, and addresses. The numbers are in SPILL: the database holds them only sealed."""
    yield from (SPILL, *SPILL.split(), "0101901234")
    for query in ("SELECT name FROM candidate", "SELECT name FROM staff", "SELECT email FROM staff"):
        for (text,) in _asked(machine, query):
            yield text


def _asked(machine: Machine, query: str) -> list[Any]:
    database = Database(f"sqlite:///{machine.database}")
    try:
        with database.read() as session:
            return list(session.connection().exec_driver_sql(query))
    finally:
        database.close()


def test_nothing_tried_to_reach_another_machine(
    by_flows: Machine, spilling: dict[str, str], prefect_server: Machine
) -> None:
    assert spilling
    assert by_flows.outbound == ""
    assert prefect_server.outbound == ""
