"""What a program can see: the same cases as its owner on the pages, with the keys of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from models.audit import AuditRow
from models.staff import Role
from reports.report import report
from reports.scope import Scope
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER
from tests.reports.lives import live
from tests.web.site import Site, lived_in

LISTED = {
    "enrolment",
    "pathway",
    "stage",
    "status",
    "revision",
    "starts_on",
    "due_on",
    "overdue",
    "area",
    "coordinator",
}


def found(site: Site, **query: Any) -> list[str]:
    answer = site.program("read").get("/cases", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["cases"])
    return [case["enrolment"] for case in answer.json()["cases"]]


def test_cases_are_listed_without_names_when_a_program_asks(site: Site) -> None:
    made = lived_in(site.town)
    site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    answer = site.program("read").get("/cases")
    said = answer.json()
    assert {key: said[key] for key in ("total", "page", "pages")} == {"total": 4, "page": 1, "pages": 1}
    assert all(case.keys() == LISTED for case in said["cases"])
    assert said["cases"][0]["enrolment"] == made["late"].reference, "the latest first"
    assert not [name for name in ("Olena", "Kovalenko", "Bogdan", "Mikołaj") if name in answer.text]


def test_cases_are_filtered_as_on_the_page_when_a_program_says_how(site: Site) -> None:
    made = {key: candidate.reference for key, candidate in lived_in(site.town).items()}
    for query, wanted in (
        ({"pathway": "ped_assistant_track"}, ["paused"]),
        ({"stage": "danish_course"}, ["moved"]),
        ({"overdue": True}, ["late"]),
        ({"due_soon": True}, ["near"]),
        ({"forgotten": True}, []),
        ({"area": VIBY_AREA}, ["late", "near", "moved", "paused"]),
        ({"area": SYD_AREA}, []),
        ({"coordinator": SYD}, []),
        ({"search": made["near"]}, ["near"]),
        ({"starts_from": "2026-10-08"}, ["moved"]),
        ({"starts_to": "2026-09-07", "pathway": "immigrant_track"}, ["late"]),
        ({"page": 2}, None),
    ):
        if wanted is None:
            assert site.program("read").get("/cases", params=query).json()["cases"] == []
        else:
            assert sorted(found(site, **query)) == sorted(made[one] for one in wanted), query


@pytest.mark.parametrize(
    "query",
    [
        {"pathway": "nowhere"},
        {"area": "Vest"},
        {"coordinator": "nobody@example.org"},
        {"stage": "nowhere"},
        {"stage": "selection", "pathway": "immigrant_track"},
        {"starts_from": "2026-09-08", "starts_to": "2026-09-07"},
    ],
)
def test_it_is_said_when_a_program_filters_by_what_there_is_not(site: Site, query: dict[str, str]) -> None:
    answer = site.program("read").get("/cases", params=query)
    assert (answer.status_code, len(answer.json()["reasons"])) == (422, 1)


def test_a_case_has_the_keys_of_the_command_line_when_a_program_reads_it(site: Site) -> None:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    answer = site.program("read").get(f"/cases/{olena.reference.lower()}")
    assert answer.json() == as_json(olena.shown()) | {"name": "Olena Kovalenko"}
    assert olena.applicant.cpr not in answer.text.replace("-", "")


def as_json(shown: dict[str, Any]) -> dict[str, Any]:
    """An instant is written with Z by the API, and with +00:00 by the command line."""
    moved = [one | {"at": one["at"].replace("+00:00", "Z")} for one in shown["transitions"]]
    return shown | {"transitions": moved}


def looks_at(site: Site, reference: str) -> list[tuple[str, str]]:
    rows = site.town.rows(AuditRow.__table__)  # type: ignore[attr-defined]  # SQLModel gives every table one
    return [(row["by"], row["purpose"]) for row in rows if (row["action"], row["subject"]) == ("look", reference)]


def test_each_look_is_written_down_when_programs_read_a_case(site: Site) -> None:
    olena = site.town.enrols()
    for email in (VIBY, OFFICER):
        assert site.program("read", email=email).get(f"/cases/{olena.reference}").status_code == 200
    assert looks_at(site, olena.reference) == [(VIBY, "own_case"), (OFFICER, "own_case")]


def test_a_purpose_is_asked_for_once_a_day_when_the_owner_has_no_part_in_the_case(site: Site) -> None:
    olena, program = site.town.enrols(), site.program("read", email=VIBY_MANAGER)
    address = f"/cases/{olena.reference}"
    refused = program.get(address)
    assert (refused.status_code, "supervision (Tilsyn og kvalitet)" in refused.text) == (422, True)
    assert "Olena" not in refused.text
    assert program.get(address, params={"purpose": "curiosity"}).status_code == 400
    assert program.get(address, params={"purpose": "supervision"}).status_code == 200
    assert program.get(address).status_code == 200
    site.town.clock.passes(days=1)
    assert program.get(address).status_code == 422
    assert looks_at(site, olena.reference) == [(VIBY_MANAGER, "supervision")] * 2


def test_a_board_counts_what_its_owner_sees_when_a_program_asks(site: Site) -> None:
    lived_in(site.town)
    site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    board = site.program("read").get("/pathways/immigrant_track/board").json()
    assert board.keys() == {"pathway", "title", "on", "stages", "endings"}
    assert {stage["stage"]: stage["open"] for stage in board["stages"] if stage["open"]} == {
        "intake": 2,
        "danish_course": 1,
    }


REPORT = "/pathways/immigrant_track/report"


def test_a_report_has_status_stages_and_half_years_when_a_program_asks(site: Site) -> None:
    for number in range(12):
        olena = site.town.enrols()
        if number < 6:
            olena.drops_out("moved")
    site.town.clock.passes(weeks=24)
    said = site.program("read").get(REPORT).json()
    assert {key: said[key] for key in ("from", "to", "enrolled", "active", "dropped_out", "by_reason")} == {
        "from": None,
        "to": None,
        "enrolled": 12,
        "active": 6,
        "dropped_out": 6,
        "by_reason": {"moved": 6},
    }
    assert said["by_stage"] == {stage["stage"]: stage["now"] for stage in said["stages"]}
    assert said["by_stage"]["intake"] == 6
    first = {"stage", "title", "reached", "left", "now", "days", "planned_days"}
    assert said["stages"][0].keys() == first
    year = said["half_years"][0]
    assert [year[key] for key in ("year", "half", "began")] == [2026, 2, 12]
    assert year["kept"] == {"1": 6, "3": None, "6": None, "12": None, "24": None}, "too early to tell"
    assert year["shares"]["1"] == 50


def test_a_report_tells_of_the_period_when_a_program_names_one(site: Site) -> None:
    for _ in range(5):
        site.town.enrols()
    first, program = site.town.clock.today, site.program("read")
    site.town.clock.passes(weeks=4)
    for _ in range(6):
        site.town.enrols(starts_on=site.town.clock.today)
    later = (first + timedelta(days=1)).isoformat()
    for query, enrolled in (({"to": first.isoformat()}, 5), ({"from": later}, 6), ({}, 11)):
        said = program.get(REPORT, params=query).json()
        assert (said["enrolled"], said["from"], said["to"]) == (enrolled, query.get("from"), query.get("to"))
    turned = program.get(REPORT, params={"from": later, "to": first.isoformat()})
    assert (turned.status_code, "slutter, før den begynder" in turned.json()["reasons"][0]) == (422, True)
    assert program.get(REPORT, params={"from": "yesterday"}).status_code == 400
    assert program.get(REPORT, params={"fra": later}).status_code == 400


def test_no_small_count_is_told_when_a_program_fetches_a_report(site: Site) -> None:
    live(site.town, Random(5), people=30, months=4)
    said = site.program("read", role=Role.MANAGER).get(REPORT).json()
    no_people = {"days", "planned_days", "year", "half", "shares"}
    numbers = list(_numbers(said, no_people))
    assert None in numbers
    assert [number for number in numbers if number in (1, 2, 3, 4)] == []
    with site.town.database.read() as session:
        scope = Scope(0, Role.MANAGER, frozenset({1}))
        on_paper = report(session, "immigrant_track", site.town.clock.today, scope, leaves=True)
    assert {key: said[key] for key in on_paper["status"]} == {k: one.count for k, one in on_paper["status"].items()}


def _numbers(said: Any, other: set[str]) -> Iterator[Any]:
    """Every count of an answer, wherever it stands."""
    if isinstance(said, dict | list):
        for key, one in said.items() if isinstance(said, dict) else enumerate(said):
            if key not in other:
                yield from _numbers(one, other)
    elif not isinstance(said, str):
        yield said


def test_pathways_are_told_as_they_are_defined_when_a_program_asks(site: Site) -> None:
    program = site.program("read")
    assert [p["pathway"] for p in program.get("/pathways").json()] == ["immigrant_track", "ped_assistant_track"]
    said = program.get("/pathways/immigrant_track").json()
    assert [step["key"] for step in said["steps"]][:2] == ["admit", "reject"]
    assert said["steps"][0]["when"][0] == {"kind": "age_at_least", "years": 25}
    assert "dropped_out" in {ending["stage"] for ending in said["endings"]}
    assert program.get("/pathways/nowhere").status_code == 404


def test_messages_are_listed_when_a_program_asks_how_they_went(site: Site) -> None:
    olena = site.town.enrols()
    site.town.delivers()
    said = site.program("read").get("/messages", params={"state": "sent", "search": olena.reference}).json()
    assert [(m["enrolment"], m["kind"], m["recipient"], m["state"]) for m in said["messages"]] == [
        (olena.reference, "enrolled", VIBY, "sent")
    ]
    [tried] = said["messages"][0]["tries"]
    assert (tried["channel"], tried["ok"]) == ("postbox", True)
    assert said["messages"][0]["leased_until"] is None
    assert site.program("read").get("/messages", params={"state": "dead"}).json()["total"] == 0
    everything = site.program("read", role=Role.ADMINISTRATOR).get("/messages").json()
    assert everything["total"] == 1


def test_nobody_is_found_by_name_when_a_program_searches(site: Site) -> None:
    lived_in(site.town)
    assert site.program("read").get("/cases", params={"search": "Østergaard"}).status_code == 400
