"""How the API says no: one shape, reasons that help, and nothing of what was sent."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from models.cpr import looks_like_cpr
from tests.municipality import SYD, VIBY, VIBY_AREA, Municipality
from tests.support import made_up_cpr
from tests.web.site import Site, app_of, served

NAME, NUMBER = "Xenia Hemmelig", "010190-1234"
SECRET = f"{NAME} {NUMBER}"
ENROL = {
    "pathway": "immigrant_track",
    "name": NAME,
    "cpr": NUMBER,
    "area": VIBY_AREA,
    "coordinator": VIBY,
    "starts_on": "2026-09-07",
}


def tells_nothing(answer: httpx.Response) -> bool:
    return "Xenia" not in answer.text and not looks_like_cpr(answer.text)


def problem_in(answer: httpx.Response) -> list[str]:
    """The reasons, of a problem that is shaped as every one of them."""
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert said.keys() == {"type", "title", "status", "reasons"}
    assert (said["type"], said["status"]) == ("about:blank", answer.status_code)
    assert tells_nothing(answer)
    reasons: list[str] = said["reasons"]
    return reasons


@pytest.mark.parametrize("path", ["/nothing", "/cases/IM-9999", "/cases/IM-0001/nothing", "/pathways/nowhere"])
def test_what_there_is_not_is_a_problem_and_no_page_when_a_program_asks_for_it(site: Site, path: str) -> None:
    answer = site.program().get(path)
    assert answer.status_code == 404
    assert problem_in(answer)


def test_it_is_a_problem_and_no_page_when_an_address_holds_a_line_break(site: Site) -> None:
    answer = site.program().get("/cases/IM%0A0001")
    assert answer.status_code == 400
    assert problem_in(answer)


def test_it_is_the_same_beside_the_version_when_the_address_is_wrong(site: Site) -> None:
    answer = site.visitor().gets("/api/v2/cases")
    assert answer.status_code == 404
    assert problem_in(answer)


def test_the_methods_that_there_are_stand_in_the_answer_when_another_is_used(site: Site) -> None:
    answer = site.program().delete("/me")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert problem_in(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": None}, "»name« har ikke en værdi"),
        ({"name": SECRET * 20}, "»name« har for mange tegn. Der må være 254."),
        ({"cpr": 101901234}, "»cpr« har ikke en værdi"),
        ({"cpr": SECRET}, "»cpr« har for mange tegn"),
        ({"starts_on": SECRET}, "»starts_on« skal være en dato"),
        ({"starts_on": "0001-01-01"}, "»starts_on« skal være en dato mellem 1900 og 2199"),
        ({"area": f"{SECRET}\0"}, "»area« har ikke en værdi"),
        ({"consent": SECRET}, "»consent« har ikke en værdi"),
        ({SECRET: 1}, "Der er et felt, som ikke findes her."),
        ({"phone": [SECRET]}, "»phone« har ikke en værdi"),
    ],
)
def test_what_was_sent_is_not_repeated_when_it_cannot_be_read(
    site: Site, changed: dict[str, object], said: str
) -> None:
    answer = site.program().post("/cases", json=ENROL | changed)
    assert answer.status_code == 400
    [reason] = problem_in(answer)
    assert reason.startswith(said)


@pytest.mark.parametrize("body", ["{", SECRET, json.dumps(SECRET), json.dumps([ENROL]), '{"name": "\\ud800"}', ""])
def test_what_was_sent_is_not_repeated_when_it_is_no_object_at_all(site: Site, body: str) -> None:
    answer = site.program().post("/cases", content=body.encode(), headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert problem_in(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cpr": "310290-1234"}, "CPR-nummeret begynder ikke med en dato"),
        ({"cpr": NUMBER[:-1]}, "CPR-nummeret har 9 cifre"),
        ({"name": SECRET}, "Navnet indeholder noget, der ligner et CPR-nummer"),
        ({"area": SECRET}, "Værtsområdet findes ikke"),
        ({"coordinator": SECRET}, "Koordinatoren findes ikke"),
        ({"pathway": SECRET}, "Forløbet findes ikke"),
    ],
)
def test_what_was_sent_is_not_repeated_when_the_rules_refuse_it(site: Site, changed: dict[str, str], said: str) -> None:
    answer = site.program().post("/cases", json=ENROL | changed)
    assert answer.status_code == 422
    assert [reason for reason in problem_in(answer) if reason.startswith(said)]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("record", {"milestone": SECRET}),
        ("record", {"milestone": "interest_confirmed", "value": SECRET}),
        ("withdraw", {"milestone": SECRET}),
        ("move", {"step": SECRET}),
        ("pause", {"reason": SECRET}),
        ("prolong", {"reason": SECRET, "review_on": "2027-01-01"}),
        ("snooze", {"reason": SECRET, "until": "2026-09-20"}),
        ("elsewhere", {"reason": SECRET}),
        ("drop", {"reason": SECRET}),
        ("assign", {"coordinator": SECRET}),
        ("transfer", {"to": SECRET}),
    ],
)
def test_no_verb_repeats_what_was_sent_when_it_refuses(site: Site, verb: str, body: dict[str, str]) -> None:
    olena = site.town.enrols()
    answer = site.program().post(f"/cases/{olena.reference}/{verb}", json=body)
    assert answer.status_code == 422
    assert problem_in(answer)


def test_nobody_learns_who_is_known_by_a_number_when_they_enrol_it_again(site: Site) -> None:
    cpr = made_up_cpr(site.town.clock.today.replace(year=1990))
    site.town.enrols("Xenia Hemmelig", cpr=cpr)
    answer = site.program(email=SYD).post("/cases", json=ENROL | {"name": "En Anden", "cpr": cpr})
    assert answer.status_code == 422
    assert problem_in(answer)


def test_too_much_is_a_problem_and_no_page_when_a_program_sends_it(site: Site) -> None:
    answer = site.program().post("/cases", content=b" " * (41 * 1024 * 1024))
    assert answer.status_code == 413
    assert problem_in(answer)


def test_a_mistake_of_ours_is_a_problem_without_its_words_when_it_happens(
    town: Municipality, key_file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SOSU_DEBUG", raising=False)
    app = app_of(town, key_file)
    with served(app) as address:
        site = Site(town, address, app)
        program = site.program()
        town.database.close()
        Path(str(town.database.url.database)).write_bytes(SECRET.encode() * 1000)
        answer = program.get("/me")
        site.close()
    assert answer.status_code == 500
    assert problem_in(answer) == [
        "Der er sket en fejl i programmet, og intet er gemt. Prøv igen. "
        "Bliver det ved, så sig det til driften sammen med klokkeslættet."
    ]
    assert "Xenia" not in capfd.readouterr().err


def test_every_answer_that_an_operation_can_give_is_described_when_it_is_read(site: Site) -> None:
    described = site.visitor().gets("/api/v1/openapi.json").json()
    assert described["servers"] == [{"url": "/api"}]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            wanted = {"400", "401", "403", "503"} | ({"404"} if "{" in path else set())
            wanted |= {"413", "422"} if method == "post" else set()
            wanted |= {"409"} if method == "post" and "{reference}" in path else set()
            assert answers.keys() >= wanted, (method, path)
            assert all(
                answer["content"].keys() == {"application/problem+json"}
                for status, answer in answers.items()
                if status >= "4"
            ), (method, path)
            assert operation["security"] == [{"token": []}]
