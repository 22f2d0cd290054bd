"""The verbs through HTTP: the keys of the contract, once for each command, and never over somebody else's change."""

from __future__ import annotations

import httpx
import pytest

from models.enrolment import Enrolment
from models.staff import Role
from models.transition import TransitionRow
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate
from tests.onboarding.test_import_list import HEADINGS, person
from tests.web.site import Site

DONE = {"enrolment", "stage", "status", "moves"}
#: A case's whole way: the verbs that a program sends, and where the case is after each.
WAY: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("record", {"milestone": "interest_confirmed", "achieved_on": "2026-09-07"}, "intake", "open"),
    ("withdraw", {"milestone": "interest_confirmed"}, "intake", "open"),
    ("record", {"milestone": "interest_confirmed"}, "intake", "open"),
    ("move", {"step": "admit"}, "danish_course", "open"),
    ("pause", {"reason": "illness", "review_on": "2026-10-01"}, "danish_course", "paused"),
    ("prolong", {"review_on": "2026-11-01"}, "danish_course", "paused"),
    ("undo", {}, "danish_course", "paused"),
    ("prolong", {"review_on": "2026-12-01", "reason": "leave"}, "danish_course", "paused"),
    ("snooze", {"until": "2026-09-20", "reason": "agreed"}, "danish_course", "paused"),
    ("resume", {}, "danish_course", "open"),
    ("elsewhere", {"reason": "jobcenter"}, "danish_course", "open"),
    ("remind", {}, "danish_course", "open"),
    ("drop", {"reason": "moved"}, "dropped_out", "ended"),
    ("undo", {}, "danish_course", "open"),
    ("assign", {"coordinator": SYD, "area": SYD_AREA}, "danish_course", "open"),
)


def enrolling(site: Site, **other: object) -> dict[str, object]:
    applicant = site.town.applicant()
    return {
        "pathway": "immigrant_track",
        "name": "Olena Kovalenko",
        "cpr": applicant.cpr,
        "area": VIBY_AREA,
        "coordinator": VIBY,
        "starts_on": "2026-09-07",
        "consent": True,
    } | other


def does(program: httpx.Client, candidate: Candidate, verb: str, key: str = "", **body: object) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return program.post(f"/cases/{candidate.reference}/{verb}", json=body, headers=headers)


def test_a_case_goes_the_whole_way_when_a_program_leads_it(site: Site) -> None:
    program = site.program("enrol", "act")
    enrolled = program.post("/cases", json=enrolling(site))
    assert (enrolled.status_code, enrolled.json()) == (
        201,
        {"enrolment": "IM-0001", "stage": "intake", "status": "open", "moves": [], "notices": [], "changed": []},
    )
    olena = Candidate(site.town, "IM-0001", site.town.applicant())
    for verb, body, stage, status in WAY:
        answer = does(program, olena, verb, **body)
        also = {"until", "reason", "reminders_left"} if verb in ("snooze", "elsewhere", "remind") else set()
        assert (answer.status_code, answer.json().keys()) == (200, DONE | also), (verb, answer.text)
        assert (answer.json()["stage"], answer.json()["status"]) == (stage, status), verb
    moved = olena.shown()["transitions"][1]
    assert (moved["action"], moved["from"], moved["to"], moved["by"]) == ("move", "intake", "danish_course", VIBY)


def test_a_case_of_another_area_is_one_that_there_is_not_when_a_program_acts_on_it(site: Site) -> None:
    olena, theirs = site.town.enrols(), site.program("act", email=SYD)
    for verb, body, *_ in WAY:
        assert does(theirs, olena, verb, **body).status_code == 404, verb
    assert [transition["seq"] for transition in olena.shown()["transitions"]] == [1]


def test_a_move_is_told_as_the_command_line_tells_it_when_a_program_made_it(site: Site) -> None:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    [move] = does(site.program("act"), olena, "move", step="danish_course").json()["moves"]
    assert move == {
        "seq": 2,
        "action": "move",
        "step": "admit",
        "from": "intake",
        "to": "danish_course",
        "on": "2026-09-07",
    }


def test_the_answer_is_about_the_new_case_when_somebody_is_transferred(site: Site) -> None:
    olena = site.town.enrols()
    answer = does(site.program("act"), olena, "transfer", to="ped_assistant_track").json()
    assert answer.keys() == DONE | {"transferred_from"}
    assert (answer["transferred_from"], answer["stage"]) == (olena.reference, "selection")


def test_a_command_acts_once_when_it_is_sent_again_with_its_key(site: Site) -> None:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    program = site.program("act", "enrol", "read")
    revision = program.get("/cases").json()["cases"][0]["revision"]
    first, again = (does(program, olena, "move", "1", step="admit", revision=revision) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert site.town.count(TransitionRow) == 2
    body = enrolling(site, name="Iryna Bondar")
    first, again = (program.post("/cases", json=body, headers={"Idempotency-Key": "2"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert site.town.count(Enrolment) == 2


def test_a_hand_over_is_answered_as_before_when_it_is_sent_again_and_the_case_is_beyond_reach(site: Site) -> None:
    olena, program = site.town.enrols(), site.program("act")
    first, again = (does(program, olena, "assign", "1", coordinator=SYD, area=SYD_AREA) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert does(program, olena, "pause", "2").status_code == 404, "nothing else reaches it"
    theirs = site.program("act", email=SYD)
    assert does(theirs, olena, "pause", "1").status_code == 200, "and nobody else's key is taken for theirs"


def test_it_is_refused_when_a_key_was_used_for_something_else(site: Site) -> None:
    olena, program = site.town.enrols(), site.program("act")
    does(program, olena, "pause", "1", reason="illness")
    answer = does(program, olena, "resume", "1")
    assert (answer.status_code, "allerede brugt" in answer.text) == (422, True)
    assert olena.status == "paused"


def test_two_people_use_the_same_key_when_their_programs_count_from_one(site: Site) -> None:
    olena, iryna = site.town.enrols(), site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    for candidate, email in ((olena, VIBY), (iryna, SYD)):
        assert does(site.program("act", email=email), candidate, "pause", "1").status_code == 200
    assert (olena.status, iryna.status) == ("paused", "paused")


def test_a_program_is_told_and_nothing_done_when_somebody_changed_the_case(site: Site) -> None:
    olena, program = site.town.enrols(), site.program("act", "read")
    revision = program.get(f"/cases/{olena.reference}").json()["revision"]
    olena.records("interest_confirmed")
    answer = does(program, olena, "drop", reason="moved", revision=revision)
    assert (answer.status_code, answer.json()["title"]) == (409, "Conflict")
    assert olena.status == "open"
    assert does(program, olena, "drop", reason="moved").status_code == 200, "whoever names no revision takes what comes"


def test_every_reason_is_given_when_the_rules_refuse(site: Site) -> None:
    olena = site.town.enrols(consent=False)
    answer = does(site.program("act"), olena, "move", step="admit")
    assert answer.status_code == 422
    assert [reason.split("«")[0] for reason in answer.json()["reasons"]] == [
        "Milepælen »Interesse for SOSU-området bekræftet",
        "Milepælen »Samtykke givet",
    ]
    assert site.town.count(TransitionRow) == 1


def listed(*rows: list[str]) -> dict[str, tuple[str, bytes]]:
    return {"file": ("liste.csv", "\n".join(";".join(row) for row in (HEADINGS, *rows)).encode())}


def test_a_list_is_tried_and_read_in_once_when_a_program_sends_it(site: Site) -> None:
    program, town = site.program("enrol"), site.town
    form, file = {"pathway": "immigrant_track"}, listed(person(1), person(2))
    tried = program.post("/imports", data=form | {"dry_run": "true"}, files=file)
    counts = {"rows": 2, "created": 2, "updated": 0, "unchanged": 0, "errors": [], "notices": []}
    assert (tried.status_code, tried.json()) == (200, counts | {"saved": False, "enrolments": [], "import": None})
    assert town.count(Enrolment) == 0
    first, again = (program.post("/imports", data=form, files=file, headers={"Idempotency-Key": "a"}) for _ in range(2))
    saved = {"saved": True, "enrolments": ["IM-0001", "IM-0002"], "import": 1}
    assert first.json() == again.json() == counts | saved
    other = program.post("/imports", data=form, files=listed(person(3)), headers={"Idempotency-Key": "a"})
    assert other.status_code == 422


def test_every_fault_is_named_and_nobody_enrolled_when_a_list_has_some(site: Site) -> None:
    program, form = site.program("enrol"), {"pathway": "immigrant_track"}
    wrong = person(1)
    wrong[HEADINGS.index("Værtsområde")] = "Vest"
    for more in ({}, {"dry_run": "true"}):
        answer = program.post(
            "/imports", data=form | more, files=listed(wrong, person(2)), headers={"Idempotency-Key": "a"}
        )
        said = answer.json()
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert [(e["row"], e["column"]) for e in said["errors"]] == [(2, "Værtsområde")]
        assert said["reasons"][0].startswith("Række 2, Værtsområde: Værtsområdet findes ikke")
    assert site.town.count(Enrolment) == 0
    mended = program.post("/imports", data=form, files=listed(person(1)), headers={"Idempotency-Key": "a"})
    assert mended.json()["created"] == 1, "what was refused used up no key"


def test_a_list_is_refused_in_the_same_shape_when_it_is_no_list(site: Site) -> None:
    program = site.program("enrol", email=OFFICER)
    answer = program.post("/imports", data={"pathway": "immigrant_track"}, files={"file": ("a.pdf", b"%PDF")})
    assert (answer.status_code, answer.json().keys()) == (422, {"type", "title", "status", "reasons"})


@pytest.mark.parametrize("verb", ["resume", "undo"])
def test_a_body_need_not_be_sent_when_there_is_nothing_to_say(site: Site, verb: str) -> None:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    if verb == "resume":
        olena.pauses()
    assert site.program("act").post(f"/cases/{olena.reference}/{verb}").status_code == 200


def test_the_officer_of_the_jobcenter_enrols_and_sees_theirs_when_they_act_by_a_program(site: Site) -> None:
    program = site.program(role=Role.JOBCENTER_OFFICER)
    assert program.post("/cases", json=enrolling(site)).is_success
    assert program.get("/cases").json()["total"] == 1
    assert program.post("/cases/IM-0001/undo").status_code == 403


def test_a_used_key_tells_nothing_of_another_areas_case_when_it_is_sent_for_one(site: Site) -> None:
    mine, theirs = site.town.enrols(), site.town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    program = site.program("act")
    assert does(program, mine, "record", "1", milestone="interest_confirmed").status_code == 200
    nowhere = Candidate(site.town, "IM-9999", theirs.applicant)
    there, not_there = (does(program, one, "record", "1", milestone="interest_confirmed") for one in (theirs, nowhere))
    assert (there.status_code, there.text) == (404, not_there.text)
