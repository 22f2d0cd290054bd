"""Indlæs liste and somebody who is under way beyond one's reach: a list hands nobody over whom one cannot see."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from models.staff import Role
from onboarding import audit, users
from onboarding.store import ENROLMENT
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.onboarding.listed import HEADINGS, person
from tests.web.site import HASHED, Site
from tests.web.test_lists import facts, hidden, sends

_OTHER_OFFICER = "anden@jobcenter.example.org"


def of(rows: list[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in (HEADINGS, *rows)).encode()


def imports(program: httpx.Client, row: list[str], **form: str) -> httpx.Response:
    data = {"pathway": "immigrant_track"} | form
    return program.post("/imports", data=data, files={"file": ("liste.csv", of([row]))})


def has_areas(site: Site, email: str, role: str, *areas: str) -> None:
    with site.town.database.write() as session:
        users.add_user(session, email, role, HASHED, by="cli:test", at=site.town.clock.now, areas=list(areas))


def taken_over(cpr: str, **more: str) -> list[str]:
    return person(0, cprnr=cpr, værtsområde=SYD_AREA, koordinator=SYD, **more)


def found(site: Site) -> list[tuple[str, str, str]]:
    """Who was told that a CPR number is known, in the order in which they were."""
    with site.town.database.read() as session:
        rows, _ = audit.search(session, audit.Wanted("_found"), limit=10)
    return [(row.by, row.action, row.subject) for row in reversed(rows)]


def whose(site: Site) -> list[tuple[Any, ...]]:
    return [(row["area_id"], row["coordinator_id"], row["seq"]) for row in site.town.rows(ENROLMENT)]


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_nobody_is_taken_over_when_a_programs_list_names_another_areas_candidate(site: Site, dry_run: str) -> None:
    olena = site.town.enrols()
    has_areas(site, SYD, "coordinator", SYD_AREA)
    before, program = whose(site), site.program(email=SYD)
    answer = imports(program, taken_over(olena.applicant.cpr), dry_run=dry_run)
    assert answer.status_code == 422
    assert [(error["row"], error["column"]) for error in answer.json()["errors"]] == [(2, "Koordinator")]
    assert "Bed koordinatoren dér om at overdrage forløbet." in answer.text
    assert olena.reference not in answer.text
    assert found(site) == [(SYD, "person_found", olena.reference)]
    assert (whose(site), program.get(f"/cases/{olena.reference}").status_code) == (before, 404)


def test_the_row_is_a_fault_when_the_pages_list_names_another_areas_candidate(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, SYD, "coordinator", SYD_AREA)
    shown = sends(site.remembered(Role.COORDINATOR, SYD), of([taken_over(olena.applicant.cpr)]))
    assert "Bed koordinatoren dér om at overdrage forløbet." in shown.text
    assert found(site) == [(SYD, "person_found", olena.reference)]
    assert (olena.reference in shown.text, "/lister/bekraeft" in shown.text) == (False, False)


def test_nobody_is_taken_over_when_the_candidate_was_handed_on_after_the_preview(site: Site) -> None:
    olena = site.town.enrols(area=SYD_AREA, coordinator=SYD)
    has_areas(site, SYD, "coordinator", SYD_AREA)
    coordinator = site.remembered(Role.COORDINATOR, SYD)
    shown = sends(coordinator, of([taken_over(olena.applicant.cpr)]))
    olena.is_assigned(VIBY, VIBY_AREA)
    before = whose(site)
    answer = coordinator.posts("/lister/bekraeft", **hidden(shown))
    assert (answer.status_code, whose(site)) == (422, before)


def test_a_coordinator_hands_over_by_a_list_when_the_case_is_within_their_areas(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    answer = imports(site.program(email=VIBY), taken_over(olena.applicant.cpr))
    assert (answer.status_code, answer.json()["updated"]) == (200, 1)


def test_a_second_officers_list_tells_what_is_new_when_it_moves_nobody(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, _OTHER_OFFICER, "jobcenter_officer")
    officer, same = site.remembered(Role.JOBCENTER_OFFICER, _OTHER_OFFICER), olena.applicant.cpr
    row = person(0, cprnr=same, navn=olena.applicant.name, telefon="20304050", startdato="08-09-2026")
    shown = sends(officer, of([row]))
    assert facts(shown)["Kendte, som opdateres"] == "1"
    assert ("startdatoen er ikke ændret" in shown.text, olena.reference in shown.text) == (True, False)
    assert "Bed koordinatoren dér" in sends(officer, of([taken_over(same)])).text


def test_a_row_stands_in_the_audit_log_when_a_program_tries_a_list_with_somebody_known(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    program = site.program(email=VIBY)
    assert imports(program, person(2), dry_run="true").json()["created"] == 1
    assert found(site) == []
    assert imports(program, person(0, cprnr=olena.applicant.cpr), dry_run="true").status_code == 200
    assert found(site) == [(VIBY, "person_found", olena.reference)]


def test_a_row_for_each_who_was_known_stands_in_the_log_when_a_program_reads_a_list_in_twice(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    program = site.program(email=VIBY)
    files = {"file": ("liste.csv", of([person(0, cprnr=olena.applicant.cpr, telefon="30405060"), person(2)]))}
    for _ in range(2):
        sent = program.post(
            "/imports", data={"pathway": "immigrant_track"}, files=files, headers={"idempotency-key": "en"}
        )
        assert (sent.status_code, sent.json()["created"], sent.json()["updated"]) == (200, 1, 1)
    assert found(site) == [(VIBY, "person_found", olena.reference)]


def test_nothing_tells_where_somebody_is_when_a_program_enrols_them_once_more(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, SYD, "coordinator", SYD_AREA)
    body = {"name": "Ny Person", "cpr": olena.applicant.cpr, "area": SYD_AREA, "coordinator": SYD}
    body |= {"pathway": "immigrant_track", "starts_on": site.town.clock.today.isoformat()}
    for _ in range(2):
        answer = site.program("enrol", email=SYD).post("/cases", json=body)
        assert (answer.status_code, olena.reference in answer.text) == (422, False)
    assert found(site) == [(SYD, "person_found", olena.reference)]
