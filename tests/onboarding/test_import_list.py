from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from engine.refusal import Refused
from models.candidate import Candidate as CandidateRow
from models.enrolment import Enrolment
from models.list_import import ListImport
from models.types import table
from onboarding.import_list import import_list, read_list
from onboarding.lists.limits import CANDIDATES
from onboarding.staffing import remove_staff
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE
from tests.municipality import OFFICER, PATHWAYS, SYD, VIBY, VIBY_AREA, Municipality
from tests.onboarding.listed import HEADINGS, Listed, person
from tests.support import MONDAY, assert_folds, made_up_people


def test_everybody_is_enrolled_when_the_list_is_good(either_town: Municipality, listed: Listed) -> None:
    result = either_town.imports(listed(*(person(number) for number in range(5))))
    counted = {key: result[key] for key in ("rows", "created", "updated", "unchanged", "errors", "saved")}
    assert counted == {"rows": 5, "created": 5, "updated": 0, "unchanged": 0, "errors": [], "saved": True}
    assert result["enrolments"] == [f"IM-000{number}" for number in range(1, 6)]
    rows = either_town.rows(ENROLMENT)
    assert {(row["stage"], row["status"], row["starts_on"]) for row in rows} == {("intake", "open", MONDAY)}
    assert [row["name"] for row in either_town.rows(CANDIDATE, "birth_date")][:2] == [
        "Olena Kovalenko",
        "Søren Kovalenko",
    ]
    assert {row["key"] for row in either_town.rows(MILESTONE)} == {"consent_given"}
    assert assert_folds(either_town.database) == 5


def test_each_coordinator_is_told_once_when_many_are_theirs(either_town: Municipality, listed: Listed) -> None:
    either_town.imports(listed(*(person(number) for number in range(7))))
    assert sorted(row["kind"] for row in either_town.messages()) == ["list_imported", "list_imported"]
    assert either_town.delivers().sent == 2
    (viby,) = either_town.postbox.to(VIBY)
    (syd,) = either_town.postbox.to(SYD)
    assert "IM-0001" in viby.text
    assert "IM-0001" not in syd.text
    assert "IM-0002" in syd.text


def test_nobody_is_told_when_nobody_was_new(town: Municipality, listed: Listed) -> None:
    path = listed(person(0))
    town.imports(path)
    town.imports(path)
    assert len(town.messages()) == 1


def test_nobody_is_doubled_when_the_same_list_is_read_again(either_town: Municipality, listed: Listed) -> None:
    path = listed(*(person(number) for number in range(4)))
    either_town.imports(path)
    before = either_town.rows(ENROLMENT), either_town.rows(CANDIDATE)
    result = either_town.imports(path)
    assert (result["created"], result["updated"], result["unchanged"]) == (0, 0, 4)
    assert (either_town.rows(ENROLMENT), either_town.rows(CANDIDATE)) == before


@pytest.mark.parametrize(
    ("changed", "column", "value"),
    [
        ({"navn": "Olena Nowak"}, "name", "Olena Nowak"),
        ({"telefon": "20 11 39 20"}, "phone", "+4520113920"),
        ({"email": "olena@example.org"}, "email", "olena@example.org"),
        ({"modersmål": "Ukrainsk"}, "mother_tongue", "Ukrainsk"),
    ],
)
def test_the_person_is_updated_when_the_list_knows_better(
    either_town: Municipality, listed: Listed, changed: dict[str, str], column: str, value: str
) -> None:
    either_town.imports(listed(person(0), person(1)))
    result = either_town.imports(listed(person(0, **changed), person(1)))
    assert (result["created"], result["updated"], result["unchanged"]) == (0, 1, 1)
    (olena,) = [row for row in either_town.rows(CANDIDATE) if row["birth_date"] == date(1960, 1, 1)]
    assert olena[column] == value


def test_nothing_is_taken_away_when_a_cell_is_empty(town: Municipality, listed: Listed) -> None:
    town.imports(listed(person(0, telefon="20113920")))
    assert town.imports(listed(person(0)))["unchanged"] == 1
    assert town.rows(CANDIDATE)[0]["phone"] == "+4520113920"


def test_the_start_stays_and_is_remarked_on_when_somebody_under_way_has_another(
    town: Municipality, listed: Listed
) -> None:
    town.imports(listed(person(0)))
    result = town.imports(listed(person(0, startdato="01-10-2026")))
    assert result["unchanged"] == 1
    assert [(notice["row"], notice["column"]) for notice in result["notices"]] == [(2, "Startdato")]
    assert "IM-0001" in result["notices"][0]["problem"]
    assert town.rows(ENROLMENT)[0]["starts_on"] == MONDAY


def test_a_new_attempt_begins_when_somebody_who_ended_comes_with_another_start(
    either_town: Municipality, listed: Listed
) -> None:
    town = either_town
    olena = town.enrols(cpr=person(0)[0])
    olena.records("danish_course_passed")
    olena.drops_out()
    same_start = town.imports(listed(person(0)))
    assert (same_start["created"], [notice["column"] for notice in same_start["notices"]]) == (0, ["Startdato"])
    assert "IM-0001 begyndte samme dag og er afsluttet" in same_start["notices"][0]["problem"]
    result = town.imports(listed(person(0, startdato="01-10-2026"), person(1)))
    assert (result["created"], result["enrolments"]) == (2, ["IM-0002", "IM-0003"])
    rows = {row["reference"]: row for row in town.rows(ENROLMENT)}
    assert rows["IM-0002"]["previous_id"] == rows["IM-0001"]["id"]
    assert rows["IM-0001"]["status"] == "ended"
    again = [row["key"] for row in town.rows(MILESTONE) if row["enrolment_id"] == rows["IM-0002"]["id"]]
    assert sorted(again) == ["consent_given", "danish_course_passed"]
    assert_folds(town.database)


def test_nothing_is_saved_and_every_fault_is_named_when_rows_are_bad(either_town: Municipality, listed: Listed) -> None:
    rows = [
        person(0),
        person(1, cprnr="310299-1234"),
        person(2, værtsområde="Atlantis", koordinator="nobody@example.org"),
        person(3, startdato="snart"),
        person(0, navn="Olena Igen"),
        person(4, koordinator=OFFICER),
    ]
    result = either_town.imports(listed(*rows))
    assert not result["saved"]
    assert (result["rows"], result["created"], result["updated"], result["unchanged"]) == (6, 0, 0, 0)
    assert [(fault["row"], fault["column"]) for fault in result["errors"]] == [
        (3, "CPR-nr."),
        (4, "Værtsområde"),
        (4, "Koordinator"),
        (5, "Startdato"),
        (6, "CPR-nr."),
        (7, "Koordinator"),
    ]
    assert "sosu area add" in result["errors"][1]["problem"]
    assert "sosu staff add" in result["errors"][2]["problem"]
    said = str(result)
    assert "Kovalenko" not in said
    assert "1234" not in said
    for model in (CandidateRow, Enrolment, ListImport):
        assert either_town.count(model) == 0
    assert either_town.messages() == []


@pytest.mark.parametrize("start", ["31-12-9999", "07-09-1026", "01-01-0001"])
def test_a_start_in_another_century_is_a_fault_of_its_row_when_read(
    town: Municipality, listed: Listed, start: str
) -> None:
    result = town.imports(listed(person(0), person(1, startdato=start)))
    assert [(fault["row"], fault["column"]) for fault in result["errors"]] == [(3, "Startdato")]
    assert "årstal" in result["errors"][0]["problem"]
    assert not result["saved"]


def test_a_coordinator_who_was_taken_out_is_a_fault_when_named(town: Municipality, listed: Listed) -> None:
    with town.database.write() as session:
        remove_staff(session, SYD)
    assert [fault["row"] for fault in town.imports(listed(person(0), person(1)))["errors"]] == [3]


def test_a_coordinator_who_does_not_work_for_the_area_is_a_fault_when_named(
    either_town: Municipality, listed: Listed
) -> None:
    path = listed(person(0), person(2, koordinator=SYD), person(4, koordinator=SYD, startdato="i morgen"))
    result = either_town.imports(path)
    faults = [(e["row"], e["column"]) for e in result["errors"] if "Lars Syd arbejder ikke for Viby" in e["problem"]]
    assert (faults, result["saved"]) == ([(3, "Koordinator"), (4, "Koordinator")], False)
    assert either_town.rows(ENROLMENT) == []


def test_no_trace_is_left_when_it_was_a_rehearsal(either_town: Municipality, listed: Listed) -> None:
    path = listed(person(0), person(1))
    candidates, signed = read_list(path), either_town.signed("cli:test")
    with either_town.database.rehearse() as session:
        result = import_list(session, either_town.keyring, candidates, "immigrant_track", signed)
    assert (result["created"], result["errors"]) == (2, [])
    for model in (CandidateRow, Enrolment, ListImport):
        assert either_town.count(model) == 0
    assert either_town.imports(path)["enrolments"] == ["IM-0001", "IM-0002"]


def test_the_newest_version_is_the_one_when_there_are_several(town: Municipality, listed: Listed) -> None:
    town.imports(listed(person(0)))
    town.publishes(replace(PATHWAYS["immigrant_track"], version=3, title="Projekt målrettet immigranter (2027)"))
    town.imports(listed(person(0), person(1)))
    assert [row["pathway_version"] for row in town.rows(ENROLMENT)] == [2, 3]


def test_what_was_read_is_remembered_when_a_list_was_imported(town: Municipality, listed: Listed) -> None:
    town.imports(listed(person(0)))
    town.imports(listed(person(0, navn="Olena Nowak"), person(1), person(2)))
    runs = town.rows(table(ListImport))
    assert [(r["rows"], r["created"], r["updated"], r["unchanged"]) for r in runs] == [(1, 1, 0, 0), (3, 2, 1, 0)]
    assert len({r["content_hash"] for r in runs}) == 2


def test_what_was_read_is_what_is_remembered_when_the_file_changes_before_it_is_saved(
    town: Municipality, listed: Listed
) -> None:
    path = listed(person(0))
    content, candidates = path.read_bytes(), read_list(path)
    listed(person(1), person(2), name=path.name)
    with town.database.write() as session:
        result = import_list(session, town.keyring, candidates, "immigrant_track", town.signed("cli:test"))
    assert (result["rows"], [row["name"] for row in town.rows(CANDIDATE)]) == (1, ["Olena Kovalenko"])
    assert [run["content_hash"] for run in town.rows(table(ListImport))] == [sha256(content).hexdigest()]
    assert "Kovalenko" not in repr(candidates)


def test_a_list_is_refused_when_the_pathway_is_unknown_or_the_file_missing(town: Municipality, listed: Listed) -> None:
    with pytest.raises(Refused, match="immigrant_track"):
        town.imports(listed(person(0)), pathway="no_such_track")
    with pytest.raises(Refused, match="findes ikke"):
        town.imports(Path("/nowhere/liste.csv"))


def test_long_texts_are_kept_or_refused_when_the_database_counts_letters(
    either_town: Municipality, tmp_path: Path
) -> None:
    headings = ("CPR-nr.", "Fornavn", "Efternavn", "Telefon", "Modersmål", "Værtsområde", "Koordinator", "Startdato")
    cpr = person(0)[0]
    path = tmp_path / "lang.csv"

    def write(first: str) -> Path:
        cells = (cpr, first, "b" * 100, "lokal 12 og 13, spørg efter vagten", "ø" * 200, "syd", SYD, "07-09-2026")
        path.write_text("\n".join(";".join(row) for row in (headings, cells)), encoding="utf-8")
        return path

    errors = either_town.imports(write("a" * 100))["errors"]
    assert [(fault["row"], fault["column"]) for fault in errors] == [(2, "Fornavn")]
    assert either_town.imports(write("a" * 99))["created"] == 1
    assert len(either_town.rows(CANDIDATE)[0]["name"]) == 200


def test_progress_is_told_of_every_row_when_a_list_is_saved(town: Municipality, listed: Listed) -> None:
    told: list[int] = []
    candidates = read_list(listed(*(person(number) for number in range(6))))
    with town.database.write() as session:
        import_list(session, town.keyring, candidates, "immigrant_track", town.signed("cli:test"), told.append)
    assert sum(told) == 6


def test_a_list_is_to_be_split_when_it_has_more_candidates_than_are_read_in_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lang.csv"
    path.write_text("\n".join([";".join(HEADINGS), *[";".join(person(0))] * (CANDIDATES + 1)]), encoding="utf-8")
    with pytest.raises(Refused, match=r"over 10\.000 kandidater: del den i flere filer"):
        read_list(path)


def test_ten_thousand_rows_take_seconds_when_imported(
    town: Municipality, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    path = tmp_path / "stor.csv"
    rows = [
        (cpr, name, "", "", VIBY_AREA, VIBY, f"{MONDAY + timedelta(days=n % 20):%d-%m-%Y}", "Dansk", "ja")
        for n, (name, cpr, _) in enumerate(made_up_people(10_000))
    ]
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADINGS, *rows))
    begun = time.process_time()
    result = town.imports(path)
    taken = time.process_time() - begun
    record_property("seconds_for_10000_rows", round(taken, 2))
    assert (result["created"], result["errors"]) == (10_000, [])
    assert taken < 30, f"{taken:.1f} s"  # of a processor; some three
    begun = time.process_time()
    assert town.imports(path)["unchanged"] == 10_000
    assert time.process_time() - begun < 30
    assert town.delivers().sent == 1
