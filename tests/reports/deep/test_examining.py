"""Each thing that must be true is broken by hand, and found; nothing is found where people only did what they may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.area import HostArea
from models.audit import AuditRow
from models.keys import Keyring
from models.preference import Contact
from models.types import table
from onboarding.store import CANDIDATE, ENROLMENT, PAUSE, SNOOZE, TRANSITION
from reports.deep.examining import Examined, examine, size
from tests.municipality import MESSAGE, Municipality
from tests.reports.deep.breaking import FAR, OLENA, first, found, transitions_give_way

STATES: list[tuple[dict[str, Any], str]] = [
    ({"stage": "intake"}, "trinnet er gemt som intake, og historikken siger danish_course"),
    ({"status": "paused"}, "status er gemt som paused"),
    ({"entered_on": FAR}, "den dag, trinnet begyndte"),
    ({"visit": 1}, "besøgets nummer"),
    ({"held": "admit"}, "de trin, der venter på nogen"),
    ({"last_on": FAR}, "den seneste overgang"),
]


@pytest.mark.parametrize(("to", "said"), STATES, ids=[next(iter(to)) for to, _ in STATES])
def test_it_is_found_when_an_enrolment_is_not_where_its_history_leads(
    lived: Municipality, to: dict[str, Any], said: str
) -> None:
    lived.changes(ENROLMENT, OLENA, to)
    assert any(about == "IM-0001" and said in words for about, words in found(lived)["histories"])


def test_it_is_found_when_another_coordinator_has_it_than_it_was_given_to(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"coordinator_id": 2})
    assert found(lived) == {
        "histories": [("IM-0001", "koordinatoren er en anden end den, som det sidst blev givet til")]
    }


def test_it_is_found_when_a_pause_or_a_snooze_is_not_what_was_said(lived: Municipality) -> None:
    bogdan = first(lived, reference="IM-0002")
    [*_, lasting] = [row for row in lived.rows(PAUSE) if row["enrolment_id"] == bogdan["id"]]
    lived.changes(PAUSE, {"id": lasting["id"]}, {"review_on": FAR})
    [snooze] = lived.rows(SNOOZE)
    lived.changes(SNOOZE, {"id": snooze["id"]}, {"until": FAR})
    wrong = found(lived)
    assert ("IM-0002", "pauserne er ikke dem, som historikken siger") in wrong["histories"]
    assert ("IM-0001", "de udsatte rykkere er ikke dem, som historikken siger") in wrong["histories"]
    assert {about for about, _ in wrong["next_day"]} >= {"IM-0002"}


@pytest.mark.parametrize("column", ["next_due_on", "due_on"])
def test_it_is_found_when_the_day_is_not_the_one_that_is_decided(lived: Municipality, column: str) -> None:
    lived.changes(ENROLMENT, OLENA, {column: FAR})
    [(about, said)] = found(lived).pop("next_day")
    assert about == "IM-0001"
    assert "er gemt som 01-01-2030 og skal være" in said


def test_it_is_found_when_nobody_looks_at_an_enrolment_again(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"next_due_on": None})
    [(_, said)] = found(lived)["next_day"]
    assert "er gemt som ingen og skal være" in said


def test_it_is_found_when_a_transition_is_missing_or_cannot_follow(lived: Municipality) -> None:
    transitions_give_way(lived)
    olena, bogdan = first(lived, **OLENA)["id"], first(lived, reference="IM-0002")["id"]
    lived.changes(TRANSITION, {"enrolment_id": olena, "seq": 2}, {"from_stage": "amu_course"})
    lived.changes(MESSAGE, {"enrolment_id": bogdan}, {"seq": None})  # which lean on it
    lived.changes(TRANSITION, {"enrolment_id": bogdan, "seq": 3}, {"seq": 9})
    assert set(found(lived)["histories"]) == {
        ("IM-0001", "overgang 2 kan ikke følge efter den før"),
        ("IM-0002", "overgang 3 mangler"),
    }


def test_one_that_cannot_be_read_is_named_and_hides_no_other(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"stage": "nowhere"})
    lived.changes(ENROLMENT, {"reference": "IM-0002"}, {"visit": 7})
    wrong = found(lived)
    assert {about for about, _ in wrong["histories"]} == {"IM-0001", "IM-0002"}
    [said] = [said for about, said in wrong["histories"] if about == "IM-0001"]
    assert "kan ikke læses (KeyError" in said


def test_it_is_found_when_a_reference_is_there_twice_or_about_to_be(lived: Municipality) -> None:
    with lived.database.write() as session:
        session.connection().execute(text("UPDATE reference_series SET last_number = 1 WHERE prefix = 'IM'"))
    assert found(lived) == {"references": [("IM-0002", "referencen er i brug, og den næste kandidat ville få den")]}


def test_it_is_found_when_an_index_let_the_same_in_twice(town: Municipality) -> None:
    town.enrols()
    town.enrols("Bogdan Popescu")
    with town.database.write() as session:
        connection = session.connection()
        # The uniqueness of a column is part of its table, so the table is made anew without it.
        connection.execute(text("ALTER TABLE enrolment RENAME TO before"))
        connection.execute(text("CREATE TABLE enrolment AS SELECT * FROM before"))
        connection.execute(
            text("UPDATE enrolment SET reference = 'IM-0001', candidate_id = (SELECT min(candidate_id) FROM before)")
        )
    wrong = found(town)["references"]
    assert ("IM-0001", "to forløb har samme reference") in wrong
    assert ("IM-0001", "kandidaten er i gang to gange i samme spor") in wrong


def test_it_is_found_when_a_row_of_the_audit_log_was_changed(lived: Municipality) -> None:
    transitions_give_way(lived)
    second = lived.rows(table(AuditRow))[1]
    lived.changes(table(AuditRow), {"id": second["id"]}, {"purpose": "noget andet"})
    assert found(lived) == {"audit_log": [(f"række {second['id']}", "er ændret, eller en række før den er taget ud")]}


def test_it_is_found_when_a_number_does_not_open_or_is_another_persons(lived: Municipality, tmp_path: Path) -> None:
    people = lived.rows(CANDIDATE)
    first, second = people[0], people[1]
    lived.changes(CANDIDATE, {"id": first["id"]}, {"cpr_sealed": second["cpr_sealed"]})
    lived.changes(CANDIDATE, {"id": second["id"]}, {"birth_date": FAR})
    said = {words for _, words in found(lived)["sealed"]}
    assert said == {"CPR-nummeret kan ikke åbnes med nøglefilen", "fødselsdagen er en anden end den i CPR-nummeret"}
    assert all(about[:3] in ("IM-", "PA-") for about, _ in found(lived)["sealed"])
    other = Keyring.at(tmp_path / "other.json")
    assert len(found(lived, other)["sealed"]) == len(people)


def test_it_is_found_when_a_person_cannot_be_found_or_has_no_number(lived: Municipality) -> None:
    first, second = lived.rows(CANDIDATE)[:2]
    lived.changes(CANDIDATE, {"id": first["id"]}, {"cpr_index": b"x" * 32})
    lived.changes(CANDIDATE, {"id": second["id"]}, {"cpr_sealed": lived.keyring.seal("intet nummer", second["id"])})
    said = {words for _, words in found(lived)["sealed"]}
    assert said == {"personen kan ikke findes ved sit CPR-nummer", "det, der er låst som CPR-nummer, er ikke et"}


def test_it_is_found_when_an_address_of_staff_does_not_open(lived: Municipality) -> None:
    with lived.database.write() as session:
        contact = Contact(id=lived.rows(CANDIDATE)[0]["id"], staff_id=1, channel="sms", sealed=b"x")
        session.add(contact)
    [(about, said)] = found(lived)["sealed"]
    assert about == "koordinator.viby@example.org"
    assert said == "adressen til sms kan ikke åbnes med nøglefilen"


def test_it_is_found_when_a_row_leans_on_one_that_is_gone(town: Municipality) -> None:
    town.enrols()
    with town.database.migrate() as session:  # the only way past the foreign keys: they are looked at in the end
        session.connection().execute(text("PRAGMA foreign_keys=OFF"))
        session.connection().execute(text("CREATE TABLE kept AS SELECT 1"))
    raw = town.database.engine.raw_connection()
    raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]  # SQLite's own connection
    raw.execute("DELETE FROM host_area WHERE name = 'Viby-Højbjerg'")  # type: ignore[attr-defined]
    raw.commit()
    raw.close()
    assert any(about.startswith("enrolment, række") for about, _ in found(town)["storage"])
    assert table(HostArea).name in {said.split(" i ")[1].split(",")[0] for _, said in found(town)["storage"]}


def test_what_is_found_names_nobody(lived: Municipality) -> None:
    for row in lived.rows(ENROLMENT):
        lived.changes(ENROLMENT, {"id": row["id"]}, {"next_due_on": FAR, "visit": 9})
    for person_ in lived.rows(CANDIDATE):
        lived.changes(CANDIDATE, {"id": person_["id"]}, {"cpr_index": str(person_["id"]).encode()})
    said = repr(found(lived))
    assert not [row["name"] for row in lived.rows(CANDIDATE) if row["name"].split()[0] in said]


def test_most_are_only_counted_when_everything_is_broken(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.deep.examining.KEPT", 2)
    monkeypatch.setattr("reports.deep.pages.PAGE", 3)
    for _ in range(7):
        town.enrols()
    for row in town.rows(ENROLMENT):
        town.changes(ENROLMENT, {"id": row["id"]}, {"visit": 9})
    seen: list[int] = []
    examined = {one.check: one for one in examine(town.database, lambda: town.keyring, town.clock.now, seen.append)}
    assert examined["histories"].broken == 7
    assert [broken.about for broken in examined["histories"].first] == ["IM-0001", "IM-0002"]
    with town.database.read() as session:
        assert sum(seen) == size(session).total


def test_what_is_sealed_is_left_out_when_there_are_no_keys(town: Municipality) -> None:
    town.enrols()
    checks: list[Examined] = examine(town.database, None, town.clock.now, lambda _: None)
    assert "sealed" not in {one.check for one in checks}
