"""The contract that scripts and operations rely on: names, keys, exit codes and streams.

A process that starts from nothing takes most of a second, so most commands run in a forked one, which answers alike.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from models import schema
from models.session import Database
from tests.cli.running import Sosu
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.onboarding.listed import HEADINGS, person

START = "2026-09-07"
ENROL = ("--name", "Olena Kovalenko", "--area", VIBY_AREA, "--coordinator", VIBY, "--start", START, "--on", START)
IMMIGRANTS = ("--pathway", "immigrant_track")


def olena(sosu: Sosu, *more: str) -> Any:
    return sosu.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", *more, stdin="010190-1234\r\n")


def listed(sosu: Sosu, *rows: list[str]) -> str:
    path = sosu.home / "liste.csv"
    path.write_text("\n".join(";".join(row) for row in (HEADINGS, *rows)), encoding="utf-8")
    return str(path)


def test_the_whole_way_is_walked_when_a_script_walks_it(quick: Sosu) -> None:
    enrolled = olena(replace(quick, forked=False))  # the one step that starts the program as a script does
    assert (enrolled["enrolment"], enrolled["stage"]) == ("IM-0001", "intake")
    assert stat.S_IMODE((quick.home / "keys.json").stat().st_mode) == 0o600
    recorded = quick.json("record", "IM-0001", "interest_confirmed", "--on", START)
    assert {"enrolment", "stage", "moves"} <= recorded.keys()
    moved = quick.json("move", "IM-0001", "danish_course", "--on", START, "--command-id", "once", "--by", VIBY)
    assert quick.json("move", "IM-0001", "danish_course", "--on", START, "--command-id", "once", "--by", VIBY) == moved
    assert (moved["enrolment"], moved["stage"], moved["status"]) == ("IM-0001", "danish_course", "open")
    assert [move["to"] for move in moved["moves"]] == ["danish_course"]
    quick.json("record", "IM-0001", "danish_course_passed", "--on", "2026-11-01")

    advanced = quick.json("advance", "--on", "2026-11-30")
    assert {k: advanced[k] for k in ("on", "due", "moved", "reminders", "incidents")} == {
        "on": "2026-11-30",
        "due": 1,
        "moved": 1,
        "reminders": 0,
        "incidents": 0,
    }
    assert advanced["messages"] > 0
    assert {key: part["moved"] for key, part in advanced["pathways"].items()} == {
        "immigrant_track": 1,
        "ped_assistant_track": 0,
    }

    delivered = quick.json("deliver")
    assert {"sent", "failed", "skipped", "dead", "left"} <= delivered.keys()
    assert delivered["failed"] == delivered["dead"] == delivered["left"] == 0
    assert_mails_are_there(delivered)
    assert_it_is_shown(quick.json("show", "im-0001", "--on", "2026-12-01"))


def assert_mails_are_there(delivered: Any) -> None:
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in Path(delivered["outbox"]).glob("*.eml")]
    assert len(mails) == delivered["sent"]
    assert {mail["To"] for mail in mails} >= {VIBY}
    for mail in mails:
        assert "Kovalenko" not in str(mail)
        assert "1234" not in str(mail["Subject"])


def assert_it_is_shown(shown: Any) -> None:
    promised = "enrolment pathway version stage status revision plan milestones transitions messages"
    assert set(promised.split()) <= shown.keys()
    assert {"stage", "planned_end", "forecast_end", "actual_end"} <= shown["plan"][0].keys()
    assert (shown["enrolment"], shown["pathway"], shown["stage"]) == ("IM-0001", "immigrant_track", "amu_course")
    transitions = shown["transitions"]
    assert {"seq", "action", "from", "to", "by", "on", "at", "reason"} <= transitions[0].keys()
    assert [t["seq"] for t in transitions] == [1, 2, 3]
    assert [t["by"] for t in transitions][1:] == [VIBY, "system:sweep"]


def test_the_other_actions_answer_alike_when_asked(quick: Sosu) -> None:
    olena(quick)
    keys = {"enrolment", "stage", "status", "moves"}
    paused = quick.json("pause", "IM-0001", "--on", "2026-09-08")
    assert (paused["status"], paused["moves"], paused.keys() >= keys) == ("paused", [], True)
    prolonged = quick.json("prolong", "IM-0001", "--review-on", "2026-12-01", "--on", "2026-09-08")
    assert (prolonged["status"], prolonged["moves"], prolonged.keys() >= keys) == ("paused", [], True)
    assert quick.json("show", "IM-0001", "--on", "2026-09-08")["review_on"] == "2026-12-01"
    resumed = quick.json("resume", "IM-0001", "--on", "09-09-2026")
    assert (resumed["status"], resumed.keys() >= keys) == ("open", True)
    snoozed = quick.json("snooze", "IM-0001", "--until", "2026-09-20", "--reason", "Ferie", "--on", "2026-09-09")
    assert (snoozed["until"], snoozed["reason"], snoozed.keys() >= keys) == ("2026-09-20", "holiday", True)
    shown = quick.json("show", "IM-0001", "--on", "2026-09-09")
    assert (shown["snooze"]["until"], shown["transitions"][-1]["action"]) == ("2026-09-20", "snooze")
    elsewhere = quick.json("elsewhere", "IM-0001", "--reason", "jobcenter", "--on", "2026-09-09")
    assert (elsewhere["until"], elsewhere["reason"], elsewhere.keys() >= keys) == (None, "jobcenter", True)
    reminded = quick.json("remind", "IM-0001", "--on", "2026-09-09")
    assert (reminded["until"], reminded["reason"], reminded.keys() >= keys) == (None, None, True)
    dropped = quick.json("drop", "IM-0001", "--reason", "Flyttet fra kommunen", "--on", "10.09.2026")
    assert (dropped["stage"], dropped["status"]) == ("dropped_out", "ended")
    undone = quick.json("undo", "IM-0001", "--on", "2026-09-11")
    assert (undone["stage"], undone["status"], undone.keys() >= keys) == ("intake", "open", True)
    quick.json("record", "IM-0001", "contract_signed", "--on", "2026-09-11")
    withdrawn = quick.json("withdraw", "IM-0001", "contract_signed", "--on", "2026-09-11")
    assert (withdrawn["stage"], withdrawn["moves"], withdrawn.keys() >= keys) == ("intake", [], True)
    there = quick.json("transfer", "IM-0001", "--to", "ped_assistant_track", "--on", "2026-09-12")
    assert (there["enrolment"], there["stage"]) == ("PA-0001", "selection")


def test_a_list_is_imported_and_the_figures_follow_when_asked(quick: Sosu) -> None:
    path = listed(quick, *(person(number) for number in range(4)))
    keys = ("rows", "created", "updated", "unchanged", "errors", "saved")
    rehearsed = quick.json("import", path, *IMMIGRANTS, "--dry-run", "--on", START)
    assert [rehearsed[key] for key in keys] == [4, 4, 0, 0, [], False]
    imported = quick.json("import", path, *IMMIGRANTS, "--on", START)
    assert [imported[key] for key in keys] == [4, 4, 0, 0, [], True]
    again = quick.json("import", path, *IMMIGRANTS, "--on", START)
    assert [again[key] for key in keys] == [4, 0, 0, 4, [], True]

    board = quick.json("board", *IMMIGRANTS, "--on", "2026-09-22")
    assert board["pathway"] == "immigrant_track"
    assert board["stages"][0] | {"stage": "intake", "open": 4, "paused": 0, "due_soon": 0, "overdue": 4} == board[
        "stages"
    ][0] | {"title": "Visitation"}
    assert {"stage", "title", "count"} <= board["endings"][0].keys()
    report = quick.json("report", *IMMIGRANTS)
    assert {"active", "completed", "employed", "dropped_out", "by_stage"} <= report.keys()
    assert (report["active"], report["by_stage"]["intake"]) == (4, 4)
    assert (report["from"], report["to"]) == (None, None)
    before = quick.json("report", *IMMIGRANTS, "--from", "2020-01-01", "--to", "31-12-2020")
    assert before.keys() == report.keys()
    assert [before[name] for name in ("from", "to", "enrolled", "active")] == ["2020-01-01", "2020-12-31", 0, 0]
    entries = quick.json("list", *IMMIGRANTS, "--overdue", "--on", "2026-09-22")
    assert [entry["enrolment"] for entry in entries] == imported["enrolments"]
    found = quick.json("find", stdin=f"{person(2)[0]}\n")
    assert [entry["enrolment"] for entry in found] == ["IM-0003"]


def test_an_import_is_taken_back_when_it_was_a_mistake(quick: Sosu) -> None:
    imported = quick.json("import", listed(quick, person(0), person(1)), *IMMIGRANTS, "--on", START)
    came = {"row": 2, "outcome": "created", "changed": [], "known": False, "reference": None}
    assert imported["outcomes"][0] == came
    undone = quick.json("undo-import", str(imported["import"]), "--on", START)
    assert undone == {"import": 1, "enrolments": ["IM-0001", "IM-0002"], "told": 0, "unsent": 2}
    assert quick.json("report", *IMMIGRANTS)["enrolled"] == 0
    assert quick.json("list", *IMMIGRANTS, "--ended") == []
    assert "allerede fortrudt" in quick("undo-import", "1", code=1).err


def test_nothing_is_saved_and_every_fault_told_when_a_list_has_faults(quick: Sosu) -> None:
    path = listed(quick, person(0), person(1, cprnr="310299-1234"), person(2, koordinator="nobody@example.org"))
    ran = quick("import", path, *IMMIGRANTS, "--json", code=1)
    assert ran.json["saved"] is False
    assert [(fault["row"], fault["column"]) for fault in ran.json["errors"]] == [(3, "CPR-nr."), (4, "Koordinator")]
    assert all(fault["problem"] for fault in ran.json["errors"])
    assert "Intet er gemt" in ran.err
    for_people = quick("import", path, *IMMIGRANTS, code=1)
    assert "310299" not in for_people.out
    assert "række" in for_people.out
    assert "Koordinator" in for_people.out
    assert quick.json("report", *IMMIGRANTS)["enrolled"] == 0


def test_the_file_is_the_fault_when_it_is_no_list_at_all(sosu: Sosu) -> None:
    (sosu.home / "liste.xlsx").write_text("no workbook")
    ran = sosu("import", "liste.xlsx", *IMMIGRANTS, "--json", code=1)
    assert ".xlsx" in ran.err
    assert ran.json["saved"] is False
    assert [(fault["row"], fault["problem"]) for fault in ran.json["errors"]] == [(None, ran.err.strip())]
    assert {"rows", "created", "updated", "unchanged"} <= ran.json.keys()


def test_a_file_is_read_and_refused_without_waiting_when_somebody_else_writes(quick: Sosu) -> None:
    (quick.home / "liste.xlsx").write_text("no workbook")
    database = Database(f"sqlite:///{quick.database}")
    with database.write() as session:
        session.connection()  # from here on nobody else can
        assert ".xlsx" in quick.refused("import", "liste.xlsx", *IMMIGRANTS)
    database.close()


def test_every_unmet_condition_is_told_when_a_move_is_refused(quick: Sosu) -> None:
    olena(quick)
    assert "interest_confirmed" in quick.refused("move", "IM-0001", "admit", "--on", START)
    ran = quick("move", "IM-0001", "admit", "--on", START, "--json", code=1)
    assert ran.json == {"refused": ran.err.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "IM-0042"), "reference"),
        (("show", "010190-1234"), "reference"),
        (("record", "0101901234", "Kovalenko"), "reference"),
        (("board", "--pathway", "Kovalenko"), "immigrant_track"),
        (("advance", "--pathway", "no_such_track"), "immigrant_track"),
        (("import", "mangler.csv", *IMMIGRANTS), "findes ikke"),
        (("staff", "remove", "Olena Kovalenko"), "sosu staff list"),
        (("resend",), "--all"),
        (("enrol", *IMMIGRANTS, *ENROL, "--cpr", "010190-1234"), "--cpr -"),
        (("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-"), "CPR"),  # and nothing on standard input
        (("find", "--cpr", "010190-1234"), "--cpr -"),
    ],
)
def test_a_sentence_says_what_to_do_when_something_is_refused(
    quick: Sosu, arguments: tuple[str, ...], said: str
) -> None:
    err = quick.refused(*arguments)
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("show",),
        ("show", "IM-0001", "--when", START),
        ("advance", "--on", "tomorrow"),
        ("board", *IMMIGRANTS, "--on", "9999-12-31"),
        ("enrol", *IMMIGRANTS),
        ("import", "liste.csv"),
        ("drop", "IM-0001"),
        ("show", "IM-0001", "010190-1234"),
        ("record", "IM-0001", "consent_given", "--on", "0101901234"),
        ("010190-1234",),
    ],
)
def test_the_exit_code_is_two_when_the_usage_is_wrong(quick: Sosu, arguments: tuple[str, ...]) -> None:
    ran = quick(*arguments, code=2)
    assert ran.err + ran.out


@pytest.mark.parametrize(
    "terminal",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["ascii", "C", "latin-1"],
)
def test_no_number_is_repeated_when_the_terminal_knows_few_letters(sosu: Sosu, terminal: dict[str, str]) -> None:
    sosu.settings |= terminal
    ran = sosu("show", "010190-1234", "010190-1234", code=2)
    assert ran.err.startswith("Usage: sosu show [OPTIONS] {REF}\n")
    assert ran.err.endswith("(******-****)\n")
    assert "******-****" in sosu("010190-1234", code=2).err


def test_staff_and_areas_are_made_when_asked(quick: Sosu) -> None:
    assert quick.json("area", "add", "Nord")["area"] == "Nord"
    made = quick.json(
        "staff", "add", "ny@example.org", "--name", "Ny", "--role", "manager", "--area", "Nord", "--area", SYD_AREA
    )
    assert (made["staff"], made["role"], made["areas"]) == ("ny@example.org", "manager", ["Nord", SYD_AREA])
    assert quick.json("area", "list") == ["Nord", SYD_AREA, VIBY_AREA]
    assert quick.json("staff", "remove", SYD) == {"staff": SYD, "open": 0, "enrolments": [], "stood_in_for": []}
    people = {person["staff"]: person["active"] for person in quick.json("staff", "list")}
    assert (people["ny@example.org"], people[SYD]) == (True, False)


def test_the_pathways_tell_of_themselves_when_asked(quick: Sosu) -> None:
    assert [(p["pathway"], p["version"]) for p in quick.json("pathway", "list")] == [
        ("immigrant_track", 2),
        ("ped_assistant_track", 2),
    ]
    shown = quick.json("pathway", "show", "ped_assistant_track")
    assert (shown["pathway"], shown["version"]) == ("ped_assistant_track", 2)
    assert "job_description_received" in {milestone["key"] for milestone in shown["milestones"]}
    drawn = quick("pathway", "diagram", "immigrant_track").out
    assert drawn.startswith("stateDiagram-v2")
    assert "32-ugers AMU-forløb" in drawn


def test_messages_dead_letters_and_incidents_are_listed_when_asked(quick: Sosu) -> None:
    olena(quick)
    assert quick.json("messages") == [{"state": "queued", "reason": None, "count": 1}]
    assert quick.json("messages", "--dead") == []
    assert quick.json("resend", "--all") == {"queued": 0}
    assert quick.json("incidents") == []


def test_it_is_told_whether_reminders_are_heard_when_asked(quick: Sosu) -> None:
    olena(quick)
    quick.json("advance", "--on", "2026-09-22")
    quick.json("deliver")
    first, second = quick.json("messages", "--effect")
    assert first.keys() == {"pathway", "title", "from", "to", "reminders"}
    assert (first["pathway"], second["pathway"]) == ("immigrant_track", "ped_assistant_track")
    heard = {one.pop("kind"): one for one in first["reminders"]}
    assert heard["reminder_after"] == {"sent": 0, "followed": 0, "share": None, "days": None, "too_early": 1}
    [alone] = quick.json("messages", "--effect", *IMMIGRANTS, "--since", START, "--until", "2026-09-30")
    assert (alone["pathway"], alone["from"], alone["to"]) == ("immigrant_track", START, "2026-09-30")
    assert "Fristen er overskredet\t0\t0\t–\t–\t1" in quick("messages", "--effect").out
    assert quick("messages", "--effect", "--pathway", "nowhere", code=1).out == ""
    for wrong in (("--dead", "--effect"), ("--since", START), ("--effect", "--since", START, "--until", "2020-01-01")):
        quick("messages", *wrong, code=2)


def test_the_revision_is_told_when_the_database_is_upgraded(fresh: Sosu) -> None:
    assert fresh.json("db", "upgrade") == {"revision": schema.HEAD}
    assert fresh.json("db", "upgrade") == {"revision": schema.HEAD}
