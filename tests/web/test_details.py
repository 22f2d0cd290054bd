"""What is known of a person, in all their enrolments: who may change it, and what shows that it was changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.audit import AuditRow
from models.staff import Role
from models.types import table
from onboarding.store import CANDIDATE
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.onboarding.listed import person
from tests.web.site import Site
from tests.web.test_enrol import hidden, typed
from tests.web.test_lists import hidden as of_list
from tests.web.test_lists import sends
from tests.web.test_lists_beyond import has_areas, imports, of

AUDIT = table(AuditRow)
_OTHER_OFFICER = "anden@jobcenter.example.org"
_ELSEWHERE = "Kandidaten er også i gang et andet sted"


def details(site: Site) -> tuple[str, str | None]:
    (row,) = site.town.rows(CANDIDATE)
    return row["name"], row["phone"]


def changes(site: Site) -> list[tuple[str, str, str]]:
    """Who changed what of whom."""
    rows = site.town.rows(AUDIT, "id")
    return [(row["by"], row["subject"], row["purpose"]) for row in rows if row["action"] == "details_changed"]


def test_nothing_is_changed_of_somebody_who_is_under_way_elsewhere_when_they_are_enrolled_in_another_pathway(
    site: Site,
) -> None:
    olena = site.town.enrols(phone="20113920")
    has_areas(site, SYD, "coordinator", SYD_AREA)
    coordinator = site.remembered(Role.COORDINATOR, SYD)
    form = typed(cpr=olena.applicant.cpr, name="En Fremmed", phone="99999999", pathway="ped_assistant_track")
    shown = coordinator.posts("/indskriv", **form | {"area": SYD_AREA, "coordinator": SYD})
    assert (_ELSEWHERE in shown.text, olena.applicant.name in shown.text) == (True, False)
    assert coordinator.posts("/indskriv/bekraeft", **hidden(shown)).status_code == 303
    assert (details(site), changes(site)) == (("Olena Kovalenko", "+4520113920"), [])


def test_a_list_says_that_nothing_is_changed_when_it_enrols_somebody_who_is_under_way_elsewhere(site: Site) -> None:
    olena = site.town.enrols(phone="20113920")
    has_areas(site, SYD, "coordinator", SYD_AREA)
    row = person(0, cprnr=olena.applicant.cpr, navn="En Fremmed", telefon="99999999", værtsområde=SYD_AREA)
    row = [SYD if cell == VIBY else cell for cell in row]
    answer = imports(site.program(email=SYD), row, pathway="ped_assistant_track")
    assert (answer.json()["created"], _ELSEWHERE in answer.text) == (1, True)
    assert (details(site), changes(site)) == (("Olena Kovalenko", "+4520113920"), [])


def test_another_officers_list_tells_a_new_number_and_no_new_name_when_it_moves_nobody(site: Site) -> None:
    olena = site.town.enrols(phone="20113920")
    has_areas(site, _OTHER_OFFICER, "jobcenter_officer")
    officer = site.remembered(Role.JOBCENTER_OFFICER, _OTHER_OFFICER)
    row = person(0, cprnr=olena.applicant.cpr, navn="En Fremmed", telefon="30405060")
    assert officer.posts("/lister/bekraeft", **of_list(sends(officer, of([row])))).status_code == 303
    assert details(site) == ("Olena Kovalenko", "+4530405060")
    assert changes(site) == [(_OTHER_OFFICER, olena.reference, "phone mother_tongue")]


def test_an_officer_is_told_that_the_name_stays_and_not_what_was_known_when_the_candidate_is_another_officers(
    site: Site,
) -> None:
    olena = site.town.enrols(phone="20113920")
    has_areas(site, _OTHER_OFFICER, "jobcenter_officer")
    officer = site.remembered(Role.JOBCENTER_OFFICER, _OTHER_OFFICER)
    form = typed(cpr=olena.applicant.cpr, name="En Fremmed", phone="30405060", pathway="ped_assistant_track")
    shown = officer.posts("/indskriv", **form)
    assert f"{_ELSEWHERE}: navnet er ikke ændret." in shown.text
    assert "rettes i alle personens forløb" not in shown.text, "what was known of them is not to be guessed at"
    assert officer.posts("/indskriv/bekraeft", **hidden(shown)).status_code == 303
    assert details(site) == ("Olena Kovalenko", "+4530405060")


def test_a_list_says_that_nothing_is_changed_when_ones_own_candidate_is_under_way_elsewhere_too(site: Site) -> None:
    olena = site.town.enrols(phone="20113920")
    site.town.enrols(pathway="ped_assistant_track", cpr=olena.applicant.cpr, area=SYD_AREA, coordinator=SYD)
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    answer = imports(site.program(email=VIBY), person(0, cprnr=olena.applicant.cpr, telefon="99999999"))
    assert (answer.json()["updated"], _ELSEWHERE in answer.text) == (0, True)
    assert details(site) == ("Olena Kovalenko", "+4520113920")


def test_it_is_said_before_and_stands_in_each_case_when_somebody_of_ones_own_is_changed(site: Site) -> None:
    olena = site.town.enrols()
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    coordinator = site.remembered(Role.COORDINATOR, VIBY)
    form = typed(cpr=olena.applicant.cpr, name="Olena Kovalenko-Berg", pathway="ped_assistant_track")
    shown = coordinator.posts("/indskriv", **form)
    assert "Navnet rettes fra Olena Kovalenko til Olena Kovalenko-Berg." in shown.text
    assert "rettes i alle personens forløb: navn" in shown.text
    assert coordinator.posts("/indskriv/bekraeft", **hidden(shown)).status_code == 303
    assert details(site)[0] == "Olena Kovalenko-Berg"
    assert [subject for _, subject, what in changes(site) if "name" in what.split()] == [olena.reference]
    assert "rettede kandidatens oplysninger: navn" in coordinator.client.get(f"/sag/{olena.reference}").text.lower()


def test_the_log_tells_of_it_when_names_leave_in_a_file(site: Site) -> None:
    site.town.enrols()
    site.town.enrols("Iryna Bondar")
    karen = site.remembered(Role.COORDINATOR, VIBY)
    for kind in ("csv", "xlsx"):
        assert karen.client.get(f"/forloeb/alle/eksport.{kind}").status_code == 200
    rows = [(row["by"], row["purpose"]) for row in site.town.rows(AUDIT, "id") if row["action"] == "names_exported"]
    assert rows == [(VIBY, "2")] * 2
    shown = site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision").text
    assert ("hentede en fil med navne" in shown, "2 forløb" in shown) == (True, True)


def test_it_is_not_said_where_somebody_was_before_when_that_is_elsewhere(site: Site) -> None:
    before = site.town.enrols()
    before.drops_out()
    after = site.town.enrols(
        cpr=before.applicant.cpr, area=SYD_AREA, coordinator=SYD, starts_on=site.town.clock.today + timedelta(days=1)
    )
    has_areas(site, SYD, "coordinator", SYD_AREA)
    has_areas(site, VIBY, "coordinator", VIBY_AREA)
    theirs = site.remembered(Role.COORDINATOR, SYD).client.get(f"/sag/{after.reference}")
    assert (theirs.status_code, before.reference in theirs.text) == (200, False)
    ours = site.remembered(Role.COORDINATOR, VIBY).client.get(f"/sag/{before.reference}")
    assert (ours.status_code, after.reference in ours.text) == (200, False)


@pytest.mark.parametrize("name", ["1234", "\u200b", " \x07 "])
def test_nobody_is_enrolled_when_the_name_is_none(site: Site, name: str) -> None:
    answer = site.remembered(Role.JOBCENTER_OFFICER).posts("/indskriv", **typed(name=name))
    assert (answer.status_code, "Kandidaten skal have et navn" in answer.text) == (422, True)
