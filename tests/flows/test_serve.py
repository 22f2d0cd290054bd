"""`sosu serve` as a process: what it does, and that nothing is left of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from flows.runs import LastRun, last_runs
from models.message import Pace
from onboarding.store import ENROLMENT
from reports.deep.examining import examine
from tests.cli.running import NAMES
from tests.flows.machine import Machine, Serving, lived_in, wait_until
from tests.municipality import Municipality

CHILDREN = 4  # two processes of the page, Prefect's server, and the runner
_BY_SCHEDULE = "SELECT count(*) FROM flow_run WHERE auto_scheduled AND state_type = 'COMPLETED'"


def _all_are_told(town: Municipality) -> bool:
    """But what a manager gets in the next digest."""
    waiting = [message for message in town.messages(state="queued") if message["pace"] != Pace.DIGEST]
    return not waiting and len(town.messages()) > 20


def test_candidates_are_moved_and_messages_written_until_it_is_stopped_when_it_serves(machine: Machine) -> None:
    town = lived_in(machine, since=datetime.now(UTC).date() - timedelta(weeks=17))
    # Each run is a process that takes seconds to load: one by schedule is enough, after those that a start asks for.
    machine.settings |= {"SOSU_SWEEP_EVERY": "30", "SOSU_DELIVER_EVERY": "0.6"}
    with machine.serving() as serving:
        wait_until(lambda: serving.says("Klar"))
        assert "Log ind" in _page(machine)
        wait_until(lambda: _stages(town) == {"intake", "amu_course", "wage_subsidy", "nowhere"})
        wait_until(lambda: machine.letters() == len(town.messages(state="sent")) and _all_are_told(town))
        wait_until(lambda: machine.remembered(_BY_SCHEDULE)[0][0])
        runs = wait_until(lambda: _ended_well(machine))
        _refuses_a_second(machine)
        _stops_at_once(serving)
    assert [run.flow for run in runs] == ["deliver-messages", "immigrant-track", "ped-assistant-track"]
    assert all(0 < run.seconds < 150 for run in runs)
    assert machine.outbound == ""
    _says_what_it_did_in_lines_that_a_program_reads(serving)
    for words in (
        f"http://127.0.0.1:{machine.port}",
        f"http://127.0.0.1:{machine.page_port}",
        str(machine.outbox),
        "hvert 30. minut",
        "hvert 36. sekund",
    ):
        assert words in serving.said


def _stages(town: Municipality) -> set[str]:
    return {row["stage"] for row in town.rows(ENROLMENT)}


def _page(machine: Machine) -> str:
    """What somebody sees who opens the page and has not signed in."""
    with urlopen(f"http://127.0.0.1:{machine.page_port}/") as answer:
        return str(answer.read().decode())


def _ended_well(machine: Machine) -> list[LastRun]:
    """What Prefect says of every flow's last run, once each has ended."""
    runs = last_runs(machine.prefect_settings)
    return runs if all(run.ended_at for run in runs) else []


def _says_what_it_did_in_lines_that_a_program_reads(serving: Serving) -> None:
    said = [json.loads(line) for line in serving.said.splitlines() if line.startswith("{")]
    swept = [line for line in said if line["event"] == "sweep_finished"]
    assert {line["pathway"] for line in swept} == {"immigrant_track", "ped_assistant_track"}
    first = next(line for line in swept if line["pathway"] == "immigrant_track")
    assert (first["moved"], first["incidents"]) == (4, 1)
    events = [line["event"] for line in said]
    assert (events[0], events[-1]) == ("serve_started", "serve_stopped")
    assert "delivery_finished" in events
    assert said[-1]["seconds"] < 10
    assert not [name for name in NAMES if name in serving.said]


def _quickly(machine: Machine) -> Machine:
    """The same, where it is refused before it starts anything."""
    return replace(machine, forked=True)


def _refuses_a_second(machine: Machine) -> None:
    assert "kører allerede" in _quickly(machine)("serve", code=1).err
    elsewhere = Machine(machine.home / "elsewhere", port=machine.port)
    elsewhere.home.mkdir()
    assert f"Port {machine.port} er optaget" in _quickly(elsewhere)("serve", code=1).err


def _stops_at_once(serving: Serving) -> None:
    assert len(serving.children()) == CHILDREN
    began = time.monotonic()
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(timeout=60) == 0
    assert time.monotonic() - began < 10
    assert serving.left() == []
    assert serving.said.endswith("Stoppet.\n")


_RUNNING = "SELECT count(*) FROM flow_run WHERE state_type = 'RUNNING' AND name IS NOT NULL"


def test_nothing_is_half_done_when_it_is_stopped_in_the_middle_of_its_work(machine: Machine) -> None:
    """Somebody else writes at that moment, so that every flow that runs has to wait, and cannot end by itself."""
    town = lived_in(machine, since=datetime.now(UTC).date() - timedelta(weeks=17))
    before = town.rows(ENROLMENT), len(town.messages())
    with closing(sqlite3.connect(machine.database, isolation_level=None)) as other:
        with machine.serving() as serving:
            wait_until(lambda: serving.says("Klar"))  # the first runs have been asked for, and take seconds to begin
            other.execute("BEGIN IMMEDIATE")
            wait_until(lambda: machine.remembered(_RUNNING)[0][0] >= 2)
            _stops_at_once(serving)
        other.execute("ROLLBACK")
    assert (town.rows(ENROLMENT), len(town.messages())) == before
    assert found_broken(town) == [("IM-0008", "histories")], "the one that was broken before"
    machine("advance", "--json")
    machine("deliver")
    assert _stages(town) == {"intake", "amu_course", "wage_subsidy", "nowhere"}


def test_it_stops_at_once_when_it_has_hardly_begun(machine: Machine) -> None:
    with machine.serving() as serving:
        wait_until(lambda: len(serving.children()) == CHILDREN)
        _stops_at_once(serving)


def found_broken(town: Municipality) -> list[tuple[str, str]]:
    examined = examine(town.database, lambda: town.keyring, datetime.now(UTC), lambda _: None)
    return [(broken.about, broken.check) for one in examined for broken in one.first]


def test_it_refuses_to_begin_when_the_database_is_newer_than_the_program(machine: Machine) -> None:
    database = lived_in(machine, since=datetime.now(UTC).date()).database
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = _quickly(machine)("serve", code=1)
    assert said.err == "Databasen er nyere end programmet (9999). Brug den nyere udgave af programmet.\n"
    assert said.out == ""
    assert not machine.prefect.exists()


@pytest.mark.parametrize("setting", ["SOSU_PREFECT_PORT", "SOSU_PORT"])
def test_it_refuses_to_begin_and_says_what_to_do_when_something_else_has_the_port(
    machine: Machine, setting: str
) -> None:
    port = int(machine.environment()[setting])
    with closing(socket.create_server(("127.0.0.1", port))):
        said = _quickly(machine)("serve", code=1).err
    assert f"Port {port} er optaget" in said
    assert setting in said


def test_it_refuses_to_begin_when_the_page_has_an_address_that_there_is_not(machine: Machine) -> None:
    machine.settings["SOSU_HOST"] = "ingen-saadan-maskine.invalid"
    assert "SOSU_HOST" in _quickly(machine)("serve", code=1).err


def test_it_refuses_to_begin_when_the_design_system_is_not_there(machine: Machine) -> None:
    machine.settings["SOSU_ASSETS_DIR"] = str(machine.home / "nowhere")
    said = _quickly(machine)("serve", code=1).err
    assert "SOSU_ASSETS_DIR" in said
    assert "make setup" in said


def test_it_refuses_to_begin_when_messages_could_never_be_sent(machine: Machine) -> None:
    machine.settings["SOSU_MAIL_URL"] = "mailto://"
    assert "SOSU_MAIL_URL" in _quickly(machine)("serve", code=1).err


def test_it_says_so_and_begins_when_operations_could_not_be_told(machine: Machine) -> None:
    machine.settings["SOSU_OPERATIONS"] = "telefax 86000000"
    with machine.serving() as serving:
        wait_until(lambda: serving.says("SOSU_OPERATIONS skal begynde med en kanal"))
        assert "86000000" not in serving.said
        wait_until(lambda: len(serving.children()) == CHILDREN)
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(timeout=60) == 0


def test_it_says_that_trial_mode_keeps_messages_back_when_they_would_leave_the_machine(machine: Machine) -> None:
    machine.settings["SOSU_MAIL_URL"] = "mailto://127.0.0.1:1?from=sosu@example.org"
    assert "SOSU_MAIL_URL.\nPrøvedriften er slået til: kun medarbejderne på prøvelisten" in _begins(machine)
    machine("trial", "off")
    assert "Prøvedrift" not in _begins(machine)


def _begins(machine: Machine) -> str:
    """What it says before any of it runs."""
    with machine.serving() as serving:
        wait_until(lambda: serving.says("Prefect starter"))
        wait_until(lambda: len(serving.children()) == CHILDREN)
        _stops_at_once(serving)
    assert "med mailserveren i SOSU_MAIL_URL" in serving.said
    return serving.said


def test_everything_stops_and_it_says_so_when_prefects_server_dies(machine: Machine) -> None:
    with machine.serving() as serving:
        wait_until(lambda: len(serving.children()) == CHILDREN)
        os.kill(_child(serving, b"server\0start"), signal.SIGKILL)
        assert serving.process.wait(timeout=30) == 1
        assert serving.left() == []
    assert "Prefects server stoppede af sig selv" in serving.said
    assert str(machine.prefect / "server.log") in serving.said


def test_everything_stops_and_it_says_so_when_the_page_dies(machine: Machine) -> None:
    with machine.serving() as serving:
        wait_until(lambda: len(serving.children()) == CHILDREN)
        os.kill(_child(serving, b"web.serving"), signal.SIGKILL)
        assert serving.process.wait(timeout=30) == 1
        assert serving.left() == []
    assert "Siden stoppede af sig selv" in serving.said


def test_nothing_is_left_when_it_is_killed(machine: Machine) -> None:
    with machine.serving() as serving:
        wait_until(lambda: len(serving.children()) == CHILDREN)
        serving.process.kill()
        serving.process.wait()
        wait_until(lambda: serving.left() == [], 20)


def _child(serving: Serving, words: bytes) -> int:
    """The process of a child whose command line has these words."""
    return next(pid for pid in serving.children() if words in Path(f"/proc/{pid}/cmdline").read_bytes())
